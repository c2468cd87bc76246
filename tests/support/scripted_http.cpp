#include "support/scripted_http.hpp"

namespace rollcall::test {

void ScriptedHttp::lose_answer() {
  Error lost{ErrorKind::unavailable, "the connection was closed before an answer came", {}, std::nullopt, true};
  script_.push_back({tl::unexpected(std::move(lost)), true});
}

boost::asio::awaitable<Result<HttpResponse>> ScriptedHttp::send(HttpRequest request) {
  requests.push_back(request);
  if (script_.empty()) co_return server_(request);
  Step step = std::move(script_.front());
  script_.pop_front();
  if (step.reaches_server) server_(request);
  co_return std::move(step.answer);
}

}  // namespace rollcall::test
