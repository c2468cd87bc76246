// What the tests of this room share: one I/O context, coroutines run to their end, and scripted servers that say
// exactly what a test wants them to say. Everything listens on 127.0.0.1 and ends with the test.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "net/client.hpp"
#include "net/server.hpp"

namespace rollcall::net::test {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;
constexpr auto token = asio::as_tuple(asio::use_awaitable);

inline HttpRequest request(std::string method, std::string url, std::string body = {}) {
  HttpRequest out;
  out.method = std::move(method);
  out.url = std::move(url);
  out.body = std::move(body);
  out.timeout = 5s;
  return out;
}

class Net : public ::testing::Test {
 protected:
  // Runs one coroutine to its end; what else runs on the context goes on meanwhile.
  template <class T>
  T run(asio::awaitable<T> work) {
    std::optional<T> out;
    std::exception_ptr thrown;
    asio::co_spawn(context_, std::move(work), [&](std::exception_ptr error, T value) {
      thrown = error;
      if (!error) out.emplace(std::move(value));
    });
    context_.restart();
    while (!out && !thrown)
      if (context_.run_one_for(20s) == 0) throw std::runtime_error("the test hangs");
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*out);
  }
  Result<HttpResponse> send(HttpClient& client, HttpRequest what) { return run(client.send(std::move(what))); }
  // Lets what is queued happen: handlers that are ready, not time.
  void settle() {
    context_.restart();
    while (context_.poll() > 0) {
    }
  }

  asio::io_context context_{1};
};

// Accepts connections one after the other and hands each to the script of its turn; the last script serves the rest.
// What it runs owns its part, so that the server may go first.
class ScriptedServer {
 public:
  using Script = std::function<asio::awaitable<void>(tcp::socket&)>;
  ScriptedServer(asio::io_context& context, std::vector<Script> scripts)
      : state_(std::make_shared<State>(context, std::move(scripts))), port_(state_->acceptor.local_endpoint().port()) {
    asio::co_spawn(context, accept(state_), asio::detached);
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ~ScriptedServer() {
    boost::system::error_code ignored;
    state_->acceptor.close(ignored);
  }
  std::string url(const std::string& target = "/") const {
    return "http://127.0.0.1:" + std::to_string(port()) + target;
  }
  unsigned short port() const { return port_; }
  int connections() const { return state_->connections; }

 private:
  struct State {
    State(asio::io_context& context, std::vector<Script> s)
        : acceptor(context, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)), scripts(std::move(s)) {}
    tcp::acceptor acceptor;
    std::vector<Script> scripts;
    int connections = 0;
  };
  static asio::awaitable<void> accept(std::shared_ptr<State> state) {
    while (state->acceptor.is_open()) {
      auto [error, socket] = co_await state->acceptor.async_accept(token);
      if (error) co_return;
      const auto turn = std::min<std::size_t>(state->connections++, state->scripts.size() - 1);
      asio::co_spawn(state->acceptor.get_executor(), serve(state, turn, std::move(socket)), asio::detached);
    }
  }
  static asio::awaitable<void> serve(std::shared_ptr<State> state, std::size_t turn, tcp::socket socket) {
    co_await state->scripts[turn](socket);
  }

  std::shared_ptr<State> state_;
  unsigned short port_;
};

// Reads up to the end of a header; empty when the client closed.
inline asio::awaitable<std::string> read_head(tcp::socket& socket) {
  std::string text;
  auto buffer = asio::dynamic_buffer(text);
  co_await asio::async_read_until(socket, buffer, "\r\n\r\n", token);
  co_return text;
}

inline asio::awaitable<void> say(tcp::socket& socket, std::string text) {
  co_await asio::async_write(socket, asio::buffer(text), token);
}

inline ServerResponse response(int status, std::string body) {
  ServerResponse out;
  out.http.status = status;
  out.http.body = std::move(body);
  return out;
}

inline asio::awaitable<ServerResponse> echo(ServerRequest request) {
  co_return response(200, request.http.method + ' ' + request.http.url + ' ' + request.http.body);
}

}  // namespace rollcall::net::test
