#include "endpoint/tokens.hpp"

#include <sstream>

#include "crypto/hash.hpp"

namespace rollcall::endpoint {
namespace {

constexpr std::string_view prefix = "rollcall_";
constexpr std::size_t id_length = 12;

std::string hexadecimal(std::string_view bytes) {
  constexpr const char* digits = "0123456789abcdef";
  std::string out;
  for (const unsigned char c : bytes) out += {digits[c >> 4], digits[c & 15]};
  return out;
}

}  // namespace

NewToken make_token(const std::string& source, const std::vector<std::string>& allow, Instant now, Instant expires) {
  NewToken out;
  out.row.id = hexadecimal(crypto::random_bytes(id_length / 2));
  out.row.source = source;
  out.row.created = now;
  out.row.expires = expires;
  for (const auto& network : allow) out.row.allow += (out.row.allow.empty() ? "" : " ") + network;
  const std::string text = std::string(prefix) + out.row.id + "_" + crypto::base64url(crypto::random_bytes(32));
  out.row.hash = crypto::sha256_hex(text);
  out.secret = Secret(text);
  return out;
}

std::string token_id(std::string_view token) {
  if (!token.starts_with(prefix) || token.size() <= prefix.size() + id_length || token[prefix.size() + id_length] != '_') return {};
  return std::string(token.substr(prefix.size(), id_length));
}

bool is_token(const store::TokenRow& row, std::string_view token) {
  return crypto::equal_constant_time(row.hash, crypto::sha256_hex(token));
}

std::vector<std::string> allowed_networks(const store::TokenRow& row) {
  std::istringstream text(row.allow);
  std::vector<std::string> out;
  for (std::string network; text >> network;) out.push_back(network);
  return out;
}

}  // namespace rollcall::endpoint
