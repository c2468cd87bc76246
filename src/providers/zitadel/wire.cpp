#include "providers/zitadel/wire.hpp"

#include <algorithm>
#include <charconv>

#include "crypto/hash.hpp"

namespace rollcall::providers::zitadel {
namespace {

using json::Value;

constexpr std::size_t longest = 200;  // characters of nearly every text (the descriptors' rules)
constexpr std::string_view profile_prefix = "profile.";
const std::set<std::string> cut_fields = {"profile.givenName", "profile.familyName", "profile.displayName", "profile.nickName"};

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n\v\f";
  const auto begin = text.find_first_not_of(space);
  return begin == text.npos ? std::string() : std::string(text.substr(begin, text.find_last_not_of(space) - begin + 1));
}

std::string cut(std::string text) {
  std::size_t at = 0, count = 0;
  for (; at < text.size(); ++at)
    if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 && ++count > longest) break;
  text.resize(at);
  return trimmed(text);
}

// E.164: what the vendor makes of a number that begins with its country. Others it would guess a country for.
void drop_layout(std::string& number) {
  if (number.empty() || number[0] != '+') return;
  std::erase_if(number, [](char c) { return c == ' ' || c == '-' || c == '(' || c == ')' || c == '.' || c == '/'; });
}

Error wrong(const std::string& field, const std::string& why) {
  return {ErrorKind::invalid, field + ": " + why + ": correct it at the source or in the mapping", "zitadel", std::nullopt, false};
}

Result<void> check(const std::string& field, const std::string& value) {
  if (!json::is_utf8(value)) return tl::unexpected(wrong(field, "is no UTF-8 text"));
  const std::size_t most = field == "profile.preferredLanguage" ? 10 : longest;
  if (!field.starts_with(metadata_prefix) && characters(value) > most)
    return tl::unexpected(wrong(field, "is longer than the " + std::to_string(most) + " characters that Zitadel takes"));
  if (field.starts_with(metadata_prefix) && field.size() > metadata_prefix.size() + longest)
    return tl::unexpected(wrong(field, "the key of metadata is longer than 200 bytes"));
  if (field.starts_with(metadata_prefix) && value.size() > 500'000)
    return tl::unexpected(wrong(field, "is larger than the 500,000 bytes that Zitadel takes"));
  if (field == "phone" && !value.empty() && (value[0] != '+' || value.find_first_not_of("0123456789", 1) != value.npos))
    return tl::unexpected(wrong(field, "\"" + value + "\" is no number with its country, such as +41791234567"));
  return {};
}

std::int64_t whole_number(const Value* value) {  // protojson: a decimal string, left out when 0
  if (value && value->as_int()) return *value->as_int();
  const std::string* text = value ? value->as_string() : nullptr;
  std::int64_t n = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), n);
  return n;
}

const Value& member(const Value& object, std::string_view name) {
  static const Value none;
  const Value* found = object.find(name);
  return found ? *found : none;
}

Result<UserDocument> user_of(const Value& user) {
  const Value& human = member(user, "human");
  UserDocument out;
  Account& account = out.account;
  account.id = user.text("userId");
  if (account.id.empty()) return fail(ErrorKind::corrupt, "a user without userId");
  if (!human.as_object()) return fail(ErrorKind::corrupt, "user " + account.id + " is no human");
  account.fields["userId"] = account.id;
  account.fields["username"] = user.text("username");
  account.fields["email"] = member(human, "email").text("email");
  account.fields["phone"] = member(human, "phone").text("phone");
  for (const auto& field : listed_fields())
    if (field.starts_with(profile_prefix)) account.fields[field] = member(human, "profile").text(field.substr(profile_prefix.size()));
  // An unset language is "und" (BCP 47).
  if (auto& language = account.fields["profile.preferredLanguage"]; language == "und") language.clear();
  account.native_status = user.text("state");
  account.status = status_of(account.native_status);
  // A password that was ever set. Of other credentials the search says nothing.
  account.accepted = !human.text("passwordChanged").empty();
  out.organization = member(user, "details").text("resourceOwner");
  return out;
}

Value text_query(std::string_view name, std::string_view member_name, std::string_view value) {
  Value inner, query;
  inner.set(member_name, value);
  inner.set("method", "TEXT_QUERY_METHOD_EQUALS_IGNORE_CASE");
  query.set(name, std::move(inner));
  return query;
}

json::Array base_queries(const std::string& organization) {
  Value type, query, org, org_query;
  type.set("type", "TYPE_HUMAN");
  query.set("typeQuery", std::move(type));
  json::Array queries{std::move(query)};
  if (organization.empty()) return queries;
  org.set("organizationId", organization);
  org_query.set("organizationIdQuery", std::move(org));
  queries.push_back(std::move(org_query));
  return queries;
}

