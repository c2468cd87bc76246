#include "providers/onelogin/wire.hpp"

#include <algorithm>
#include <charconv>

#include "providers/http.hpp"

namespace rollcall::providers::onelogin {
namespace {

using json::Value;

// Both versions' create and update pages.
const std::set<std::string> texts = {"username", "email", "firstname", "lastname", "title", "department", "company", "comment", "phone", "external_id",
                                     "samaccountname", "userprincipalname", "distinguished_name", "member_of"};
const std::set<std::string> numbers = {"status", "state", "group_id", "directory_id", "manager_ad_id", "manager_user_id", "trusted_idp_id"};
const std::set<std::string>& texts_of(Api api) {
  static const auto with = [](std::initializer_list<const char*> more) {
    std::set<std::string> all = texts;
    all.insert(more.begin(), more.end());
    return all;
  };
  static const std::set<std::string> v1 = with({"openid_name", "locale_code"}), v2 = with({"preferred_locale_code"});
  return api == Api::v1 ? v1 : v2;
}

const Value& member(const Value& object, std::string_view name) {
  static const Value none;
  const Value* found = object.find(name);
  return found ? *found : none;
}

// A text, or a number as one; null and what is not there are "".
std::string text_of(const Value& value) {
  if (value.as_string()) return *value.as_string();
  return value.as_int() ? std::to_string(*value.as_int()) : std::string();
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t n = 0;
  const auto end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, n);
  if (text.empty() || error != std::errc() || at != end || n < 0) return std::nullopt;
  return n;
}

// Ids, flat or nested in one more array: the vendor's samples show both.
void take_ids(const Value& list, std::set<std::string>& ids) {
  if (!list.as_array()) return;
  for (const Value& item : *list.as_array()) {
    if (item.as_array()) take_ids(item, ids);
    if (item.as_int()) ids.insert(std::to_string(*item.as_int()));
  }
}

Result<Account> account_of(Api api, const Value& user) {
  Account account;
  account.id = text_of(member(user, "id"));
  if (!number_of(account.id)) return fail(ErrorKind::corrupt, "a user without a numeric id");
  for (const auto& name : listed_fields(api)) {
    const Value* value = name == group_name ? nullptr : user.find(name);
    if (!value) continue;
    if (value->as_array() || value->as_object()) return fail(ErrorKind::corrupt, "the user's " + name + " is no text");
    account.fields[name] = text_of(*value);
  }
  if (const json::Object* custom = member(user, "custom_attributes").as_object())
    for (const auto& [name, value] : *custom) account.fields[std::string(custom_prefix) + name] = text_of(value);
  for (const char* name : {"role_id", "role_ids"}) {
    const Value& roles = member(user, name);
    if (!roles.as_array()) continue;
    account.roles.emplace();
    take_ids(roles, *account.roles);
  }
  account.native_status = text_of(member(user, "status"));
  account.status = account.native_status.empty() ? AccountStatus::pending : status_of(account.native_status);  // null: just made
  account.accepted = !text_of(member(user, "activated_at")).empty() || !text_of(member(user, "last_login")).empty();
  return account;
}

Result<Value> document(Api api, std::string_view body, const std::string& what) {
  ROLLCALL_TRY(Value root, json::parse(body, what));
  if (api == Api::v2) return root;
  const Value* data = root.find("data");
  if (!data) return fail(ErrorKind::corrupt, what + ": there is no data in it");
  return *data;
}

Result<json::Array> array_in(Api api, std::string_view body, const std::string& what) {
  ROLLCALL_TRY(Value list, document(api, body, what));
  if (!list.as_array()) return fail(ErrorKind::corrupt, what + ": expected an array");
  return std::move(*list.as_array());
}

// The next page's cursor. /1 has it in the body, /2 in headers; there a tenant without cursors counts pages.
Result<std::string> next_page(Api api, const HttpResponse& response, const std::string& what) {
  if (api == Api::v1) {
    ROLLCALL_TRY(const Value root, json::parse(response.body, what));
    const Value* pagination = root.find("pagination");
    if (!pagination || !pagination->as_object()) return fail(ErrorKind::corrupt, what + ": there is no pagination in it, so its end is not known");
    const std::string after = pagination->text("after_cursor");
    return after.empty() ? std::string() : "after_cursor=" + percent_encoded(after);
  }
  if (const auto after = header_value(response.headers, "After-Cursor"); !after.empty()) return "cursor=" + percent_encoded(after);
  const auto current = number_of(header_value(response.headers, "Current-Page")), last = number_of(header_value(response.headers, "Total-Pages"));
  return current && last && *current < *last ? "page=" + std::to_string(*current + 1) : std::string();
}

Error wrong(const std::string& field, const std::string& why) {
  return {ErrorKind::invalid, field + ": " + why + ": correct it at the source or in the mapping", "onelogin", std::nullopt, false};
}

}  // namespace

