#include "sandbox/sandbox.hpp"

namespace rollcall::sandbox {

Result<std::unique_ptr<Sandbox>> Sandbox::make(const Vendor& vendor, const VendorSettings& settings) {
  std::unique_ptr<Sandbox> sandbox(new Sandbox(vendor));
  ROLLCALL_TRY(sandbox->emulator_, vendor.make(sandbox->tenant_, settings));
  return sandbox;
}

Answer Sandbox::handle(const HttpRequest& request, Instant now) {
  Answer out;
  if (request.url.rfind("/_sandbox/", 0) == 0) {
    out.response = control(*this, request, now);
    return out;
  }
  const std::string pattern = emulator_->pattern(request);
  traffic_.begin(pattern, now);
  out.counted = true;
  out.delay = latency_;
  answer(request, now, out);
  traffic_.answered(pattern, out.drop ? 0 : out.response.status);
  return out;
}

void Sandbox::answer(const HttpRequest& request, Instant now, Answer& answer) {
  if (const auto left = rate_.over(now)) {
    answer.response = too_many(*left);
    answer.note = "rate limit";
    return;
  }
  const Fault* first = nullptr;
  for (const Fault* fault : faults_.due(request)) {
    if (fault->kind == FaultKind::latency) {
      answer.delay += fault->delay;
    } else if (!first) {
      first = fault;
    }
  }
  if (first) {
    apply(*first, request, now, answer);
  } else {
    answer.response = emulator_->handle(request, now, {});
  }
}

void Sandbox::apply(const Fault& fault, const HttpRequest& request, Instant now, Answer& answer) {
  answer.note = fault_value(fault).text("kind");
  const bool effect = fault.effect || fault.kind == FaultKind::drop_after || fault.kind == FaultKind::hang_after ||
                      fault.kind == FaultKind::truncate || fault.kind == FaultKind::hide;
  const Distortion distortion{fault.share, fault.fields};
  if (effect) answer.response = emulator_->handle(request, now, distortion);
  answer.drop = fault.kind == FaultKind::drop_before || fault.kind == FaultKind::drop_after ||
                fault.kind == FaultKind::hang_before || fault.kind == FaultKind::hang_after;
  answer.delay += fault.delay;
  std::string& body = answer.response.body;
  if (fault.kind == FaultKind::truncate) {
    body.resize(body.size() / 2);
  } else if (fault.kind == FaultKind::garbage) {
    answer.response = HttpResponse();
    body = fault.body.empty() ? "\x89rehearsal\x01 <<< this is no document" : fault.body;
  } else if (fault.kind == FaultKind::status) {
    answer.response = emulator_->error(fault.status, "A fault was ordered: " + std::to_string(fault.status));
    if (!fault.body.empty()) body = fault.body;
  } else if (fault.kind == FaultKind::html_error) {
    answer.response = emulator_->html_error(fault.status);
  }
  for (const auto& header : fault.headers) answer.response.headers.push_back(header);
}

HttpResponse Sandbox::too_many(Duration left) const {
  // RFC 9110 section 10.2.3: whole seconds, so rounded up, or the client comes too early.
  const std::string seconds = std::to_string(std::chrono::ceil<std::chrono::seconds>(left).count());
  HttpResponse response = emulator_->error(429, "The limit of requests has been reached");
  response.headers.emplace_back("Retry-After", seconds);
  response.headers.emplace_back("X-RateLimit-Limit", std::to_string(rate_.limit));
  response.headers.emplace_back("X-RateLimit-Remaining", "0");
  response.headers.emplace_back("X-RateLimit-Reset", seconds);
  return response;
}

}  // namespace rollcall::sandbox
