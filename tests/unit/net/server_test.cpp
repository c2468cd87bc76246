#include "harness.hpp"

#include <array>

namespace rollcall::net::test {
namespace {

struct Serving : Net {
  void start(Handler handler = echo, ServerOptions options = {}) {
    auto made = listen(context_.get_executor(), options, std::move(handler));
    ASSERT_TRUE(made) << made.error().message;
    server_ = std::move(*made);
  }
  std::string base() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

  asio::awaitable<std::shared_ptr<tcp::socket>> dial() {
    auto socket = std::make_shared<tcp::socket>(context_);
    const tcp::endpoint endpoint(asio::ip::make_address("127.0.0.1"), server_->port());
    co_await socket->async_connect(endpoint, asio::use_awaitable);
    co_return socket;
  }
  // Sends the text and reads until the server closes.
  asio::awaitable<std::string> conversation(std::string text) {
    auto socket = co_await dial();
    co_await say(*socket, text);
    std::string answer;
    auto buffer = asio::dynamic_buffer(answer);
    const std::string never(1, '\0');
    co_await asio::async_read_until(*socket, buffer, never, token);
    co_return answer;
  }
  // Sends the body only when something was answered to the head; then as above.
  asio::awaitable<std::string> hesitation(std::string head, std::string body) {
    auto socket = co_await dial();
    co_await say(*socket, head);
    std::string answer;
    auto buffer = asio::dynamic_buffer(answer);
    const std::string end_of_head = "\r\n\r\n", never(1, '\0');
    co_await asio::async_read_until(*socket, buffer, end_of_head, token);
    co_await say(*socket, body);
    co_await asio::async_read_until(*socket, buffer, never, token);
    co_return answer;
  }
  std::string talk(std::string text) { return run(conversation(std::move(text))); }
  static int status(const std::string& answer) { return answer.size() > 12 ? std::stoi(answer.substr(9, 3)) : 0; }

