// Kept connections, by origin; the one used last goes first. Owned by the client. Thread rule: the executor's thread.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "net/stream.hpp"

namespace rollcall::net {

class Pool {
 public:
  explicit Pool(std::size_t per_origin) : per_origin_(per_origin) {}

  // Null when none is usable. One that the server closed, or that has unread bytes, is thrown away.
  std::unique_ptr<Stream> take(const std::string& origin);
  void give(const std::string& origin, std::unique_ptr<Stream> stream);

 private:
  struct Idle {
    std::unique_ptr<Stream> stream;
    std::chrono::steady_clock::time_point since;
  };
  std::size_t per_origin_;
  std::map<std::string, std::vector<Idle>> idle_;
};

}  // namespace rollcall::net
