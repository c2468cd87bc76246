#include "providers/scim/session.hpp"

#include "scim/response.hpp"

namespace rollcall::providers::scim {

Reply<HttpResponse> Session::call(std::string verb, Wanted wanted) {
  HttpRequest request;
  request.method = wanted.method;
  request.url = url_ + wanted.target;
  // Some services speak plain JSON only (RFC 7644 section 3.1).
  request.headers = {{"Accept", "application/scim+json, application/json"}, {"Authorization", "Bearer " + std::string(token_.reveal())}};
  if (!wanted.body.empty()) request.headers.emplace_back("Content-Type", std::string(rollcall::scim::media_type));
  if (!wanted.version.empty()) request.headers.emplace_back("If-Match", wanted.version);
  request.body = std::move(wanted.body);
  request.timeout = timeout_;
  const Call call{verb, wanted.method != "GET", {std::string(token_.reveal()), wanted.secret}};
  auto response = co_await client_.send(std::move(request));
  Failure failure;
  if (!response) {
    failure.error = unanswered(std::move(response).error(), call, "scim");
    co_return tl::unexpected(std::move(failure));
  }
  if (is_success(response->status)) co_return std::move(*response);
  failure.error = error_of(*response, call, system_now());
  failure.status = response->status;
  failure.type = said_by(*response, call.secrets).type;
  co_return tl::unexpected(std::move(failure));
}

Reply<HttpResponse> Session::get(std::string verb, std::string target) {
  Wanted wanted;
  wanted.method = "GET";
  wanted.target = std::move(target);
  co_return co_await call(std::move(verb), std::move(wanted));
}

}  // namespace rollcall::providers::scim
