// The source of type "ldap": full reads of people and groups from the first server of the list that answers. One read
// at a time; cancel() from any thread.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "rollcall/secret.hpp"
#include "rollcall/settings.hpp"
#include "rollcall/source.hpp"
#include "sources/intake.hpp"
#include "sources/ldap/connection.hpp"

namespace rollcall::sources {

class LdapSource final : public Source {
 public:
  LdapSource(const SourceSettings& settings, RecordShape shape, Secret password, std::vector<ServerUri> servers);

  const std::string& name() const override { return settings_.name; }
  ReadReport read(const Known& known, const RecordSink& sink) override;
  Result<std::string> probe() override;
  void cancel() override;

 private:
  struct Server {
    ServerUri uri;
    SocketGuard::Clock::time_point failed_at{};
    bool failed = false;
  };
  // A guard is there as long as its connection, and cancel() finds it.
  struct Open {
    std::shared_ptr<SocketGuard> guard;
    std::unique_ptr<Connection> connection;
  };
  Result<Open> connect();
  Result<std::string> reach();
  void done();
  std::vector<std::size_t> order() const;
  std::shared_ptr<SocketGuard> new_guard();
  void read_all(Connection& connection, Intake& intake);
  bool read_kind(Connection& connection, Intake& intake, RecordKind kind);
  void read_ranged(Connection& connection, Intake& intake, RecordKind kind, const std::vector<std::string>& dns);

  SourceSettings settings_;
  RecordShape shape_;
  Secret password_;
  std::vector<Server> servers_;
  TlsContext tls_;
  std::mutex mutex_;
  std::shared_ptr<SocketGuard> guard_;  // of the connection in use
  std::atomic<bool> cancelled_ = false;
};

}  // namespace rollcall::sources
