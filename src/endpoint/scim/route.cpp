// Which resource a path means, and what may be done there (RFC 7644 section 3.2).
#include <charconv>

#include "endpoint/scim/core.hpp"

namespace rollcall::endpoint {
namespace {

namespace asio = boost::asio;
using Segments = std::vector<std::string>;

// Nothing: no path that could name a resource.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned byte = 0;
    const char* const begin = text.data() + i + 1;
    if (i + 2 >= text.size() || std::from_chars(begin, begin + 2, byte, 16).ptr != begin + 2) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return json::is_utf8(out) ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<Segments> segments_of(std::string_view path) {
  Segments out;
  while (!path.empty()) {
    if (path.front() == '/') path.remove_prefix(1);
    const auto end = path.find('/');
    auto one = percent_decoded(path.substr(0, end));
    if (!one) return std::nullopt;
    path = end == path.npos ? std::string_view() : path.substr(end);
    if (!one->empty() || !path.empty()) out.push_back(std::move(*one));
  }
  return out;
}

tl::unexpected<scim::Failure> nowhere() { return scim::refuse(404, "there is nothing at this path"); }

asio::awaitable<Replied> collection(std::shared_ptr<Call> call, RecordKind kind) {
  const std::vector<RecordKind> kinds(1, kind);
  if (call->method == "GET") co_return co_await list(call, kinds);
  if (call->method == "POST") co_return co_await write(call, kind, std::string());
  co_return tl::unexpected<scim::Failure>(wrong_method("GET, POST"));
}

asio::awaitable<Replied> member(std::shared_ptr<Call> call, RecordKind kind, std::string id) {
  if (call->method == "GET") co_return get(*call, kind, id);
  if (call->method == "PUT" || call->method == "PATCH" || call->method == "DELETE") co_return co_await write(call, kind, std::move(id));
  co_return tl::unexpected<scim::Failure>(wrong_method("GET, PUT, PATCH, DELETE"));
}

asio::awaitable<Replied> searching(std::shared_ptr<Call> call, std::vector<RecordKind> kinds) {
  call->resource = "search";
  if (call->method == "POST") co_return co_await post_search(call, std::move(kinds));
  co_return tl::unexpected<scim::Failure>(wrong_method("POST"));
}

asio::awaitable<Replied> resources(std::shared_ptr<Call> call, RecordKind kind, Segments segments) {
  if (segments.size() == 1) co_return co_await collection(call, kind);
  if (segments.size() > 2) co_return nowhere();
  const std::vector<RecordKind> kinds(1, kind);
  if (segments[1] == ".search") co_return co_await searching(call, kinds);
  co_return co_await member(call, kind, segments[1]);
}

const std::vector<RecordKind>& all_kinds() {
  static const std::vector<RecordKind> kinds{RecordKind::person, RecordKind::group};
  return kinds;
}

}  // namespace

asio::awaitable<Replied> route(std::shared_ptr<Call> call) {
  const auto segments = segments_of(call->path);
  if (!segments) co_return nowhere();
  if (segments->empty()) {
    call->resource = "all";
    if (call->method == "GET") co_return co_await list(call, all_kinds());
    co_return tl::unexpected<scim::Failure>(wrong_method("GET"));
  }
  const std::string& first = segments->front();
  for (const char* known : {"Users", "Groups", "Bulk", "Me", "ServiceProviderConfig", "ResourceTypes", "Schemas"})
    if (first == known) call->resource = known;
  if (first == "Users" || first == "Groups") co_return co_await resources(call, first == "Users" ? RecordKind::person : RecordKind::group, *segments);
  if (first == ".search" && segments->size() == 1) co_return co_await searching(call, all_kinds());
  if (first == "Bulk" && segments->size() == 1) co_return co_await bulk(call);
  // RFC 7644 section 3.11: a token is a client's, and no User stands behind it.
  if (first == "Me") co_return scim::refuse(501, "/Me is not offered: a token belongs to a client, not to a User");
  if (call->resource != "other" && segments->size() <= 2) co_return discover(*call, *segments);
  co_return nowhere();
}

}  // namespace rollcall::endpoint
