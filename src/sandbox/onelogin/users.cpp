#include <algorithm>

#include "sandbox/answers.hpp"
#include "sandbox/onelogin/emulator.hpp"
#include "sandbox/state.hpp"

namespace rollcall::sandbox::onelogin {
namespace {

using json::Value;

const std::set<std::string, std::less<>> attributes = {"id", "email", "username", "firstname", "lastname", "external_id", "directory_id",
                                                       "manager_ad_id", "role_id", "samaccountname", "userprincipalname"};
const std::set<std::string, std::less<>> searches = {"fields", "sort", "after_cursor", "before_cursor", "since", "until"};
const std::set<std::string, std::less<>> searches_of_v2 = {"limit", "page", "cursor", "created_since", "created_until", "updated_since", "updated_until",
                                                           "last_login_since", "last_login_until", "user_ids"};
constexpr std::string_view custom = "custom_attributes.";

// '*' stands for anything.
bool fits(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') {
    for (std::size_t i = 0; i <= text.size(); ++i)
      if (fits(pattern.substr(1), text.substr(i))) return true;
    return false;
  }
  return !text.empty() && pattern[0] == text[0] && fits(pattern.substr(1), text.substr(1));
}

bool holds(const Account& account, const std::string& name, const std::string& wanted) {
  if (name == "role_id") return account.roles.contains(number<std::int64_t>(wanted).value_or(-1));
  const auto attribute = name.starts_with(custom) ? account.custom.find(name.substr(custom.size())) : account.custom.end();
  const std::string* field = attribute != account.custom.end() ? &attribute->second : account.field(name);
  const std::string value = name == "id" ? std::to_string(account.id) : field ? *field : "";
  const bool negated = wanted.starts_with('!');
  return fits(lower(negated ? wanted.substr(1) : wanted), lower(value)) != negated;
}

bool in_window(const Account& account, const Target& target) {
  const auto bound = [&](const char* name) { return read_time(target.parameter(name)); };
  for (const auto& [name, at] : {std::pair("since", account.created), std::pair("created_since", account.created), std::pair("updated_since", account.updated)})
    if (const auto time = bound(name); time && at < *time) return false;
  for (const auto& [name, at] : {std::pair("until", account.created), std::pair("created_until", account.created), std::pair("updated_until", account.updated)})
    if (const auto time = bound(name); time && at >= *time) return false;
  return true;
}

// Who never logged in did so within no bounds.
bool has_logged_in(const Account& account, const Target& target) {
  const auto since = read_time(target.parameter("last_login_since")), until = read_time(target.parameter("last_login_until"));
  const std::string* field = account.field("last_login");
  const auto at = field ? read_time(*field) : std::nullopt;
  return (!since || (at && *at >= *since)) && (!until || (at && *at < *until));
}

std::set<std::string> names_in(std::string_view list) {
  std::set<std::string> names;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    std::string name(list.substr(0, comma));
    while (name.starts_with(' ')) name.erase(0, 1);
    names.insert(std::move(name));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return names;
}

// Of a new password; /1 says it in the body of its own call. The vendor's generated SDK writes `False`.
bool validates(const Target& target) { return lower(target.parameter("validate_policy")) != "false"; }

}  // namespace

OneLogin::Reply OneLogin::list(const Asked& asked) {
  std::map<std::string, std::string> wanted;
  for (const auto& [name, value] : asked.target.query) {
    const bool of_custom = asked.version == 2 && name.starts_with(custom) && tenant_.custom_attributes.contains(name.substr(custom.size()));
    if (attributes.contains(name) || of_custom)
      wanted[name] = value;
    else if (!searches.contains(name) && !(asked.version == 2 && searches_of_v2.contains(name)))
      return asked.version == 2 ? refuse(400, "query parameter(s) not allowed: " + name) : refuse(400, name + " is incorrect");
  }
  Shown shown{asked.version, options_.list_roles, names_in(asked.target.parameter("fields")), asked.distortion.hide_fields};
  if (asked.version == 2 && shown.fields.empty()) shown.hidden.insert({"title", "department", "company", "comment", "custom_attributes", "role_ids"});
  const std::set<std::string> ids = names_in(asked.target.parameter("user_ids"));
  std::map<std::int64_t, Value> items;
  std::size_t total = 0;
  for (const auto& [id, account] : tenant_.accounts()) {
    if ((!ids.empty() && !ids.contains(std::to_string(id))) || !has_logged_in(account, asked.target)) continue;
    const bool all = std::all_of(wanted.begin(), wanted.end(), [&](const auto& w) { return holds(account, w.first, w.second); });
    if (!all || !in_window(account, asked.target)) continue;
    ++total;
    if (!asked.distortion.hides(id)) items.emplace(id, user_value(tenant_, account, shown));
  }
  return page(asked, items, total);
}

OneLogin::Reply OneLogin::show(const Asked& asked) {
  const auto account = user_of(asked);
  if (!account) return tl::unexpected(account.error());
  const Value user = user_value(tenant_, *account, {asked.version, true, {}, asked.distortion.hide_fields});
  return asked.version == 1 ? envelope(json::Array{user}) : json_document(200, user);
}

