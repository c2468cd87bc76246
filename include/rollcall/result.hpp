// What can fail answers Result<T>; an exception is a bug. An Error is data: it is stored in the journal and decides retries,
// so its kind is from a fixed list and its text holds no secret and no whole payload.
// Values; no thread rule.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace rollcall {

enum class ErrorKind {
  unavailable,      // no connection, 5xx: later may work
  timeout,
  rate_limited,     // 429; retry_after is the earliest time
  unauthenticated,  // our credentials are refused
  forbidden,
  not_found,
  already_exists,   // a unique name is taken
  conflict,         // changed under us; once more after reading anew
  invalid,          // the other side refuses the content
  unsupported,
  refused,          // a rule of ours forbids it
  corrupt,          // the answer or the stored value cannot be understood
  cancelled,
  internal,
};

constexpr std::string_view to_string(ErrorKind kind) {
  constexpr std::string_view names[] = {"unavailable", "timeout",     "rate_limited", "unauthenticated", "forbidden",
                                        "not_found",   "already_exists", "conflict",  "invalid",         "unsupported",
                                        "refused",     "corrupt",     "cancelled",    "internal"};
  return names[static_cast<int>(kind)];
}

struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;  // for a person: what happened and what to do; no secrets
  std::string where;    // provider, verb, file:line:column - whatever tells the place
  std::optional<std::chrono::milliseconds> retry_after;
  bool in_doubt = false;  // a property of the call: the request may have taken effect although no answer came

  bool operator==(const Error&) const = default;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(ErrorKind kind, std::string message, std::string where = {}) {
  return tl::unexpected<Error>(Error{kind, std::move(message), std::move(where), std::nullopt, false});
}

// Unavailable, timed out or rate limited: the same call may work later.
constexpr bool is_retryable(ErrorKind kind) {
  return kind == ErrorKind::unavailable || kind == ErrorKind::timeout || kind == ErrorKind::rate_limited;
}

}  // namespace rollcall

// ROLLCALL_TRY(auto x, f()): x is the value, or the function returns the error, of whatever type. Two statements, so not behind an unbraced if.
#define ROLLCALL_CONCAT_(a, b) a##b
#define ROLLCALL_CONCAT(a, b) ROLLCALL_CONCAT_(a, b)
#define ROLLCALL_TRY_(tmp, decl, expr)                               \
  auto tmp = (expr);                                                 \
  if (!tmp) return ::tl::unexpected<typename decltype(tmp)::error_type>(std::move(tmp).error()); \
  decl = std::move(*tmp)
#define ROLLCALL_TRY(decl, expr) ROLLCALL_TRY_(ROLLCALL_CONCAT(rollcall_try_, __LINE__), decl, expr)
#define ROLLCALL_CO_TRY_(tmp, decl, expr)                            \
  auto tmp = (expr);                                                 \
  if (!tmp) co_return ::tl::unexpected<typename decltype(tmp)::error_type>(std::move(tmp).error()); \
  decl = std::move(*tmp)
#define ROLLCALL_CO_TRY(decl, expr) ROLLCALL_CO_TRY_(ROLLCALL_CONCAT(rollcall_try_, __LINE__), decl, expr)
#define ROLLCALL_CHECK_(tmp, expr) \
  if (auto tmp = (expr); !tmp) return ::tl::unexpected<typename decltype(tmp)::error_type>(std::move(tmp).error())
#define ROLLCALL_CHECK(expr) ROLLCALL_CHECK_(ROLLCALL_CONCAT(rollcall_check_, __LINE__), expr)
