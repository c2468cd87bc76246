#include "endpoint/scim/gate.hpp"

#include <algorithm>
#include <cmath>

#include "endpoint/scim/context.hpp"
#include "endpoint/tokens.hpp"
#include "log/log.hpp"
#include "net/network.hpp"

namespace rollcall::endpoint {
namespace {

constexpr const char* challenge = "Bearer realm=\"rollcall\"";

// RFC 9110 section 11.1: the scheme's name has no case. "" when there is none, or more than one, of which nobody could say who counts.
std::string_view bearer(const Headers& headers) {
  const auto authorizes = [](const auto& header) { return scim::same_name(header.first, "Authorization"); };
  if (std::count_if(headers.begin(), headers.end(), authorizes) > 1) return {};
  std::string_view value = header_value(headers, "Authorization");
  constexpr std::string_view scheme = "bearer ";
  const FoldLess less;
  const std::string_view begin = value.substr(0, scheme.size());
  if (less(begin, scheme) || less(scheme, begin)) return {};
  value.remove_prefix(scheme.size());
  while (value.starts_with(' ')) value.remove_prefix(1);
  while (value.ends_with(' ')) value.remove_suffix(1);
  return value;
}

tl::unexpected<Gate::Refusal> unauthenticated(std::string detail, const std::string& error) {
  return tl::unexpected(Gate::Refusal{{401, scim::ErrorType::none, std::move(detail)}, challenge + error, {}});
}

bool comes_from(const store::TokenRow& token, const std::string& peer) {
  if (token.allow.empty()) return true;
  const auto networks = allowed_networks(token);
  return std::any_of(networks.begin(), networks.end(), [&](const auto& n) { return net::in_network(peer, n); });
}

}  // namespace

Duration Allowance::take(Instant now) {
  if (rate_.count == 0) return Duration{0};
  const auto most = static_cast<double>(rate_.count);
  const double per_ms = most / static_cast<double>(rate_.per.count());
  if (at_ != Instant{} && now > at_) left_ = std::min(most, left_ + per_ms * static_cast<double>((now - at_).count()));
  at_ = std::max(at_, now);
  if (left_ >= 1) {
    left_ -= 1;
    return Duration{0};
  }
  return Duration(static_cast<std::int64_t>(std::ceil((1 - left_) / per_ms)));
}

tl::expected<store::TokenRow, Gate::Refusal> Gate::admit(Reading& reading, const Headers& headers, const std::string& peer, Instant now) {
  const std::string_view text = bearer(headers);
  if (text.empty()) return unauthenticated("one bearer token is needed in the header Authorization", "");
  const std::string id = token_id(text);
  std::optional<store::TokenRow> row;
  if (!id.empty() && json::is_utf8(id) && id.find('\0') == id.npos) {
    auto found = kept(reading.token(id));
    if (!found) return tl::unexpected(Refusal{std::move(found).error(), {}, {}});
    row = std::move(*found);
  }
  constexpr const char* invalid = ", error=\"invalid_token\"";
  // One answer for what was never a token and what is one no more: nothing is told about tokens.
  if (!row || !is_token(*row, text)) return unauthenticated("the bearer token is not valid", invalid);
  if (is_expired(*row, now)) {
    log::warn("an expired SCIM token was used", {{"token", row->id}, {"source", row->source}});
    return unauthenticated("the bearer token has expired", invalid);
  }
  if (!comes_from(*row, peer)) {
    log::warn("a SCIM token was used from an address that it does not allow", {{"token", row->id}, {"source", row->source}, {"peer", peer}});
    return tl::unexpected(Refusal{{403, scim::ErrorType::none, "this token may not be used from this address"}, {}, {}});
  }
  const Duration wait = allowances_.try_emplace(row->id, rate_).first->second.take(now);
  if (wait > Duration{0}) return tl::unexpected(Refusal{{429, scim::ErrorType::none, "too many requests with this token; slow down"}, {}, wait});
  return std::move(*row);
}

}  // namespace rollcall::endpoint
