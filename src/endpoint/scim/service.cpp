#include "endpoint/scim/service.hpp"

#include <future>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>

#include "endpoint/scim/core.hpp"
#include "log/log.hpp"
#include "scim/response.hpp"

namespace rollcall::endpoint {
namespace {

namespace asio = boost::asio;
using Core = ScimHandler::Core;
constexpr auto touch_every = std::chrono::minutes{1};
constexpr auto last_words = std::chrono::seconds{6};    // the daemon leaves within 10 s

HttpResponse http_of(Reply reply) {
  HttpResponse out;
  out.status = reply.status;
  out.headers = std::move(reply.headers);
  if (!reply.body.empty()) out.headers.emplace_back("Content-Type", scim::media_type);
  out.headers.emplace_back("Cache-Control", "no-store");      // personal data
  out.body = std::move(reply.body);
  return out;
}

Reply reply_of(const scim::Failure& failure) {
  Reply out{failure.status, json::write(scim::error_document(failure)), {}};
  constexpr std::string_view only = "this resource answers ";
  if (failure.status == 405) {
    const auto end = failure.detail.rfind(" only");
    out.headers.emplace_back("Allow", failure.detail.substr(only.size(), end - only.size()));
  }
  if (failure.status == 503) out.headers.emplace_back("Retry-After", "1");
  return out;
}

Reply reply_of(const Gate::Refusal& refusal) {
  Reply out = reply_of(refusal.failure);
  if (!refusal.challenge.empty()) out.headers.emplace_back("WWW-Authenticate", refusal.challenge);
  if (refusal.retry_after > Duration{0}) out.headers.emplace_back("Retry-After", std::to_string((refusal.retry_after.count() + 999) / 1000));
  return out;
}

// The path below the base, and the base as the client wrote it.
bool locate(Call& call, const ScimOptions& options, std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  for (const std::string_view prefix : {"/scim/v2", "/v2"}) {
    if (!path.starts_with(prefix) || (path.size() > prefix.size() && path[prefix.size()] != '/')) continue;
    call.path = std::string(path.substr(prefix.size()));
    const std::string scheme = options.settings.certificate.empty() ? "http://" : "https://";
    call.base = options.settings.public_url.empty() ? scheme + std::string(header_value(call.headers, "Host")) + std::string(prefix) : options.settings.public_url;
    return true;
  }
  return false;
}

// That the client still comes is written down, at most once a minute, and nobody waits for it.
asio::awaitable<void> write_down(std::shared_ptr<Core> core, std::string token, Instant now) {
  if (!core->queue) co_return;
  store::WriteQueue::Job job = [token, now](store::State& state) { return state.touch_token(token, now); };
  const Result<void> done = co_await core->queue->submit(std::move(job));
  if (!done) log::warn("the last use of a SCIM token could not be written down", {{"token", token}, {"reason", done.error().message}});
}

void touch(const std::shared_ptr<Core>& core, const std::string& token, Instant now) {
  Instant& last = core->touched[token];
  if (last != Instant{} && now - last < touch_every) return;
  last = now;
  asio::co_spawn(core->executor, write_down(core, token, now), asio::detached);
}

// Who asks for what, where the answer hangs on nothing else but the state; "" else.
std::string question_of(const Call& call, const std::string& target) {
  const Conditions conditions = conditions_of(call);
  if (call.method != "GET" || !conditions.if_match.empty() || !conditions.if_none_match.empty()) return {};
  return call.source->name + '\n' + call.base + '\n' + target;
}

Reply known_reply(Call& call, const Reading::Kept& known) {
  call.resource = known.resource;
  Reply out{200, known.body, {}};
  if (!known.etag.empty()) out.headers.emplace_back("ETag", known.etag);
  return out;
}

// A request that has been admitted.
asio::awaitable<Reply> handled(std::shared_ptr<Core> core, std::shared_ptr<Call> call, net::ServerRequest request) {
  const std::string& target = request.http.url;
  const std::string question = question_of(*call, target);
  if (const auto* kept = question.empty() ? nullptr : core->reading->find(question)) co_return known_reply(*call, *kept);
  const std::int64_t version = question.empty() ? 0 : core->reading->version();
  const auto mark = target.find('?');
  auto parameters = scim::parse_parameters(mark == target.npos ? std::string_view() : std::string_view(target).substr(mark + 1));
  if (!parameters) co_return reply_of(parameters.error());
  call->parameters = std::move(*parameters);
  call->body = std::move(request.http.body);
  auto reply = co_await route(call);
  if (!reply) co_return reply_of(reply.error());
  const bool lasting = !question.empty() && reply->status == 200;
  if (lasting && core->reading->version() == version && core->options.catalogue == call->catalogue)   // a search may have let a commit in
    core->reading->keep(question, {call->resource, std::string(header_value(reply->headers, "ETag")), reply->body});
  co_return std::move(*reply);
}

// RFC 7644 section 4: a client may have to read how to authenticate before it can.
bool is_open_discovery(const Core& core, const Call& call) {
  if (!core.options.settings.open_discovery || call.catalogue->sources.empty() || !header_value(call.headers, "Authorization").empty()) return false;
  const auto within = [&](std::string_view place) { return call.path.starts_with(place) && (call.path.size() == place.size() || call.path[place.size()] == '/'); };
  return within("/ServiceProviderConfig") || within("/ResourceTypes") || within("/Schemas");
}

asio::awaitable<Reply> answered(std::shared_ptr<Core> core, std::shared_ptr<Call> call, net::ServerRequest request) {
  call->headers = std::move(request.http.headers);
  call->now = core->options.clock();
  call->catalogue = core->options.catalogue;
  call->method = request.http.method == "HEAD" ? "GET" : request.http.method;
  const std::string& target = request.http.url;
  if (!locate(*call, core->options, target)) co_return reply_of(scim::Failure{404, scim::ErrorType::none, "SCIM is at /scim/v2"});
  if (is_open_discovery(*core, *call)) {
    call->source = &call->catalogue->sources.begin()->second;     // any: nothing of it is shown
    co_return co_await handled(core, call, std::move(request));
  }
  const auto token = core->gate.admit(*core->reading, call->headers, request.peer.address, call->now);
  if (!token) {
    if (token.error().failure.status == 429 && core->options.metrics) core->options.metrics->scim_limit("rate");
    co_return reply_of(token.error());
  }
  touch(core, token->id, call->now);
  const auto source = call->catalogue->sources.find(token->source);
  if (source == call->catalogue->sources.end())
    co_return reply_of(scim::Failure{403, scim::ErrorType::none, "the source of this token is not in the configuration any more"});
  call->source = &source->second;
  co_return co_await handled(core, call, std::move(request));
}

asio::awaitable<net::ServerResponse> serve(std::shared_ptr<Core> core, net::ServerRequest request) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string method = request.http.method;
  auto call = std::make_shared<Call>();
  call->core = core;
  Reply reply = co_await answered(core, call, std::move(request));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  if (core->options.metrics) core->options.metrics->scim_request(method, call->resource, reply.status, seconds.count());
  net::ServerResponse out;
  out.http = http_of(std::move(reply));
  co_return out;
}

net::ServerOptions doors(const ScimOptions& options, const net::Endpoint& at) {
  const auto whole = [](Duration d) { return std::chrono::ceil<std::chrono::seconds>(d); };
  const ScimSettings& s = options.settings;
  net::ServerOptions out;
  out.address = at.address;
  out.port = at.port;
  out.certificate = s.certificate;
  out.key = s.key;
  out.max_body = static_cast<std::size_t>(s.max_body);
  out.max_header = static_cast<std::size_t>(s.max_header);
  out.max_connections = static_cast<std::size_t>(s.max_connections);
  out.idle = whole(s.idle_timeout);
  out.header_time = whole(s.header_timeout);
  out.refusal = [](int status, std::string text) { return http_of(reply_of(scim::Failure{status, scim::ErrorType::none, std::move(text)})); };
  out.on_limit = [metrics = options.metrics](std::string_view limit) {
    if (metrics) metrics->scim_limit(std::string(limit));
  };
  return out;
}

}  // namespace