std::string user_search(std::int64_t offset, int limit, json::Array queries) {
  Value body, query;
  query.set("offset", std::to_string(offset));
  query.set("limit", limit);
  query.set("asc", true);
  body.set("query", std::move(query));
  body.set("sortingColumn", "USER_FIELD_NAME_CREATION_DATE");
  body.set("queries", std::move(queries));
  return json::write(body);
}

void set_email(Value& body, const std::string& address, bool verified) {
  Value email;
  email.set("email", address);
  if (verified)
    email.set("isVerified", true);
  else
    email.set("returnCode", json::Object());
  body.set("email", std::move(email));
}

void set_phone(Value& body, const std::string& number) {
  Value phone;
  phone.set("phone", number);
  phone.set("isVerified", true);  // else the vendor would send a text message
  body.set("phone", std::move(phone));
}

Value metadata_entries(const Fields& fields) {
  json::Array entries;
  for (const auto& [name, value] : fields) {
    if (!name.starts_with(metadata_prefix) || value.empty()) continue;
    Value entry;
    entry.set("key", name.substr(metadata_prefix.size()));
    entry.set("value", crypto::base64(value));
    entries.push_back(std::move(entry));
  }
  return entries;
}

Result<Value> root_of(std::string_view body, std::string_view what) {
  ROLLCALL_TRY(Value root, json::parse(body, what));
  if (!root.as_object()) return fail(ErrorKind::corrupt, std::string(what) + ": expected an object");
  return root;
}

// A list that is left out is empty; anything else that is no list is an error.
Result<json::Array> list_in(const Value& root, std::string_view name) {
  const Value* list = root.find(name);
  if (!list) return json::Array();
  if (!list->as_array()) return fail(ErrorKind::corrupt, std::string(name) + ": expected an array");
  return *list->as_array();
}

}  // namespace

const std::set<std::string>& listed_fields() {
  static const std::set<std::string> listed = {"userId", "username", "email", "phone", "profile.givenName", "profile.familyName",
                                               "profile.displayName", "profile.nickName", "profile.preferredLanguage"};
  return listed;
}

const std::set<std::string>& fields() { return listed_fields(); }

AccountStatus status_of(std::string_view native) {
  if (native == "USER_STATE_ACTIVE") return AccountStatus::active;
  if (native == "USER_STATE_INACTIVE") return AccountStatus::suspended;
  if (native == "USER_STATE_LOCKED") return AccountStatus::locked;
  if (native == "USER_STATE_INITIAL") return AccountStatus::pending;
  return AccountStatus::unknown;
}

Fields canonical(Fields desired) {
  for (auto& [name, value] : desired) {
    if (name.starts_with(metadata_prefix)) continue;
    value = cut_fields.contains(name) ? cut(std::move(value)) : trimmed(value);
    if (name == "phone") drop_layout(value);
  }
  const auto display = desired.find("profile.displayName"), given = desired.find("profile.givenName"), family = desired.find("profile.familyName");
  const bool names = given != desired.end() && family != desired.end() && !given->second.empty() && !family->second.empty();
  if (display != desired.end() && display->second.empty() && names) display->second = cut(given->second + " " + family->second);
  return desired;
}

