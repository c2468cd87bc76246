#include "providers/onelogin_v3/errors.hpp"

#include <algorithm>
#include <cctype>

#include "json/json.hpp"
#include "providers/http.hpp"
#include "xml/xml.hpp"

namespace rollcall::providers::onelogin_v3 {
namespace {

struct Said {
  std::string title, message, code;
  bool document = false;  // an error document of the vendor, not a page of whatever stands in between
  std::optional<int> status;
};

bool looks_like(std::string_view body, char first) {
  const auto at = body.find_first_not_of(" \t\r\n");
  return at != body.npos && body[at] == first;
}

// An XML error comes on a JSON call too: the body is looked at, not the Content-Type.
Said said_by(std::string_view body) {
  Said said;
  if (looks_like(body, '<') && !is_html(body)) {
    if (const auto root = xml::parse(body); root && root->name == "error") {
      const auto text = [&](std::string_view name) {
        return root->child(name) ? excerpt(root->child(name)->text) : std::string();
      };
      return {text("title"), text("message"), text("code"), true, std::nullopt};
    }
  } else if (looks_like(body, '{')) {
    if (const auto root = json::parse(body)) {
      const json::Value* status = root->find("status");
      if (status && status->as_object()) {
        said = {excerpt(status->text("type")), excerpt(status->text("message")), {}, true, std::nullopt};
        const json::Value* code = status->find("code");
        const json::Value* error = status->find("error");
        if (error && error->as_bool() && *error->as_bool())
          said.status = code && code->as_int() ? static_cast<int>(*code->as_int()) : 400;
        return said;
      }
    }
  }
  said.message = excerpt(body);
  return said;
}

bool contains(std::string text, std::string_view lower_case) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text.find(lower_case) != text.npos;
}

ErrorKind kind_of(int status, const Said& said, bool blank) {
  if (said.code == "invalid_or_missing_api_key") return ErrorKind::unauthenticated;
  if (status >= 500) return ErrorKind::unavailable;
  switch (status) {
    case 401:
      return ErrorKind::unauthenticated;
    case 403:
      return ErrorKind::forbidden;
    // A page of something else on the way proves no account gone.
    case 404:
      return said.document || blank ? ErrorKind::not_found : ErrorKind::invalid;
    case 408:
      return ErrorKind::timeout;
    case 409:
      return ErrorKind::conflict;
    case 429:
      return ErrorKind::rate_limited;
  }
  if (status < 300) return ErrorKind::corrupt;
  if (contains(said.message, "must be unique") || contains(said.message, "already been taken"))
    return ErrorKind::already_exists;
  if (contains(said.message, "no user exists")) return ErrorKind::not_found;
  return ErrorKind::invalid;
}

std::string headline(ErrorKind kind, int status) {
  const std::string number = " (" + std::to_string(status) + ")";
  switch (kind) {
    case ErrorKind::unauthenticated:
      return "OneLogin does not accept the API key from here" + number;
    case ErrorKind::forbidden:
      return "OneLogin forbids this call" + number;
    case ErrorKind::not_found:
      return "OneLogin does not know it" + number;
    case ErrorKind::rate_limited:
      return "OneLogin's limit of calls is reached" + number;
    case ErrorKind::unavailable:
    case ErrorKind::timeout:
      return "OneLogin cannot answer now" + number;
    case ErrorKind::corrupt:
      return "OneLogin gave an answer that was not expected" + number;
    default:
      break;
  }
  if (status >= 300 && status < 400) return "OneLogin answered with a redirect" + number + ": check the provider's url";
  if (status == 404) return "no page of OneLogin" + number + ": check the provider's url";
  return "OneLogin refuses the request" + number;
}

std::string sentence(ErrorKind kind, int status, const Said& said) {
  std::string out = headline(kind, status);
  if (!said.title.empty()) out += ": " + said.title;
  if (!said.message.empty()) out += ": " + said.message;
  return out;
}

// Redacted before anything is cut or collapsed, and once more in judge(), after references were resolved.
Said said_in(const HttpResponse& response, const Call& call) {
  return said_by(redacted(response.body.substr(0, 65'536), call.secrets));
}

Error judge(int status, const Said& said, const HttpResponse& response, const Call& call, Instant now) {
  const bool blank = response.body.find_first_not_of(" \t\r\n") == std::string::npos;
  Error error;
  error.kind = kind_of(status, said, blank);
  error.message = redacted(sentence(error.kind, status, said), call.secrets);
  error.where = "onelogin-v3: " + call.verb;
  if (error.kind == ErrorKind::rate_limited || error.kind == ErrorKind::unavailable)
    error.retry_after = retry_after(response.headers, now);
  const bool unknown_effect =
      error.kind == ErrorKind::unavailable || error.kind == ErrorKind::timeout || error.kind == ErrorKind::corrupt;
  error.in_doubt = call.writes && unknown_effect;
  return error;
}

}  // namespace

bool is_success(const std::string& method, int status) {
  if (method == "GET") return status == 200;
  if (method == "POST") return status == 200 || status == 201;
  if (method == "DELETE") return status >= 200 && status < 300;
  return (status >= 200 && status <= 205 && status != 203) ||
         status == 304;  // PUT: pages and scripts name all of these
}

Error error_of(const HttpResponse& response, const Call& call, Instant now) {
  return judge(response.status, said_in(response, call), response, call, now);
}

std::optional<Error> envelope_error(const HttpResponse& response, const Call& call, Instant now) {
  const Said said = said_in(response, call);
  if (said.status) return judge(*said.status, said, response, call, now);
  if (!said.code.empty()) return judge(400, said, response, call, now);
  return std::nullopt;
}

Error misunderstood(Error reason, const Call& call) { return providers::misunderstood(std::move(reason), call, "OneLogin", "onelogin-v3"); }

}  // namespace rollcall::providers::onelogin_v3
