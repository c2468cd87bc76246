#include "net/pool.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace rollcall::net {
namespace {

// Servers close idle connections after 60 s and more; before that ours goes, so that few requests meet a closing one.
constexpr std::chrono::seconds longest_idle{50};

bool is_quiet(Stream& stream) {
  char byte;
  const auto got = recv(stream.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace

std::unique_ptr<Stream> Pool::take(const std::string& origin) {
  const auto found = idle_.find(origin);
  if (found == idle_.end()) return nullptr;
  auto& kept = found->second;
  const auto oldest = std::chrono::steady_clock::now() - longest_idle;
  std::unique_ptr<Stream> out;
  while (!out && !kept.empty()) {
    if (kept.back().since > oldest && is_quiet(*kept.back().stream)) out = std::move(kept.back().stream);
    kept.pop_back();
  }
  if (kept.empty()) idle_.erase(found);
  return out;
}

void Pool::give(const std::string& origin, std::unique_ptr<Stream> stream) {
  auto& kept = idle_[origin];
  if (kept.size() >= per_origin_) kept.erase(kept.begin());
  if (per_origin_ > 0) kept.push_back({std::move(stream), std::chrono::steady_clock::now()});
}

}  // namespace rollcall::net
