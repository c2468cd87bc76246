#include "harness.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

namespace rollcall::net::test {
namespace {

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// Answers every request on the connection in the same way.
ScriptedServer::Script always(std::string answer) {
  return [answer](tcp::socket& socket) -> asio::awaitable<void> {
    for (;;) {
      const std::string head = co_await read_head(socket);
      if (head.empty()) co_return;
      co_await say(socket, answer);
    }
  };
}

// Answers once, and closes when the next request has come.
asio::awaitable<void> closes_at_the_second(tcp::socket& socket) {
  co_await read_head(socket);
  co_await say(socket, ok);
  co_await read_head(socket);
}

asio::awaitable<void> closes_after_the_answer(tcp::socket& socket) {
  co_await read_head(socket);
  co_await say(socket, ok);
}

asio::awaitable<void> closes_at_once(tcp::socket& socket) { co_await read_head(socket); }

// Reads until the client goes.
asio::awaitable<void> never_answers(tcp::socket& socket) {
  std::string text;
  for (;;) {
    char byte;
    const auto [error, size] = co_await socket.async_read_some(asio::buffer(&byte, 1), token);
    if (error) co_return;
  }
}

struct Client : Net {
  std::unique_ptr<HttpClient> client_ = make_client(context_.get_executor());
};

TEST_F(Client, uses_a_kept_connection_again) {
  ScriptedServer server(context_, {always(ok)});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(send(*client_, request("GET", server.url())));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Client, opens_a_new_connection_after_connection_close) {
  ScriptedServer server(context_, {always("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")});
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(send(*client_, request("GET", server.url())));
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(Client, throws_away_a_kept_connection_that_the_server_has_closed_meanwhile) {
  ScriptedServer server(context_, {closes_after_the_answer});
  EXPECT_TRUE(send(*client_, request("GET", server.url())));
  settle();
  EXPECT_TRUE(send(*client_, request("POST", server.url(), "x")));
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(Client, sends_a_get_again_when_a_kept_connection_closes_before_the_answer) {
  ScriptedServer server(context_, {closes_at_the_second, always(ok)});
  EXPECT_TRUE(send(*client_, request("GET", server.url())));
  auto got = send(*client_, request("GET", server.url()));
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(got->body, "ok");
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(Client, never_sends_a_post_again_but_says_that_it_is_in_doubt) {
  ScriptedServer server(context_, {closes_at_the_second, always(ok)});
  EXPECT_TRUE(send(*client_, request("GET", server.url())));
  auto got = send(*client_, request("POST", server.url(), "x"));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(got.error().in_doubt);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Client, does_not_repeat_a_get_that_failed_on_a_new_connection) {
  ScriptedServer server(context_, {closes_at_once});
  auto got = send(*client_, request("GET", server.url()));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(got.error().in_doubt);
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Client, times_out_when_no_answer_comes) {
  ScriptedServer server(context_, {never_answers});
  auto what = request("POST", server.url("/users"), "x");
  what.timeout = 50ms;
  auto got = send(*client_, what);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::timeout);
  EXPECT_TRUE(got.error().in_doubt);
}

TEST_F(Client, times_out_in_the_middle_of_a_body) {
  ScriptedServer server(context_, {[](tcp::socket& socket) -> asio::awaitable<void> {
                          co_await say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                          co_await never_answers(socket);
                        }});
  auto what = request("GET", server.url());
  what.timeout = 50ms;
  auto got = send(*client_, what);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::timeout);
}

TEST_F(Client, a_body_that_is_cut_short_is_an_error) {
  ScriptedServer server(context_, {[](tcp::socket& socket) -> asio::awaitable<void> {
                          co_await read_head(socket);
                          co_await say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                        }});
  auto got = send(*client_, request("GET", server.url()));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(got.error().in_doubt);
}

TEST_F(Client, a_refused_connection_is_unavailable_and_not_in_doubt) {
  unsigned short port = 0;
  {
    ScriptedServer server(context_, {closes_at_once});
    port = server.port();
  }
  settle();
  auto got = send(*client_, request("POST", "http://127.0.0.1:" + std::to_string(port) + "/x?key=secret", "x"));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::unavailable);
  EXPECT_FALSE(got.error().in_doubt);
  EXPECT_NE(got.error().message.find("connection refused"), std::string::npos);
  EXPECT_EQ(got.error().where, "POST http://127.0.0.1:" + std::to_string(port) + "/x");
}

TEST_F(Client, errors_never_show_the_query) {
  ScriptedServer server(context_, {closes_at_once});
  auto got = send(*client_, request("GET", server.url("/x?apikey=secret")));
  ASSERT_FALSE(got);
  EXPECT_EQ((got.error().where + got.error().message).find("secret"), std::string::npos);
}

TEST_F(Client, reads_a_chunked_answer_and_keeps_the_connection) {
  ScriptedServer server(
      context_, {always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")});
  for (int i = 0; i < 2; ++i) EXPECT_EQ(send(*client_, request("GET", server.url()))->body, "abcde");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Client, reads_a_body_that_ends_with_the_connection) {
  ScriptedServer server(context_, {[](tcp::socket& socket) -> asio::awaitable<void> {
                          co_await read_head(socket);
                          co_await say(socket, "HTTP/1.0 200 OK\r\n\r\nall of it");
                        }});
  EXPECT_EQ(send(*client_, request("GET", server.url()))->body, "all of it");
}

TEST_F(Client, answers_without_a_body_keep_the_connection) {
  ScriptedServer server(context_, {[](tcp::socket& socket) -> asio::awaitable<void> {
                          co_await read_head(socket);
                          co_await say(socket, "HTTP/1.1 204 No Content\r\n\r\n");
                          co_await read_head(socket);
                          co_await say(socket, "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n");
                          co_await read_head(socket);
                          co_await say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
                        }});
  EXPECT_EQ(send(*client_, request("GET", server.url()))->status, 204);
  EXPECT_EQ(send(*client_, request("GET", server.url()))->status, 304);
  EXPECT_EQ(send(*client_, request("HEAD", server.url()))->body, "");
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Client, skips_interim_answers) {
  ScriptedServer server(context_,
                        {always("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok)});
  auto got = send(*client_, request("GET", server.url()));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->status, 200);
  EXPECT_EQ(got->body, "ok");
}

TEST_F(Client, does_not_keep_a_connection_with_bytes_after_the_answer) {
  ScriptedServer server(context_, {always(ok + "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")});
  EXPECT_EQ(send(*client_, request("GET", server.url()))->body, "ok");
  settle();
  EXPECT_EQ(send(*client_, request("GET", server.url()))->body, "ok");
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(Client, an_answer_that_is_too_long_is_corrupt) {
  ClientOptions options;
  options.max_body = 10;
  auto client = make_client(context_.get_executor(), options);
  ScriptedServer stated(context_, {always("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890")});
  ScriptedServer chunked(
      context_, {always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n")});
  EXPECT_EQ(send(*client, request("GET", stated.url())).error().kind, ErrorKind::corrupt);
  EXPECT_EQ(send(*client, request("GET", chunked.url())).error().kind, ErrorKind::corrupt);
}

TEST_F(Client, an_answer_that_is_not_http_is_corrupt) {
  ScriptedServer server(context_, {always("220 mail.example.org ESMTP\r\n\r\n")});
  auto got = send(*client_, request("GET", server.url()));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::corrupt);
}

TEST_F(Client, a_header_with_a_line_break_is_refused_before_anything_is_sent) {
  ScriptedServer server(context_, {always(ok)});
  const std::vector<std::string> values = {"a\r\nX: y", "a\nb", std::string("a\0b", 3), "a\x7f"};
  for (const auto& bad : values) {
    auto what = request("GET", server.url());
    what.headers.emplace_back("X-Name", bad);
    auto got = send(*client_, what);
    ASSERT_FALSE(got);
    EXPECT_EQ(got.error().kind, ErrorKind::invalid);
    EXPECT_FALSE(got.error().in_doubt);
  }
  auto what = request("GET", server.url());
  what.headers.emplace_back("X\r\nY", "a");
  EXPECT_EQ(send(*client_, what).error().kind, ErrorKind::invalid);
  EXPECT_EQ(send(*client_, request("GET / HTTP/1.1\r\nX:", server.url())).error().kind, ErrorKind::invalid);
  EXPECT_EQ(server.connections(), 0);
}

TEST_F(Client, urls_that_cannot_be_used_are_invalid) {
  for (const char* url :
       {"", "ftp://h/", "http://", "http://user:pw@h/", "http://h/a b", "http://h:0/", "http://h:70000/", "//h/"})
    EXPECT_EQ(send(*client_, request("GET", url)).error().kind, ErrorKind::invalid) << url;
}

TEST_F(Client, writes_the_framing_itself) {
  std::string head;
  ScriptedServer server(context_, {[&head](tcp::socket& socket) -> asio::awaitable<void> {
                          head = co_await read_head(socket);
                          co_await say(socket, ok);
                        }});
  auto what = request("POST", server.url("/p?q"), "12345");
  what.headers = {{"Host", "evil"}, {"Content-Length", "99"}, {"Transfer-Encoding", "chunked"}, {"X-A", "b"}};
  EXPECT_TRUE(send(*client_, what));
  EXPECT_EQ(head, "POST /p?q HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                      "\r\nX-A: b\r\nUser-Agent: rollcall\r\nContent-Length: 5\r\n\r\n12345");
}

TEST_F(Client, finds_localhost) {
  ScriptedServer server(context_, {always(ok)});
  auto got = send(*client_, request("GET", "http://localhost:" + std::to_string(server.port()) + "/"));
  EXPECT_TRUE(got) << got.error().message;
}

TEST_F(Client, a_cancelled_request_comes_back_as_cancelled) {
  ScriptedServer server(context_, {never_answers});
  asio::cancellation_signal signal;
  std::optional<Result<HttpResponse>> got;
  asio::co_spawn(context_, client_->send(request("GET", server.url())),
                 asio::bind_cancellation_slot(signal.slot(),
                                              [&](std::exception_ptr, Result<HttpResponse> r) { got = std::move(r); }));
  while (server.connections() == 0) context_.run_one();
  settle();
  signal.emit(asio::cancellation_type::all);
  while (!got && context_.run_one_for(5s) > 0) {
  }
  ASSERT_TRUE(got);
  ASSERT_FALSE(*got);
  EXPECT_EQ(got->error().kind, ErrorKind::cancelled);
}

TEST_F(Client, requests_under_way_outlive_the_client) {
  ScriptedServer server(context_, {always(ok)});
  auto work = client_->send(request("GET", server.url()));
  client_.reset();
  EXPECT_TRUE(run(std::move(work)));
}

TEST_F(Client, keeps_no_more_connections_than_it_may) {
  ClientOptions options;
  options.idle_per_origin = 1;
  auto client = make_client(context_.get_executor(), options);
  ScriptedServer server(context_, {always(ok)});
  int done = 0;
  auto both = [&] {
    const int goal = done + 2;
    for (int i = 0; i < 2; ++i)
      asio::co_spawn(context_, client->send(request("GET", server.url())),
                     [&](std::exception_ptr, Result<HttpResponse> r) { done += r.has_value(); });
    while (done < goal && context_.run_one_for(5s) > 0) {
    }
  };
  both();
  EXPECT_EQ(server.connections(), 2);
  both();
  EXPECT_EQ(server.connections(), 3);
  EXPECT_EQ(done, 4);
}

}  // namespace
}  // namespace rollcall::net::test