const std::set<std::string>& fields(Api api) {
  static const auto with = [](Api of) {
    std::set<std::string> all = listed_fields(of);
    all.insert(std::string(clear_password));
    all.insert(std::string(salted_password));
    return all;
  };
  static const std::set<std::string> v1 = with(Api::v1), v2 = with(Api::v2);
  return api == Api::v1 ? v1 : v2;
}

const std::set<std::string>& listed_fields(Api api) {
  static const auto with = [](Api of) {
    std::set<std::string> all = texts_of(of);
    all.insert(numbers.begin(), numbers.end());
    all.insert(std::string(group_name));
    return all;
  };
  static const std::set<std::string> v1 = with(Api::v1), v2 = with(Api::v2);
  return api == Api::v1 ? v1 : v2;
}

AccountStatus status_of(std::string_view native) {
  if (native == "0" || native == "7") return AccountStatus::pending;  // unactivated; password pending: nobody has used it yet
  // active; password expired, to be reset; security questions due: the person is in, and has something to do
  if (native == "1" || native == "4" || native == "5" || native == "8") return AccountStatus::active;
  if (native == "2") return AccountStatus::suspended;
  return native == "3" ? AccountStatus::locked : AccountStatus::unknown;
}

Result<UserDocument> read_user(Api api, std::string_view body) {
  ROLLCALL_TRY(const Value root, document(api, body, "user"));
  const json::Array* list = root.as_array();
  if (list && list->size() != 1) return fail(ErrorKind::corrupt, "user: expected one user, found " + std::to_string(list->size()));
  const Value& user = list ? list->front() : root;
  ROLLCALL_TRY(Account account, account_of(api, user));
  return UserDocument{std::move(account), !text_of(member(user, "last_login")).empty()};
}

Result<UserPage> read_users(Api api, const HttpResponse& response) {
  ROLLCALL_TRY(const json::Array list, array_in(api, response.body, "users"));
  UserPage out;
  ROLLCALL_TRY(out.page.next, next_page(api, response, "users"));
  out.items = static_cast<std::int64_t>(list.size());
  out.total = number_of(header_value(response.headers, "Total-Count")).value_or(0);
  for (const Value& user : list) {
    auto account = account_of(api, user);
    if (account) {
      out.shows_roles = out.shows_roles && account->roles;
      out.page.accounts.push_back(std::move(*account));
    } else {
      out.page.unusable.push_back({text_of(member(user, "id")), account.error().message});
    }
  }
  return out;
}

Result<RolePage> read_roles(Api api, const HttpResponse& response, const std::string& what) {
  ROLLCALL_TRY(const json::Array list, array_in(api, response.body, what));
  RolePage out;
  ROLLCALL_TRY(out.next, next_page(api, response, what));
  for (const Value& item : list) {
    Role role{text_of(member(item, "id")), item.text("name")};
    if (!number_of(role.id) || role.name.empty())
      return fail(ErrorKind::corrupt, what + ": the one after " + std::to_string(out.roles.size()) + " others lacks its id or name");
    out.roles.push_back(std::move(role));
  }
  return out;
}