Checked<void> OneLogin::unique(const Account& account, int version) const {
  for (const auto& [name, label] : {std::pair("username", "Username"), std::pair("email", "Email")}) {
    const std::string* value = account.field(name);
    const Account* other = value ? tenant_.find_by(name, *value) : nullptr;
    if (other && other->id != account.id) return refuse(version == 1 ? 400 : 422, std::string("Validation failed: ") + label + " must be unique within rehearsal", name);
  }
  return {};
}

void OneLogin::store(Account account, Instant now) {
  account.updated = now;
  if (!options_.mapping_role.empty()) account.roles.insert(tenant_.add_role(options_.mapping_role));
  (void)tenant_.put(std::move(account));  // its names were checked
}

OneLogin::Reply OneLogin::create(const Asked& asked) {
  const auto body = body_of(asked);
  if (!body) return tl::unexpected(body.error());
  Account account;
  account.status = 7;
  if (auto read = read_user(*body, asked.version, true, tenant_, account, asked.now, validates(asked.target)); !read) return tl::unexpected(read.error());
  const bool both = account.field("username") && account.field("email"), either = account.field("username") || account.field("email");
  if (asked.version == 2 && !both) return refuse(422, "Validation failed: username and email are required");
  if (asked.version == 1 && (!either || !account.field("firstname") || !account.field("lastname"))) return refuse(400, "firstname, lastname and email or username are required");
  if (auto free = unique(account, asked.version); !free) return tl::unexpected(free.error());
  account.created = asked.now;
  account.id = tenant_.next_id();
  const std::int64_t id = account.id;
  store(std::move(account), asked.now);
  const Value user = user_value(tenant_, *tenant_.find(id), {asked.version, true, {}, {}});
  return asked.version == 1 ? envelope(json::Array{user}) : json_document(201, user);
}

OneLogin::Reply OneLogin::update(const Asked& asked) {
  auto account = user_of(asked);
  if (!account) return tl::unexpected(account.error());
  const auto body = body_of(asked);
  if (!body) return tl::unexpected(body.error());
  if (auto read = read_user(*body, asked.version, false, tenant_, *account, asked.now, validates(asked.target)); !read) return tl::unexpected(read.error());
  if (auto free = unique(*account, asked.version); !free) return tl::unexpected(free.error());
  const std::int64_t id = account->id;
  store(std::move(*account), asked.now);
  const Value user = user_value(tenant_, *tenant_.find(id), {asked.version, true, {}, {}});
  return asked.version == 1 ? envelope(json::Array{user}) : json_document(200, user);
}

OneLogin::Reply OneLogin::remove(const Asked& asked) {
  const auto account = user_of(asked);
  if (!account) return tl::unexpected(account.error());
  tenant_.remove(account->id);
  return asked.version == 1 ? envelope({}) : no_content();
}

OneLogin::Reply OneLogin::set_state(const Asked& asked) {
  auto account = user_of(asked);
  if (!account) return tl::unexpected(account.error());
  const auto body = body_of(asked);
  const Value* state = body ? body->find("state") : nullptr;
  if (!state || !state->as_int() || *state->as_int() < 0 || *state->as_int() > 3) return refuse(400, "state is incorrect");
  account->fields["state"] = std::to_string(*state->as_int());
  store(std::move(*account), asked.now);
  return envelope({});
}

OneLogin::Reply OneLogin::custom_attributes(const Asked&) {
  json::Array names;
  for (const auto& [name, label] : tenant_.custom_attributes) names.emplace_back(name);
  return envelope(json::Array{Value(std::move(names))});
}

OneLogin::Reply OneLogin::set_custom_attributes(const Asked& asked) {
  auto account = user_of(asked);
  if (!account) return tl::unexpected(account.error());
  const auto body = body_of(asked);
  const Value* custom = body ? body->find("custom_attributes") : nullptr;
  if (!custom) return refuse(400, "custom_attributes is incorrect");
  Value change;
  change.set("custom_attributes", *custom);
  if (auto read = read_user(change, 2, false, tenant_, *account, asked.now); !read) return tl::unexpected(read.error());
  store(std::move(*account), asked.now);
  return envelope({});
}

OneLogin::Reply OneLogin::put_password(const Asked& asked, bool salted) {
  ROLLCALL_TRY(Account account, user_of(asked));
  ROLLCALL_TRY(const Value body, body_of(asked));
  ROLLCALL_CHECK(set_password(body, salted, account, asked.now));
  store(std::move(account), asked.now);
  return envelope({});
}

OneLogin::Reply OneLogin::lock(const Asked& asked) {
  auto account = user_of(asked);
  if (!account) return tl::unexpected(account.error());
  const auto body = body_of(asked);
  const Value* minutes = body ? body->find("locked_until") : nullptr;
  if (!minutes || !minutes->as_int()) return refuse(400, "locked_until is incorrect");
  account->status = 3;
  if (*minutes->as_int() > 0) account->fields["locked_until"] = write_time(asked.now + std::chrono::minutes(*minutes->as_int()));
  store(std::move(*account), asked.now);
  return envelope({});
}

OneLogin::Reply OneLogin::logout(const Asked& asked) {
  auto account = user_of(asked);
  if (!account) return tl::unexpected(account.error());
  account->fields["logged_out"] = write_time(asked.now);  // for who looks at the state: the API does not show it
  store(std::move(*account), asked.now);
  return envelope({});
}

}  // namespace rollcall::sandbox::onelogin
