#include "sandbox/zitadel/emulator.hpp"

#include "crypto/hash.hpp"
#include "sandbox/answers.hpp"

namespace rollcall::sandbox::zitadel {
namespace {

// Segments that are names of things stand as {id} in a pattern.
bool is_id(const std::vector<std::string>& path, std::size_t i) {
  const std::string& before = i > 0 ? path[i - 1] : path[0];
  const bool after_users = before == "users" && path[i] != "human" && path[i] != "grants";
  const bool after_human = before == "human" && i >= 2;
  const bool after_grants = before == "grants" && path[i] != "_search";
  return after_users || after_human || after_grants || before == "projects";
}

// Connect has one path a method, and the id in the body: the same call in REST.
struct UserCall {
  std::string method;
  std::vector<std::string> path;  // behind /v2/users
};
const std::map<std::string, UserCall>& user_calls() {
  static const std::map<std::string, UserCall> table = {
      {"AddHumanUser", {"POST", {"human"}}},
      {"UpdateHumanUser", {"PUT", {"human", "{id}"}}},
      {"ListUsers", {"POST", {}}},
      {"GetUserByID", {"GET", {"{id}"}}},
      {"DeleteUser", {"DELETE", {"{id}"}}},
      {"DeactivateUser", {"POST", {"{id}", "deactivate"}}},
      {"ReactivateUser", {"POST", {"{id}", "reactivate"}}},
      {"LockUser", {"POST", {"{id}", "lock"}}},
      {"UnlockUser", {"POST", {"{id}", "unlock"}}},
      {"SetPassword", {"POST", {"{id}", "password"}}},
      {"SetUserMetadata", {"POST", {"{id}", "metadata"}}},
      {"ListUserMetadata", {"POST", {"{id}", "metadata", "search"}}},
      {"ListAuthenticationMethodTypes", {"GET", {"{id}", "authentication_methods"}}},
      {"CreateInviteCode", {"POST", {"{id}", "invite_code"}}},
      {"VerifyInviteCode", {"POST", {"{id}", "invite_code", "verify"}}}};
  return table;
}

}  // namespace

Asked::Asked(const HttpRequest& r, Instant n, const Distortion& d) : sandbox::Asked(r, n, d), method(r.method), connect(path[0].starts_with("zitadel.")) {
  if (path[0] != "zitadel.user.v2.UserService" || path.size() != 2) return;
  const auto call = user_calls().find(path[1]);
  if (call == user_calls().end()) return;
  const auto body = json::parse(request.body);
  method = call->second.method;
  path = {"v2", "users"};
  for (const auto& segment : call->second.path) path.push_back(segment == "{id}" ? (body ? body->text("userId") : "") : segment);
}

std::string Asked::key() const {
  std::string out = method;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (i == 0 && (path[i] == "v2" || path[i] == "management")) continue;
    if (i == 1 && path[0] == "management") continue;  // v1
    out += (out == method ? " " : "/") + (is_id(path, i) ? "{id}" : path[i]);
  }
  return out;
}

const Zitadel::Table& Zitadel::table() const {
  static const std::string authorizations = "POST zitadel.authorization.v2.AuthorizationService/";
  static const Table table = {{{"POST oauth/v2/token", &Zitadel::token}, {"GET ui/v2/login/verify", &Zitadel::follow}}, {
      {"POST users/human", &Zitadel::create},
      {"PUT users/human/{id}", &Zitadel::update},
      {"POST users", &Zitadel::search},
      {"GET users/{id}", &Zitadel::show},
      {"DELETE users/{id}", &Zitadel::remove},
      {"POST users/{id}/deactivate", &Zitadel::deactivate},
      {"POST users/{id}/reactivate", &Zitadel::reactivate},
      {"POST users/{id}/lock", &Zitadel::lock},
      {"POST users/{id}/unlock", &Zitadel::unlock},
      {"DELETE users/{id}/phone", &Zitadel::remove_phone},
      {"POST users/{id}/metadata", &Zitadel::set_metadata},
      {"DELETE users/{id}/metadata", &Zitadel::remove_metadata},
      {"POST users/{id}/metadata/search", &Zitadel::list_metadata},
      {"POST users/{id}/password", &Zitadel::set_password},
      {"GET users/{id}/authentication_methods", &Zitadel::authentication_methods},
      {"POST users/{id}/invite_code", &Zitadel::invite},
      {"POST users/{id}/invite_code/verify", &Zitadel::verify_invite},
      {"POST users/grants/_search", &Zitadel::search_grants},
      {"POST users/{id}/grants", &Zitadel::add_grant},
      {"PUT users/{id}/grants/{id}", &Zitadel::change_grant},
      {"DELETE users/{id}/grants/{id}", &Zitadel::remove_grant},
      {"POST projects/{id}/roles/_search", &Zitadel::search_roles},
      {authorizations + "ListAuthorizations", &Zitadel::list_authorizations},
      {authorizations + "CreateAuthorization", &Zitadel::create_authorization},
      {authorizations + "UpdateAuthorization", &Zitadel::update_authorization},
      {authorizations + "DeleteAuthorization", &Zitadel::delete_authorization},
      {"POST zitadel.project.v2.ProjectService/ListProjectRoles", &Zitadel::list_project_roles}}};
  return table;
}