Result<MemberPage> read_members(const HttpResponse& response) {
  ROLLCALL_TRY(const json::Array list, array_in(Api::v2, response.body, "role users"));
  MemberPage out;
  ROLLCALL_TRY(out.next, next_page(Api::v2, response, "role users"));
  for (const Value& item : list) {
    const std::string id = text_of(item.as_object() ? member(item, "id") : item);
    if (!number_of(id)) return fail(ErrorKind::corrupt, "role users: a user without a numeric id");
    out.users.push_back(id);
  }
  return out;
}

Result<std::set<std::string>> read_roles_of_user(std::string_view body) {
  ROLLCALL_TRY(const json::Array list, array_in(Api::v1, body, "roles of a user"));
  std::set<std::string> ids;
  take_ids(Value(list), ids);
  return ids;
}

Result<std::string> read_invite_link(std::string_view body) {
  ROLLCALL_TRY(const json::Array data, array_in(Api::v1, body, "get_invite_link"));
  const std::string* link = data.empty() ? nullptr : data.front().as_string();
  if (!link) return fail(ErrorKind::corrupt, "get_invite_link.data: expected an array of one link");
  const bool web = link->starts_with("https://") || link->starts_with("http://");
  const bool plain = std::all_of(link->begin(), link->end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  if (!web || !plain) return fail(ErrorKind::corrupt, "get_invite_link.data: what it holds is no link");
  return *link;
}

// Types of the vendor's event table: 5 signed in, 8 opened an app; 11 a password was changed, which an administrator may have done.
Result<bool> read_presence(std::string_view body, const std::string& user) {
  ROLLCALL_TRY(const json::Array list, array_in(Api::v1, body, "events"));
  return std::any_of(list.begin(), list.end(), [&](const Value& event) {
    const std::string type = text_of(member(event, "event_type_id"));
    const bool own = type == "11" && text_of(member(event, "actor_user_id")) == user;
    return text_of(member(event, "user_id")) == user && (type == "5" || type == "8" || own);
  });
}

Result<RateLimit> read_rate_limit(std::string_view body) {
  ROLLCALL_TRY(const Value data, document(Api::v1, body, "rate_limit"));
  RateLimit out;
  ROLLCALL_TRY(out.limit, json::require_int(data, "X-RateLimit-Limit", "rate_limit.data"));
  ROLLCALL_TRY(out.remaining, json::require_int(data, "X-RateLimit-Remaining", "rate_limit.data"));
  ROLLCALL_TRY(const std::int64_t reset, json::require_int(data, "X-RateLimit-Reset", "rate_limit.data"));
  out.reset = std::chrono::seconds(std::clamp<std::int64_t>(reset, 0, 3600));
  return out;
}

// In a search a leading "!" negates and "*" stands for anything (page "Using Query Parameters"): as a star it finds the name, and more.
std::string user_query(LookupBy by, std::string_view value) {
  std::string text(value);
  if (text.starts_with('!')) text[0] = '*';
  const char* name = by == LookupBy::email ? "email=" : by == LookupBy::external_id ? "external_id=" : "username=";
  return name + percent_encoded(text);
}

bool is_named(const Account& account, LookupBy by, std::string_view value) {
  const auto field = account.fields.find(by == LookupBy::email ? "email" : by == LookupBy::external_id ? "external_id" : "username");
  if (field == account.fields.end()) return false;
  const FoldLess less;
  if (by == LookupBy::external_id) return field->second == value;
  return !less(field->second, value) && !less(value, field->second);
}

std::string listed_query() {
  std::string query = "limit=50&fields=id";
  for (const auto& name : listed_fields(Api::v2))
    if (name != group_name) query += "," + name;
  return query + ",role_ids,custom_attributes,activated_at,last_login";
}

Result<Value> write_user(Api api, const Fields& fields) {
  Value body = json::Object(), custom = json::Object();
  for (const auto& [name, value] : fields) {
    if (!json::is_utf8(value)) return tl::unexpected(wrong(name, "is no UTF-8 text"));
    if (name.starts_with(custom_prefix) && name.size() > custom_prefix.size()) {
      custom.set(name.substr(custom_prefix.size()), value);
    } else if (name == clear_password) {
      body.set("password", value);
      body.set("password_confirmation", value);
    } else if (name == salted_password) {
      ROLLCALL_TRY(const SaltedPassword salted, read_salted(value));
      body.set("password", salted.hex);
      body.set("password_confirmation", salted.hex);
      body.set("password_algorithm", "salt+sha256");
      body.set("salt", salted.salt);
    } else if (numbers.contains(name)) {
      const auto number = number_of(value);
      if (!number && !value.empty()) return tl::unexpected(wrong(name, "\"" + value + "\" is no whole number"));
      body.set(name, number ? Value(*number) : Value(nullptr));
    } else if (texts_of(api).contains(name)) {
      body.set(name, value.empty() ? Value(nullptr) : Value(value));  // "group_id": null is the vendor's way to clear (page "Update User")
    } else {
      return tl::unexpected(wrong(name, "OneLogin has no such field"));
    }
  }
  if (!custom.as_object()->empty()) body.set("custom_attributes", std::move(custom));
  return body;
}

std::string write_custom(const Fields& fields) {
  Value body, custom = json::Object();
  for (const auto& [name, value] : fields)
    if (name.starts_with(custom_prefix)) custom.set(name.substr(custom_prefix.size()), value);
  body.set("custom_attributes", std::move(custom));
  return json::write(body);
}

Result<SaltedPassword> read_salted(std::string_view value) {
  const auto colon = value.rfind(':');
  SaltedPassword out{std::string(value.substr(0, colon == value.npos ? 0 : colon)), std::string(colon == value.npos ? value : value.substr(colon + 1))};
  std::transform(out.hex.begin(), out.hex.end(), out.hex.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool hex = out.hex.size() == 64 && out.hex.find_first_not_of("0123456789abcdef") == out.hex.npos;
  if (!hex) return tl::unexpected(wrong(std::string(salted_password), "expected SALT:HEX, where HEX is the 64 digits of SHA-256 over salt and password"));
  if (out.salt.size() > 40) return tl::unexpected(wrong(std::string(salted_password), "the salt is longer than the 40 characters that OneLogin takes"));
  return out;
}

Result<std::string> write_password(std::string_view field, const std::string& value) {
  Value body;
  if (field == clear_password) {
    if (!json::is_utf8(value)) return tl::unexpected(wrong(std::string(field), "is no UTF-8 text"));
    body.set("password", value);
    body.set("password_confirmation", value);
    body.set("validate_policy", true);
    return json::write(body);
  }
  ROLLCALL_TRY(const SaltedPassword salted, read_salted(value));
  body.set("password", salted.hex);
  body.set("password_confirmation", salted.hex);
  body.set("password_algorithm", "salt+sha256");
  body.set("password_salt", salted.salt);
  return json::write(body);
}

std::string write_state(std::string_view state) {
  Value body;
  body.set("state", number_of(state).value_or(0));
  return json::write(body);
}

Result<void> check_role_ids(const std::set<std::string>& ids) {
  for (const auto& id : ids)
    if (!number_of(id)) return fail(ErrorKind::invalid, "'" + id + "' is no role id of OneLogin: a number is");
  return {};
}

std::string write_ids(const std::set<std::string>& ids) {
  json::Array list;
  for (const auto& id : ids) list.emplace_back(number_of(id).value_or(0));
  return json::write(list);
}

std::string write_role_ids(const std::set<std::string>& ids) { return "{\"role_id_array\":" + write_ids(ids) + "}"; }

std::string write_invite(std::string_view email, std::string_view personal_email) {
  Value body;
  body.set("email", email);
  if (!personal_email.empty()) body.set("personal_email", personal_email);
  return json::write(body);
}

}  // namespace rollcall::providers::onelogin
