// One connection of the server, from its handshake to its end. The only server file behind which Beast stands. Each
// session stands in the server's set of sessions while it lives. Thread rule: the executor's thread.
#pragma once

#include <memory>
#include <set>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "net/server.hpp"
#include "net/stream.hpp"
#include "net/timeout.hpp"
#include "net/tls.hpp"

namespace rollcall::net {

struct Session;

struct ServerState {
  ServerOptions options;
  Handler handler;
  TlsContext tls;  // replaced by a reload; sessions hold the one they began with
  std::set<Session*> sessions;
  std::size_t refusals = 0;  // connections that are being told that there are too many
  bool stopping = false;
};

// What a stop does to a session: one that waits for a request is closed, one that reads or writes gets a little time,
// one whose handler is at work gets all that it needs.
enum class Phase { waiting, transfer, handler };

struct Session {
  explicit Session(boost::asio::ip::tcp::socket socket) : stream(std::move(socket)), deadline(stream.get_executor()) {}
  Session(const Session&) = delete;
  ~Session() {
    if (member_of) member_of->sessions.erase(this);
  }
  void join(std::shared_ptr<ServerState> state) {
    member_of = std::move(state);
    member_of->sessions.insert(this);
  }

  Stream stream;
  Deadline deadline;
  Peer peer;
  Phase phase = Phase::waiting;
  std::shared_ptr<ServerState> member_of;
};

constexpr std::chrono::seconds time_after_stop{5};  // for transfers under way: the process leaves within 10 s

boost::asio::awaitable<void> serve(std::shared_ptr<ServerState> state, std::unique_ptr<Session> session);
// One too many: 503 in clear text, a plain close under TLS.
boost::asio::awaitable<void> refuse(std::shared_ptr<ServerState> state, std::unique_ptr<Session> session);

}  // namespace rollcall::net