  std::unique_ptr<Server> server_;
  std::unique_ptr<HttpClient> client_ = make_client(context_.get_executor());
};

TEST_F(Serving, a_request_reaches_the_handler_and_its_answer_comes_back) {
  start();
  auto got = send(*client_, request("POST", base() + "/a/b?c=d", "hello"));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(got->body, "POST /a/b?c=d hello");
  EXPECT_FALSE(header_value(got->headers, "date").empty());
}

TEST_F(Serving, the_handler_sees_headers_and_the_peer) {
  ServerRequest seen;
  start([&seen](ServerRequest r) -> asio::awaitable<ServerResponse> {
    seen = std::move(r);
    co_return response(200, "");
  });
  talk("GET / HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nx-one: 2\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(header_value(seen.http.headers, "x-ONE"), "1");
  EXPECT_EQ(seen.peer.address, "127.0.0.1");
  EXPECT_NE(seen.peer.port, 0);
}

TEST_F(Serving, pipelined_requests_are_answered_in_order) {
  start();
  const std::string answer =
      talk("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_LT(answer.find("GET /1"), answer.find("GET /2"));
  EXPECT_NE(answer.find("GET /2"), std::string::npos);
}

TEST_F(Serving, fifty_requests_at_once_are_all_answered) {
  start();
  int done = 0;
  for (int i = 0; i < 50; ++i)
    asio::co_spawn(context_, client_->send(request("PUT", base() + "/" + std::to_string(i), std::to_string(i * i))),
                   [&done, i](std::exception_ptr, Result<HttpResponse> got) {
                     if (got && got->body == "PUT /" + std::to_string(i) + ' ' + std::to_string(i * i)) ++done;
                   });
  while (done < 50 && context_.run_one_for(5s) > 0) {
  }
  EXPECT_EQ(done, 50);
}

TEST_F(Serving, a_large_body_goes_both_ways) {
  ServerOptions options;
  options.max_body = 16 << 20;
  start(echo, options);
  const std::string body(8 << 20, 'x');
  auto got = send(*client_, request("POST", base() + "/", body));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->body.size(), body.size() + 7);
}

TEST_F(Serving, a_body_that_is_too_long_is_answered_413) {
  ServerOptions options;
  options.max_body = 10;
  start(echo, options);
  EXPECT_EQ(status(talk("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n")), 413);
  EXPECT_EQ(
      status(talk("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n")),
      413);
  EXPECT_EQ(status(talk("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n")), 400);
  auto got = send(*client_, request("POST", base() + "/", std::string(4 << 20, 'x')));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->status, 413);
}

TEST_F(Serving, a_header_that_is_too_long_is_answered_431) {
  start();
  EXPECT_EQ(status(talk("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20000, 'x') + "\r\n\r\n")), 431);
  EXPECT_EQ(status(talk("GET /" + std::string(20000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n")), 431);
}

TEST_F(Serving, what_is_not_http_is_answered_400) {
  start();
  EXPECT_EQ(status(talk("hello\r\n\r\n")), 400);
  EXPECT_EQ(status(talk("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n")), 400);
  EXPECT_EQ(status(talk("GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n")), 400);
  EXPECT_EQ(status(talk("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n")), 400);
}

TEST_F(Serving, a_request_whose_end_can_be_read_two_ways_is_refused) {
  start();
  EXPECT_EQ(
      status(talk("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")),
      400);
  EXPECT_EQ(
      status(talk("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n")),
      400);
  EXPECT_EQ(status(talk("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd")), 400);
  EXPECT_EQ(status(talk("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n")), 501);
  EXPECT_EQ(status(talk("GET / HTTP/1.1\r\n\r\n")), 400);
  EXPECT_EQ(status(talk("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")), 400);
}

TEST_F(Serving, a_host_that_cannot_be_one_is_refused) {
  start();
  for (const char* host : {"a\"><b", "a/b", "a b", "a@b", "\xc3\xa4"}) EXPECT_EQ(status(talk("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n")), 400) << host;
  for (const char* host : {"a.example:8080", "[::1]:80", "", "a_b"})
    EXPECT_EQ(status(talk("GET / HTTP/1.1\r\nHost: " + std::string(host) + "\r\nConnection: close\r\n\r\n")), 200) << host;
}

TEST_F(Serving, a_target_in_absolute_form_is_the_path_at_its_host) {
  ServerRequest seen;
  start([&seen](ServerRequest r) -> asio::awaitable<ServerResponse> {
    seen = std::move(r);
    co_return response(200, "");
  });
  const auto target = [&](const std::string& text) {
    talk("GET " + text + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    return std::string(header_value(seen.http.headers, "host")) + " " + seen.http.url;
  };
  EXPECT_EQ(target("http://b.example:81/x?y=http://z"), "b.example:81 /x?y=http://z");
  EXPECT_EQ(target("https://b.example?y"), "b.example /?y");
  EXPECT_EQ(target("http://b.example"), "b.example /");
  EXPECT_EQ(target("http:///x"), "a /x");
  EXPECT_EQ(target("/x?y=http://z/"), "a /x?y=http://z/");
}

TEST_F(Serving, a_client_that_waits_for_100_continue_gets_it) {
  start();
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";
  const std::string answer = run(hesitation(head, "hi"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(talk(head + "hi").starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")) << "though its body has come already";
}

TEST_F(Serving, an_answer_to_head_has_the_length_and_no_body) {
  start();
  const std::string answer = talk("HEAD /abc HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_NE(answer.find("Content-Length: 10\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(Serving, an_answer_204_has_no_length) {
  start([](ServerRequest) -> asio::awaitable<ServerResponse> { co_return response(204, ""); });
  const std::string answer = talk("DELETE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(status(answer), 204);
  EXPECT_EQ(answer.find("Content-Length"), std::string::npos);
}

TEST_F(Serving, an_old_client_is_answered_and_closed) {
  start();
  EXPECT_EQ(status(talk("GET / HTTP/1.0\r\n\r\n")), 200);
}

TEST_F(Serving, drop_closes_without_an_answer) {
  start([](ServerRequest) -> asio::awaitable<ServerResponse> {
    ServerResponse out;
    out.drop = true;
    co_return out;
  });
  EXPECT_EQ(talk("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "");
  auto got = send(*client_, request("POST", base() + "/", "x"));
  ASSERT_FALSE(got);
  EXPECT_TRUE(got.error().in_doubt);
}

TEST_F(Serving, a_handler_that_throws_is_answered_500_and_the_server_lives) {
  start([](ServerRequest r) -> asio::awaitable<ServerResponse> {
    if (r.http.url == "/bad") throw std::runtime_error("top-secret");
    co_return response(200, "fine");
  });
  ::testing::internal::CaptureStderr();
  auto bad = send(*client_, request("GET", base() + "/bad"));
  auto good = send(*client_, request("GET", base() + "/"));
  const std::string logged = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(bad->status, 500);
  EXPECT_EQ(good->body, "fine");
  EXPECT_NE(logged.find("runtime_error"), std::string::npos) << logged;
  EXPECT_EQ(logged.find("top-secret"), std::string::npos) << logged;
  EXPECT_EQ(bad->body.find("top-secret"), std::string::npos);
}

TEST_F(Serving, an_answer_that_would_split_is_500) {
  start([](ServerRequest) -> asio::awaitable<ServerResponse> {
    auto out = response(200, "");
    out.http.headers.emplace_back("Location", "/x\r\nSet-Cookie: a=b");
    co_return out;
  });
  ::testing::internal::CaptureStderr();
  const std::string answer = talk("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(status(answer), 500);
  EXPECT_EQ(answer.find("Set-Cookie"), std::string::npos);
}

TEST_F(Serving, one_connection_too_many_is_answered_503) {
  ServerOptions options;
  options.max_connections = 1;
  start(echo, options);
  auto first = run(dial());
  run([](tcp::socket& socket) -> asio::awaitable<std::string> {
    co_await say(socket, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    co_return co_await read_head(socket);
  }(*first));
  EXPECT_EQ(status(talk("")), 503);
  first->close();
  settle();
  EXPECT_EQ(status(talk("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")), 200);
}

TEST_F(Serving, a_slow_header_and_an_idle_connection_are_closed) {
  ServerOptions options;
  options.header_time = std::chrono::seconds(1);
  options.idle = std::chrono::seconds(1);
  start(echo, options);
  int closed = 0;
  for (const char* text : {"GET / HT", "", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12"})
    asio::co_spawn(context_, conversation(text),
                   [&](std::exception_ptr, std::string answer) { closed += answer.empty(); });
  while (closed < 3 && context_.run_one_for(5s) > 0) {
  }
  EXPECT_EQ(closed, 3);
}

// The wait that guarded the request ends while the handler is at work, and a new one guards what comes after it.
TEST_F(Serving, a_handler_may_take_longer_than_a_connection_may_be_idle) {
  ServerOptions options;
  options.header_time = std::chrono::seconds(1);
  options.idle = std::chrono::seconds(1);
  const auto slow = [](ServerRequest) -> asio::awaitable<ServerResponse> {
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(1500));
    co_await timer.async_wait(asio::use_awaitable);
    ServerResponse out;
    co_return out;
  };
  start(slow, options);
  EXPECT_EQ(status(talk("GET / HTTP/1.1\r\nHost: a\r\n\r\n")), 200);
}

TEST_F(Serving, stop_closes_who_waits_and_answers_who_is_served) {
  asio::steady_timer gate(context_, asio::steady_timer::time_point::max());
  int served = 0;
  start([&](ServerRequest r) -> asio::awaitable<ServerResponse> {
    ++served;
    if (r.http.url == "/slow") co_await gate.async_wait(token);
    co_return response(200, "done");
  });
  EXPECT_TRUE(send(*client_, request("GET", base() + "/")));  // its connection stays, idle
  std::optional<std::string> slow;
  asio::co_spawn(context_, conversation("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"),
                 [&](std::exception_ptr, std::string a) { slow = a; });
  while (served < 2 && context_.run_one_for(5s) > 0) {
  }
  server_->stop();
  server_->stop();
  settle();
  auto refused = send(*client_, request("GET", base() + "/"));
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().in_doubt);
  EXPECT_FALSE(slow);
  gate.cancel();
  while (!slow && context_.run_one_for(5s) > 0) {
  }
  ASSERT_TRUE(slow);
  EXPECT_EQ(status(*slow), 200);
  EXPECT_NE(slow->find("Connection: close"), std::string::npos);
  context_.restart();
  EXPECT_NO_THROW(context_.run_for(5s));  // nothing is left to wait for
  EXPECT_TRUE(context_.stopped());
}

TEST_F(Serving, listening_that_cannot_work_is_an_error) {
  start();
  ServerOptions taken;
  taken.port = server_->port();
  auto busy = listen(context_.get_executor(), taken, echo);
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().kind, ErrorKind::unavailable);
  EXPECT_NE(busy.error().message.find(std::to_string(taken.port)), std::string::npos);
  ServerOptions named;
  named.address = "localhost";
  EXPECT_EQ(listen(context_.get_executor(), named, echo).error().kind, ErrorKind::invalid);
  ServerOptions half;
  half.certificate = "/nowhere.crt";
  EXPECT_EQ(listen(context_.get_executor(), half, echo).error().kind, ErrorKind::invalid);
  half.key = "/nowhere.key";
  EXPECT_EQ(listen(context_.get_executor(), half, echo).error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace rollcall::net::test