Checked<void> Zitadel::admitted(const Asked& asked) const {
  if (!options_.management && asked.path[0] == "management") return refuse(5, "", "Not Found");
  const std::string_view header = header_value(asked.request.headers, "Authorization");
  const std::string bearer(header.starts_with("Bearer ") ? header.substr(7) : std::string_view());
  const auto sold = tokens_.find(bearer);
  const bool personal = !bearer.empty() && (options_.token.empty() ? options_.public_key.empty() : crypto::equal_constant_time(bearer, options_.token));
  if (!personal && (sold == tokens_.end() || sold->second <= asked.now)) return refuse(16, "AUTH-7fs1e", "Errors.Token.Invalid");
  const std::string_view organization = header_value(asked.request.headers, "x-zitadel-orgid");
  // Who asks has no membership in another organisation.
  if (!organization.empty() && organization != options_.organization) return refuse(5, "AUTHZ-cdgFk", "membership not found");
  if (!asked.request.body.empty() && media_type(asked.request) != "application/json") return refuse(3, "", "unsupported content type");
  return {};
}

std::string Zitadel::pattern(const HttpRequest& request) const {
  const Target target = parse_target(request.url);
  if (percent_decode(target.segments[0]).starts_with("zitadel.")) return "POST " + percent_decode(target.segments.back());
  return Routed::pattern(request);
}

HttpResponse Zitadel::error(int status, std::string_view text) const {
  HttpResponse response = refusal({code_of(status), status == 401 ? "AUTH-7fs1e" : "", std::string(text)}, false);
  response.status = status;
  return response;
}

HttpResponse Zitadel::html_error(int status) const { return html_document(status, "<h1>" + std::to_string(status) + "</h1><p>upstream connect error</p>"); }

// ---- the lag of projections ----

void Zitadel::shade(std::int64_t id, Instant now) {
  if (options_.lag.count() == 0) return;
  Shade& shade = shades_[id];
  if (shade.until <= now) {  // what was seen so far
    const Account* before = tenant_.find(id);
    shade.before = before ? std::optional(*before) : std::nullopt;
  }
  shade.until = now + options_.lag;
}

void Zitadel::write(Account account, Instant now) {
  account.updated = now;
  if (account.id == 0) {
    account.id = tenant_.next_id();
    account.created = now;
  }
  shade(account.id, now);
  (void)tenant_.put(std::move(account));  // its names were checked
}

void Zitadel::erase(const Account& account, Instant now) {
  const std::int64_t id = account.id;
  shade(id, now);
  tenant_.remove(id);
}

std::vector<Account> Zitadel::all_seen(Instant now) {
  std::erase_if(shades_, [&](const auto& shade) { return shade.second.until <= now; });
  std::map<std::int64_t, Account> all = shades_.empty() ? tenant_.accounts() : std::map<std::int64_t, Account>();
  if (!shades_.empty())
    for (const auto& [id, account] : tenant_.accounts())
      if (!shades_.contains(id)) all.emplace(id, account);
  for (const auto& [id, shade] : shades_)
    if (shade.before) all.emplace(id, *shade.before);
  std::vector<Account> out;
  for (auto& [id, account] : all) out.push_back(std::move(account));
  return out;
}

std::optional<Account> Zitadel::seen(const std::string& user_id, Instant now) {
  for (const auto& [id, shade] : shades_)
    if (shade.until > now && shade.before && *shade.before->field("userId") == user_id) return shade.before;
  const Account* account = find(user_id);
  if (!account) return std::nullopt;
  const auto shade = shades_.find(account->id);
  return shade == shades_.end() || shade->second.until <= now ? std::optional(*account) : shade->second.before;
}

}  // namespace rollcall::sandbox::zitadel