std::string own_id(std::string_view key) {
  const bool plain = !key.empty() && key.size() <= longest && std::all_of(key.begin(), key.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  return plain ? std::string(key) : key.empty() ? std::string() : "rollcall-" + crypto::sha256_hex(key).substr(0, 40);
}

Result<UserSearch> read_users(std::string_view body) {
  ROLLCALL_TRY(const Value root, root_of(body, "users"));
  ROLLCALL_TRY(const json::Array list, list_in(root, "result"));
  UserSearch out;
  out.total = whole_number(member(root, "details").find("totalResult"));
  out.items = static_cast<std::int64_t>(list.size());
  for (const Value& user : list) {
    auto account = user_of(user);
    if (account)
      out.page.accounts.push_back(std::move(account->account));
    else
      out.page.unusable.push_back({user.text("userId"), account.error().message});
  }
  return out;
}

Result<UserDocument> read_user(std::string_view body) {
  ROLLCALL_TRY(const Value root, root_of(body, "user"));
  return user_of(member(root, "user"));
}

Result<std::string> read_user_id(std::string_view body) {
  ROLLCALL_TRY(const Value root, root_of(body, "user"));
  return json::require_text(root, "userId", "user");
}

Result<bool> read_authentication_methods(std::string_view body) {
  ROLLCALL_TRY(const Value root, root_of(body, "authentication_methods"));
  ROLLCALL_TRY(const json::Array methods, list_in(root, "authMethodTypes"));
  return !methods.empty();
}

Result<Fields> read_metadata(std::string_view body) {
  ROLLCALL_TRY(const Value root, root_of(body, "metadata"));
  ROLLCALL_TRY(const json::Array entries, list_in(root, "metadata"));
  Fields out;
  for (const Value& entry : entries) {
    const auto value = crypto::base64_decode(entry.text("value"));
    if (value && json::is_utf8(*value)) out[std::string(metadata_prefix) + entry.text("key")] = *value;
  }
  return out;
}

Result<InviteAnswer> read_invitation(std::string_view body, bool with_code) {
  ROLLCALL_TRY(const Value root, root_of(body, "invite_code"));
  InviteAnswer answer;
  if (with_code) {
    ROLLCALL_TRY(answer.code, json::require_text(root, "inviteCode", "invite_code"));
  }
  if (with_code && answer.code.empty()) return fail(ErrorKind::corrupt, "invite_code: there is no code in it");
  answer.organization = member(root, "details").text("resourceOwner");
  return answer;
}

std::string write_search(std::int64_t offset, const std::string& organization, int limit) {
  return user_search(offset, limit, base_queries(organization));
}

std::string write_search_by(LookupBy by, std::string_view value, const std::string& organization) {
  json::Array queries = base_queries(organization);
  queries.push_back(by == LookupBy::email ? text_query("emailQuery", "emailAddress", value) : text_query("userNameQuery", "userName", value));
  return user_search(0, 10, std::move(queries));
}

Result<std::string> write_create(const Fields& fields, const std::string& organization, bool verified) {
  const auto at = [&](const std::string& name) {
    const auto it = fields.find(name);
    return it == fields.end() ? std::string() : it->second;
  };
  for (const char* needed : {"email", "profile.givenName", "profile.familyName"})
    if (at(needed).empty()) return fail(ErrorKind::invalid, std::string("Zitadel makes no user without ") + needed, "zitadel: create");
  Value body, profile, org;
  for (const auto& [name, value] : fields) {
    ROLLCALL_CHECK(check(name, value));
    // An empty text is not an absent one to the vendor.
    if (!value.empty() && name.starts_with(profile_prefix)) profile.set(name.substr(profile_prefix.size()), value);
  }
  if (const std::string id = own_id(at("userId")); !id.empty()) body.set("userId", id);
  if (!at("username").empty()) body.set("username", at("username"));
  if (!organization.empty()) {
    org.set("orgId", organization);
    body.set("organization", std::move(org));
  }
  body.set("profile", std::move(profile));
  set_email(body, at("email"), verified);
  if (!at("phone").empty()) set_phone(body, at("phone"));
  if (Value metadata = metadata_entries(fields); !metadata.as_array()->empty()) body.set("metadata", std::move(metadata));
  return json::write(body);
}

Result<Value> write_update(const Fields& changes, bool verified) {
  Value body, profile;
  for (const auto& [name, value] : changes) {
    ROLLCALL_CHECK(check(name, value));
    if (name == "userId") return tl::unexpected(wrong(name, "cannot be changed: it is the user's id at Zitadel"));
    const bool needed = name == "username" || name == "email" || name == "profile.givenName" || name == "profile.familyName";
    if (needed && value.empty()) return tl::unexpected(wrong(name, "cannot be empty at Zitadel"));
    if (name == "username") body.set(name, value);
    if (name == "email") set_email(body, value, verified);
    if (name == "phone" && !value.empty()) set_phone(body, value);
    if (name.starts_with(profile_prefix)) profile.set(name.substr(profile_prefix.size()), value);
  }
  if (!profile.is_null()) body.set("profile", std::move(profile));
  return body;
}

std::string write_metadata(const Fields& changes) {
  Value body;
  body.set("metadata", metadata_entries(changes));
  return json::write(body);
}

std::string url_template(std::string_view landing) {
  std::string out(landing);
  constexpr std::pair<std::string_view, std::string_view> slots[] = {{"{userId}", "{{.UserID}}"}, {"{code}", "{{.Code}}"}, {"{orgId}", "{{.OrgID}}"}};
  for (const auto& [ours, theirs] : slots)
    for (auto at = out.find(ours); at != out.npos; at = out.find(ours, at + theirs.size())) out.replace(at, ours.size(), theirs);
  return out;
}

std::string write_invitation(bool send, std::string_view landing, std::string_view application_name) {
  Value body, how = json::Object();
  if (send && !landing.empty()) how.set("urlTemplate", url_template(landing));
  if (send && !application_name.empty()) how.set("applicationName", application_name);
  body.set(send ? "sendCode" : "returnCode", std::move(how));  // exactly one: both are refused
  return json::write(body);
}

}  // namespace rollcall::providers::zitadel
