#include "sandbox/loginradius/emulator.hpp"

#include "crypto/hash.hpp"
#include "sandbox/answers.hpp"

namespace rollcall::sandbox::loginradius {
namespace {

// The parameter whose name is this in small letters: the vendor's SDK says `apiKey`.
std::string parameter(const Target& target, std::string_view name) {
  for (const auto& [known, value] : target.query)
    if (lower(known) == name) return value;
  return {};
}

}  // namespace

std::string Asked::key() const {
  const std::size_t from = identity() ? 3 : path.size() > 1 && path[0] == "v2" && path[1] == "manage" ? 2 : 0;
  if (identity() && (path.size() < 3 || path[1] != "v2" || path[2] != "manage")) return request.method + " ?";
  std::string out = request.method + " " + (identity() ? "identity" : "manage");
  for (std::size_t i = from; i < path.size(); ++i) {
    const std::string before = i > from ? path[i - 1] : std::string();
    const bool id = ((before == "account" && path[i] != "identities") || before == "invitations" || before == "organizations" ||
                                 (before == "orgcontext" && path[i] != "roles"));
    out += "/" + (id ? "{id}" : path[i]);
  }
  return out;
}

const LoginRadius::Table& LoginRadius::table() const {
  static const Table table = {{{"GET manage/invitation/accept", &LoginRadius::follow}}, {
      {"POST identity/account", &LoginRadius::create},
      {"GET identity/account", &LoginRadius::find},
      {"GET identity/account/identities", &LoginRadius::identities},
      {"GET identity/account/{id}", &LoginRadius::show},
      {"PUT identity/account/{id}", &LoginRadius::update},
      {"DELETE identity/account/{id}", &LoginRadius::remove},
      {"PUT identity/account/{id}/email", &LoginRadius::put_email},
      {"GET manage/organizations", &LoginRadius::list_organizations},
      {"PUT manage/account/{id}/orgcontext/roles", &LoginRadius::assign},
      {"PUT manage/account/{id}/orgcontext/{id}/roles", &LoginRadius::assign},
      {"GET manage/account/{id}/orgcontext/{id}/roles", &LoginRadius::show_roles},
      {"DELETE manage/account/{id}/orgcontext/{id}/roles", &LoginRadius::unassign},
      {"POST manage/invitations", &LoginRadius::send},
      {"GET manage/invitations/{id}", &LoginRadius::show_invitation},
      {"POST manage/invitations/{id}/resend", &LoginRadius::resend},
      {"DELETE manage/invitations/{id}", &LoginRadius::revoke}}};
  return table;
}

// By headers or by the query; both families alike, with codes of their own.
Checked<void> LoginRadius::admitted(const Asked& asked) const {
  const auto given = [&](const char* header, const char* name) {
    const std::string value(header_value(asked.request.headers, header));
    return value.empty() ? parameter(asked.target, name) : value;
  };
  const std::string key = given("X-LoginRadius-ApiKey", "apikey"), secret = given("X-LoginRadius-ApiSecret", "apisecret");
  const bool right_key = !key.empty() && (options_.key.empty() || crypto::equal_constant_time(key, options_.key));
  const bool right_secret = !secret.empty() && (options_.secret.empty() || crypto::equal_constant_time(secret, options_.secret));
  const bool known = right_key && right_secret;
  if (known && !asked.request.body.empty() && media_type(asked.request) != "application/json")
    return refuse(400, asked.identity() ? 965 : 7914, "Post body is invalid", "expected application/json");
  if (known) return {};
  if (!asked.identity())
    return refuse(401, 6002, "Access Unauthorized", "Access Unauthorized, please use valid authorization to access this endpoint.");
  if (key.empty()) return refuse(400, 922, "API key is missing");
  if (!right_key) return refuse(403, 901, "API key is not authorized");
  return refuse(401, 902, "API secret is not authorized");
}

HttpResponse LoginRadius::error(int status, std::string_view text) const {
  const int code = status == 401 ? 6002 : status >= 500 ? 7909 : status == 404 ? 8118 : 0;   // 429 has no code of its own
  return refusal({status, code, std::string(text), {}}, false);
}

HttpResponse LoginRadius::html_error(int status) const { return html_document(status, "<h1>" + std::to_string(status) + "</h1><p>The requested URL was rejected.</p>"); }

}  // namespace rollcall::sandbox::loginradius
