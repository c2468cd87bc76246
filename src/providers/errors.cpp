#include "providers/errors.hpp"

#include <algorithm>

#include "providers/http.hpp"

namespace rollcall::providers {

ErrorKind kind_of_status(int status) {
  if (status >= 500) return ErrorKind::unavailable;
  switch (status) {
    case 401: return ErrorKind::unauthenticated;
    case 403: return ErrorKind::forbidden;
    case 408: return ErrorKind::timeout;
    case 429: return ErrorKind::rate_limited;
    default: return status < 300 ? ErrorKind::corrupt : ErrorKind::invalid;
  }
}

std::string sentence(std::string_view what, int status, std::string_view advice) {
  std::string out = std::string(what) + " (" + std::to_string(status) + ")";
  if (!advice.empty()) (out += ": ") += advice;
  return out;
}

std::string headline(std::string_view vendor, std::span<const Headline> own, ErrorKind kind, int status) {
  const auto better = std::find_if(own.begin(), own.end(), [kind](const Headline& words) { return words.kind == kind; });
  if (better != own.end()) return sentence(better->what, status, better->advice);
  const std::string name(vendor);
  switch (kind) {
    case ErrorKind::not_found: return sentence(name + " does not know it", status);
    case ErrorKind::already_exists: return sentence(name + " has it already", status);
    case ErrorKind::rate_limited: return sentence(name + "'s limit of calls is reached", status);
    case ErrorKind::unavailable: case ErrorKind::timeout: return sentence(name + " cannot answer now", status);
    case ErrorKind::corrupt: return sentence(name + " gave an answer that was not expected", status);
    default: break;
  }
  if (status >= 300 && status < 400) return sentence(name + " answered with a redirect", status, "check the provider's url");
  if (status == 404) return sentence("no page of " + name, status, "check the provider's url");
  return sentence(name + " refuses the request", status);
}

Error failed(ErrorKind kind, std::string message, const HttpResponse& response, const Call& call, std::string_view type, Instant now) {
  Error error{kind, redacted(std::move(message), call.secrets), std::string(type) + ": " + call.verb, std::nullopt, false};
  if (kind == ErrorKind::rate_limited || kind == ErrorKind::unavailable) error.retry_after = retry_after(response.headers, now);
  const bool unknown_effect = kind == ErrorKind::unavailable || kind == ErrorKind::timeout || kind == ErrorKind::corrupt;
  error.in_doubt = call.writes && unknown_effect;
  return error;
}

Error unanswered(Error reason, const Call& call, std::string_view type) {
  reason.message = redacted(std::move(reason.message), call.secrets);
  reason.where = std::string(type) + ": " + call.verb;
  reason.in_doubt = reason.in_doubt && call.writes;
  return reason;
}

Error misunderstood(Error reason, const Call& call, std::string_view vendor, std::string_view type) {
  reason.kind = ErrorKind::corrupt;
  reason.message = redacted(std::string(vendor) + "'s answer cannot be understood: " + reason.message, call.secrets);
  reason.where = std::string(type) + ": " + call.verb;
  reason.in_doubt = call.writes;
  return reason;
}

}  // namespace rollcall::providers
