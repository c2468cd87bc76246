#include "endpoint/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <mutex>
#include <tuple>

namespace rollcall::endpoint {

struct Metrics::Body {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& actions =
      prometheus::BuildCounter().Name("rollcall_actions_total").Help("Actions by how they ended").Register(registry);
  prometheus::Family<prometheus::Counter>& requests =
      prometheus::BuildCounter().Name("rollcall_provider_requests_total").Help("Requests to providers by HTTP status").Register(registry);
  prometheus::Family<prometheus::Histogram>& seconds =
      prometheus::BuildHistogram().Name("rollcall_provider_request_seconds").Help("How long providers took to answer").Register(registry);
  prometheus::Family<prometheus::Counter>& scim_requests =
      prometheus::BuildCounter().Name("rollcall_scim_requests_total").Help("Requests of SCIM clients by HTTP status").Register(registry);
  prometheus::Family<prometheus::Counter>& scim_limits =
      prometheus::BuildCounter().Name("rollcall_scim_limits_total").Help("SCIM clients that ran into a limit of [scim]").Register(registry);
  prometheus::Histogram& scim_seconds =
      prometheus::BuildHistogram().Name("rollcall_scim_request_seconds").Help("How long SCIM requests took").Register(registry)
          .Add({}, prometheus::Histogram::BucketBoundaries{0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3});
  prometheus::Family<prometheus::Gauge>& token_expiry = gauge("rollcall_token_expiry_timestamp_seconds", "When the first token of this source expires");
  prometheus::Family<prometheus::Gauge>& success = gauge("rollcall_last_success_timestamp_seconds", "When the last run for this provider ended well");
  prometheus::Family<prometheus::Gauge>& complete = gauge("rollcall_last_complete_read_timestamp_seconds", "When this source was last read completely");
  prometheus::Family<prometheus::Gauge>& pending = gauge("rollcall_pending_actions", "People for whom something is still to be done");
  prometheus::Family<prometheus::Gauge>& held = gauge("rollcall_held_actions", "Actions that wait for approval");
  prometheus::Family<prometheus::Gauge>& waived = gauge("rollcall_waived_actions", "Actions that were rejected for a time");
  prometheus::Family<prometheus::Gauge>& quarantined = gauge("rollcall_provider_quarantined", "1 while the provider is left alone because it fails most of its calls");
  prometheus::Family<prometheus::Gauge>& invitations = gauge("rollcall_invitations", "Invitations by state");
  prometheus::Family<prometheus::Gauge>& identities = gauge("rollcall_identities", "People in this source");

  // Handles by label values: Family::Add costs 25 times a held handle.
  std::mutex mutex;
  std::map<std::tuple<std::string, std::string, std::string>, prometheus::Counter*> action_handles;
  std::map<std::pair<std::string, int>, prometheus::Counter*> request_handles;
  std::map<std::string, prometheus::Histogram*> second_handles;
  std::map<std::tuple<std::string, std::string, int>, prometheus::Counter*> scim_handles;
  std::map<std::string, prometheus::Gauge*> expiry_handles;

  prometheus::Family<prometheus::Gauge>& gauge(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  }
};

Metrics::Metrics() : body_(std::make_unique<Body>()) {}
Metrics::~Metrics() = default;

void Metrics::action(const std::string& provider, const std::string& kind, const std::string& outcome) {
  const std::lock_guard lock(body_->mutex);
  auto& handle = body_->action_handles[{provider, kind, outcome}];
  if (!handle) handle = &body_->actions.Add({{"provider", provider}, {"kind", kind}, {"outcome", outcome}});
  handle->Increment();
}

void Metrics::request(const std::string& provider, int status, double seconds) {
  const std::lock_guard lock(body_->mutex);
  auto& handle = body_->request_handles[{provider, status}];
  if (!handle)
    handle = &body_->requests.Add({{"provider", provider}, {"status", status == 0 ? std::string("none") : std::to_string(status)}});
  handle->Increment();
  auto& histogram = body_->second_handles[provider];
  if (!histogram)
    histogram = &body_->seconds.Add({{"provider", provider}}, prometheus::Histogram::BucketBoundaries{0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30});
  histogram->Observe(seconds);
}

// Method and resource are words of ours: a client cannot make series by what it sends.
void Metrics::scim_request(const std::string& method, const std::string& resource, int status, double seconds) {
  constexpr const char* methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};
  const bool known = std::find(std::begin(methods), std::end(methods), method) != std::end(methods);
  const std::string word = known ? method : "other";
  const std::lock_guard lock(body_->mutex);
  auto& handle = body_->scim_handles[{word, resource, status}];
  if (!handle) handle = &body_->scim_requests.Add({{"method", word}, {"resource", resource}, {"status", std::to_string(status)}});
  handle->Increment();
  body_->scim_seconds.Observe(seconds);
}

void Metrics::scim_limit(const std::string& limit) { body_->scim_limits.Add({{"limit", limit}}).Increment(); }

void Metrics::set(const Figures& figures) {
  for (const auto& [name, p] : figures.providers) {
    const prometheus::Labels labels{{"provider", name}};
    body_->success.Add(labels).Set(p.last_success);
    body_->pending.Add(labels).Set(static_cast<double>(p.pending));
    body_->held.Add(labels).Set(static_cast<double>(p.held));
    body_->waived.Add(labels).Set(static_cast<double>(p.waived));
    body_->quarantined.Add(labels).Set(p.quarantined ? 1 : 0);
    for (const auto* state : {"pending", "sent", "accepted", "expired", "cancelled", "in-doubt", "failed"}) {
      auto it = p.invitations.find(state);
      body_->invitations.Add({{"provider", name}, {"state", state}}).Set(it == p.invitations.end() ? 0 : static_cast<double>(it->second));
    }
  }
  for (const auto& [name, s] : figures.sources) {
    body_->complete.Add({{"source", name}}).Set(s.last_complete);
    body_->identities.Add({{"source", name}}).Set(static_cast<double>(s.identities));
  }
  const std::lock_guard lock(body_->mutex);
  for (auto it = body_->expiry_handles.begin(); it != body_->expiry_handles.end();) {
    if (figures.token_expiry.contains(it->first)) {
      ++it;
      continue;
    }
    body_->token_expiry.Remove(it->second);      // the last token with an end is gone
    it = body_->expiry_handles.erase(it);
  }
  for (const auto& [name, at] : figures.token_expiry) {
    auto& handle = body_->expiry_handles[name];
    if (!handle) handle = &body_->token_expiry.Add({{"source", name}});
    handle->Set(at);
  }
}

std::string Metrics::text() const { return prometheus::TextSerializer().Serialize(body_->registry.Collect()); }

}  // namespace rollcall::endpoint
