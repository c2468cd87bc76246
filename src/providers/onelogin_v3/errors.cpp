#include "providers/onelogin_v3/errors.hpp"

#include <algorithm>
#include <array>
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
  // A page of something else on the way proves no account gone.
  if (status == 404) return said.document || blank ? ErrorKind::not_found : ErrorKind::invalid;
  if (status == 409) return ErrorKind::conflict;
  if (const ErrorKind kind = kind_of_status(status); kind != ErrorKind::invalid) return kind;
  if (contains(said.message, "must be unique") || contains(said.message, "already been taken"))
    return ErrorKind::already_exists;
  return contains(said.message, "no user exists") ? ErrorKind::not_found : ErrorKind::invalid;
}

constexpr std::array own = {Headline{ErrorKind::unauthenticated, "OneLogin does not accept the API key from here"},
                            Headline{ErrorKind::forbidden, "OneLogin forbids this call"}};

// Redacted before anything is cut or collapsed, and once more in failed(), after references were resolved.
Said said_in(const HttpResponse& response, const Call& call) {
  return said_by(redacted(response.body.substr(0, 65'536), call.secrets));
}

Error judge(int status, const Said& said, const HttpResponse& response, const Call& call, Instant now) {
  const bool blank = response.body.find_first_not_of(" \t\r\n") == std::string::npos;
  const ErrorKind kind = kind_of(status, said, blank);
  // The vendor's text says what is taken.
  std::string message = headline("OneLogin", own, kind == ErrorKind::already_exists ? ErrorKind::invalid : kind, status);
  if (!said.title.empty()) message += ": " + said.title;
  if (!said.message.empty()) message += ": " + said.message;
  return failed(kind, std::move(message), response, call, "onelogin-v3", now);
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