ScimHandler::Core::Core(asio::any_io_executor e, ScimOptions o, std::unique_ptr<store::State> r, std::unique_ptr<store::State> w)
    : executor(std::move(e)), options(std::move(o)), gate(options.settings.rate), reading(std::make_shared<Reading>(executor, std::move(r))),
      queue(std::make_unique<store::WriteQueue>(std::move(w))) {
  const ScimSettings& s = options.settings;
  limits.depth = static_cast<std::size_t>(s.max_depth);
  limits.bulk_operations = limits.patch_operations = static_cast<std::size_t>(s.max_operations);
  limits.filter.length = static_cast<std::size_t>(s.max_filter);
  paging.max_count = s.max_results;
  paging.default_count = std::min<std::int64_t>(paging.default_count, s.max_results);
}

Result<std::shared_ptr<ScimHandler>> ScimHandler::open(asio::any_io_executor executor, ScimOptions options) {
  ROLLCALL_TRY(auto writing, store::State::open(options.state_url, store::Access::write));
  ROLLCALL_TRY(auto reading, store::State::open(options.state_url, store::Access::read));
  auto core = std::make_shared<Core>(std::move(executor), std::move(options), std::move(reading), std::move(writing));
  return std::shared_ptr<ScimHandler>(new ScimHandler(std::move(core)));
}

net::Handler ScimHandler::handler() {
  return [core = core_](net::ServerRequest request) { return serve(core, std::move(request)); };
}

void ScimHandler::adopt(std::shared_ptr<const Catalogue> catalogue) {
  asio::dispatch(core_->executor, [core = core_, catalogue = std::move(catalogue)] {
    core->options.catalogue = catalogue;
    core->reading->forget();
  });
}

// On the executor's thread, so that no request is between looking for the queue and using it.
void ScimHandler::close() {
  auto done = std::make_shared<std::promise<void>>();
  auto ended = done->get_future();
  asio::dispatch(core_->executor, [core = core_, done] {
    core->queue.reset();
    done->set_value();
  });
  ended.wait_for(last_words);
}

Result<std::unique_ptr<ScimService>> ScimService::open(asio::any_io_executor executor, ScimOptions options) {
  ROLLCALL_TRY(const net::Endpoint at, net::parse_endpoint(options.settings.listen));
  net::ServerOptions server = doors(options, at);
  ROLLCALL_TRY(auto handler, ScimHandler::open(executor, std::move(options)));
  auto listening = net::listen(executor, std::move(server), handler->handler());
  if (!listening) {
    handler->close();
    return tl::unexpected<Error>(std::move(listening).error());
  }
  return std::unique_ptr<ScimService>(new ScimService(std::move(handler), std::move(*listening)));
}

void ScimService::stop() {
  if (!handler_) return;
  server_->stop();
  server_->drain(last_words);
  handler_->close();
  handler_.reset();
}

}  // namespace rollcall::endpoint
