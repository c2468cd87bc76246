#include "net/client.hpp"

#include <cstdlib>

#include <boost/asio/this_coro.hpp>

#include "net/connect.hpp"
#include "net/exchange.hpp"
#include "net/pool.hpp"
#include "net/proxy.hpp"

namespace rollcall::net {
namespace {

namespace asio = boost::asio;
using Answer = Result<HttpResponse>;

struct Core {
  Core(asio::any_io_executor e, ClientOptions o)
      : executor(std::move(e)),
        options(std::move(o)),
        proxies(read_proxies([](const char* name) { return std::getenv(name); })),
        pool(options.idle_per_origin) {}

  // The system's CAs cost 45 ms to load: once, and only if a request needs them.
  Result<TlsContext> tls() {
    if (!context) context = client_context(options.ca_file);
    return *context;
  }

  asio::any_io_executor executor;
  ClientOptions options;
  Proxies proxies;
  Pool pool;
  std::optional<Result<TlsContext>> context;
};

struct Plan {
  Url url;
  Route route;
  Call call;
  std::string origin;
};

std::string origin_of(const Url& url) {
  std::string out = url.scheme + "://" + (url.host.find(':') == std::string::npos ? url.host : '[' + url.host + ']');
  const bool usual = url.port == (url.scheme == "https" ? 443 : 80);
  return usual ? out : out + ':' + std::to_string(url.port);
}

Result<Plan> prepare(Core& core, const HttpRequest& request) {
  Plan plan;
  ROLLCALL_TRY(plan.url, parse_url(request.url));
  if (plan.url.scheme != "http" && plan.url.scheme != "https")
    return fail(ErrorKind::invalid, "an HTTP request needs an http:// or https:// URL, not " + plan.url.scheme + "://");
  plan.origin = origin_of(plan.url);
  plan.route.host = plan.url.host;
  plan.route.port = plan.url.port;
  plan.route.ca_file = core.options.ca_file;
  if (auto proxy = core.proxies.for_url(plan.url)) {
    ROLLCALL_TRY(plan.route.proxy, std::move(*proxy));
  }
  const bool secure = plan.url.scheme == "https";
  if (secure) {
    ROLLCALL_TRY(plan.route.tls, core.tls());
  }
  const bool forwarded = plan.route.proxy && !secure;  // absolute form to a proxy (RFC 9112 section 3.2.2)
  plan.call.origin = plan.origin;
  plan.call.target = forwarded ? plan.origin + plan.url.target : plan.url.target;
  plan.call.proxy_authorization = forwarded ? plan.route.proxy->authorization : "";
  plan.call.user_agent = core.options.user_agent;
  plan.call.max_body = core.options.max_body;
  ROLLCALL_CHECK(render(plan.call, request));
  return plan;
}

// "GET https://host/path": without the query, which may hold secrets.
std::string where_of(const HttpRequest& request) {
  const auto url = parse_url(request.url);
  return request.method + ' ' + (url ? origin_of(*url) + url->path : "(unusable URL)");
}

asio::awaitable<Answer> carry_out(std::shared_ptr<Core> core, HttpRequest request) {
  const TimePoint until = std::chrono::steady_clock::now() + request.timeout;
  auto prepared = prepare(*core, request);
  if (!prepared) co_return tl::unexpected(std::move(prepared).error());
  Plan plan = std::move(*prepared);
  plan.call.body = std::move(request.body);
  plan.call.until = until;
  auto stream = core->pool.take(plan.origin);
  const bool reused = stream != nullptr;
  for (bool again = reused;; again = false) {
    if (!stream) {
      auto connected = co_await connect(core->executor, plan.route, until);
      if (!connected) co_return tl::unexpected(std::move(connected).error());
      stream = std::move(*connected);
    }
    Outcome outcome = co_await exchange(*stream, plan.call);
    if (outcome.keep) core->pool.give(plan.origin, std::move(stream));
    // RFC 9110 section 9.2.2: only what is safe is sent anew by itself.
    if (outcome.result || !again || !outcome.unanswered || !(request.method == "GET" || request.method == "HEAD"))
      co_return std::move(outcome.result);
    stream.reset();
  }
}

// Cancellation comes out as a value: without this, Asio throws at the next co_await after it.
asio::awaitable<Answer> guarded(std::shared_ptr<Core> core, HttpRequest request) {
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  const std::string where = where_of(request);
  auto answer = co_await carry_out(std::move(core), std::move(request));
  co_await asio::this_coro::throw_if_cancelled(throws);
  if (!answer && answer.error().where.empty()) answer.error().where = where;
  co_return answer;
}

class Client : public HttpClient {
 public:
  Client(asio::any_io_executor executor, ClientOptions options)
      : core_(std::make_shared<Core>(std::move(executor), std::move(options))) {}

  // Not a coroutine: what runs owns its part of the core, and may outlive this object.
  asio::awaitable<Answer> send(HttpRequest request) override { return guarded(core_, std::move(request)); }

 private:
  std::shared_ptr<Core> core_;
};

}  // namespace

std::unique_ptr<HttpClient> make_client(asio::any_io_executor executor, ClientOptions options) {
  return std::make_unique<Client>(std::move(executor), std::move(options));
}

}  // namespace rollcall::net
