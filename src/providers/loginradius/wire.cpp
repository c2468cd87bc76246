#include "providers/loginradius/wire.hpp"

#include <algorithm>

#include "providers/http.hpp"
#include "providers/loginradius/errors.hpp"

namespace rollcall::providers::loginradius {
namespace {

using json::Value;

// Members of a profile that hold one text, the address aside.
const std::set<std::string> plain = {"FirstName", "MiddleName", "LastName", "NickName", "FullName", "ProfileName", "Prefix", "Suffix", "UserName",
                                     "ExternalUserLoginId", "Company", "About", "TimeZone", "LocalLanguage", "Website", "City", "State", "Industry"};

std::string trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n\v\f";
  const auto begin = text.find_first_not_of(space);
  return begin == text.npos ? std::string() : std::string(text.substr(begin, text.find_last_not_of(space) - begin + 1));
}

Error wrong(const std::string& field, const std::string& why) {
  return {ErrorKind::invalid, field + ": " + why + ": correct it at the source or in the mapping", "loginradius", std::nullopt, false};
}

Result<Value> root_of(std::string_view body, std::string_view where) {
  ROLLCALL_TRY(Value root, json::parse(body, where));
  if (!root.as_object()) return fail(ErrorKind::corrupt, std::string(where) + ": expected an object");
  return root;
}

// The items of {"Data":[...]}; a null is none.
Result<json::Array> data_of(std::string_view body, std::string_view where) {
  ROLLCALL_TRY(const Value root, root_of(body, where));
  const Value* data = member(root, "Data");
  if (data && data->is_null()) return json::Array();
  if (!data || !data->as_array()) return fail(ErrorKind::corrupt, std::string(where) + ": Data is no array");
  return *data->as_array();
}

bool flag(const Value& object, std::string_view name, bool otherwise) {
  const Value* value = member(object, name);
  return value && value->as_bool() ? *value->as_bool() : otherwise;
}

// The primary one, else the first.
std::string address_of(const Value& profile) {
  const Value* list = member(profile, "Email");
  if (!list || !list->as_array()) return {};
  std::string first;
  for (const Value& one : *list->as_array()) {
    const std::string value = text_of(one, "Value");
    if (text_of(one, "Type") == "Primary") return value;
    if (first.empty()) first = value;
  }
  return first;
}

void show_custom_fields(const Value& profile, Fields& fields) {
  const Value* custom = member(profile, "CustomFields");
  if (!custom || !custom->as_object()) return;
  for (const auto& [name, value] : *custom->as_object())
    fields[std::string(custom_prefix) + name] = value.as_string() ? *value.as_string() : value.is_null() ? std::string() : json::write(value);
}

Result<Account> account_of(const Value& profile, const Block& block) {
  Account account;
  if (flag(profile, "IsDeleted", false)) return account;
  account.id = text_of(profile, "Uid");
  if (account.id.empty()) return fail(ErrorKind::corrupt, "a profile without Uid");
  for (const auto& name : plain) account.fields[name] = text_of(profile, name);
  account.fields["Email"] = address_of(profile);
  show_custom_fields(profile, account.fields);
  const bool blocked = flag(profile, block.member, !block.blocked) == block.blocked;
  const bool locked = flag(profile, "IsLoginLocked", false);
  account.status = blocked ? AccountStatus::suspended : locked ? AccountStatus::locked : AccountStatus::active;
  account.native_status = to_string(account.status);
  account.accepted = true;  // there is no account before the invitation was accepted
  return account;
}

Result<void> check(const std::string& field, const std::string& value) {
  if (!json::is_utf8(value)) return tl::unexpected(wrong(field, "is no UTF-8 text"));
  const bool custom = field.starts_with(custom_prefix) && field.size() > custom_prefix.size();
  if (!custom && !fields().contains(field)) return tl::unexpected(wrong(field, "is no field of LoginRadius"));
  if (field == "Email" && value.find('@') == value.npos) return tl::unexpected(wrong(field, value.empty() ? "cannot be empty at LoginRadius" : "is no e-mail address"));
  return {};
}

}  // namespace

Block block_by(std::string_view member) { return {std::string(member), member != "IsActive"}; }

const std::set<std::string>& fields() {
  static const std::set<std::string> all = [] {
    std::set<std::string> names = plain;
    names.insert("Email");
    return names;
  }();
  return all;
}

Fields canonical(Fields desired) {
  for (auto& [_, value] : desired) value = trimmed(value);
  return desired;
}

Result<Account> read_profile(std::string_view body, const Block& block) {
  ROLLCALL_TRY(const Value root, root_of(body, "profile"));
  return account_of(root, block);
}

Result<std::vector<Account>> read_profiles(std::string_view body, const Block& block) {
  ROLLCALL_TRY(const json::Array data, data_of(body, "identities"));
  std::vector<Account> out;
  for (const Value& profile : data) {
    ROLLCALL_TRY(Account account, account_of(profile, block));
    if (!account.id.empty()) out.push_back(std::move(account));
  }
  return out;
}

Result<std::set<std::string>> read_role_ids(std::string_view body, std::string_view organization) {
  ROLLCALL_TRY(const json::Array data, data_of(body, "roles"));
  std::set<std::string> out;
  for (const Value& grant : data) {
    const std::string id = text_of(grant, "RoleId"), where = text_of(grant, "OrgId");
    if (id.empty()) return fail(ErrorKind::corrupt, "roles: a role without RoleId");
    if (where.empty() || where == organization) out.insert(id);
  }
  return out;
}

Result<InviteAnswer> read_invitation(std::string_view body, std::string_view organization) {
  ROLLCALL_TRY(const Value root, root_of(body, "invitation"));
  InviteAnswer answer;
  answer.id = text_of(root, "Id");
  if (answer.id.empty()) return fail(ErrorKind::corrupt, "invitation: there is no Id in it");
  answer.expires = text_of(root, "ExpirationDate");
  answer.organization = organization;
  return answer;
}

Result<bool> read_flag(std::string_view body, std::string_view name) {
  ROLLCALL_TRY(const Value root, root_of(body, name));
  return flag(root, name, false);
}

Result<Organization> read_organization(std::string_view body, std::string_view id) {
  ROLLCALL_TRY(const json::Array data, data_of(body, "organizations"));
  for (const Value& one : data)
    if (text_of(one, "Id") == id) return Organization{true, flag(one, "IsActive", true), text_of(one, "Name")};
  return Organization{};
}

Result<Value> write_update(const Fields& changes) {
  Value body, custom;
  for (const auto& [name, value] : changes) {
    ROLLCALL_CHECK(check(name, value));
    // With nullsupport=true a null clears; an empty text is not documented to.
    const Value to = value.empty() ? Value() : Value(value);
    if (name.starts_with(custom_prefix))
      custom.set(name.substr(custom_prefix.size()), to);
    else if (name != "Email")
      body.set(name, to);
  }
  if (!custom.is_null()) body.set("CustomFields", std::move(custom));
  return body;
}

std::string write_email(const std::string& address) {
  Value body, one;
  one.set("type", "Primary");
  one.set("value", address);
  json::Array list{std::move(one)};
  body.set("Email", std::move(list));
  return json::write(body);
}

std::string write_block(const Block& block, bool blocked) {
  Value body;
  body.set(block.member, blocked == block.blocked);
  return json::write(body);
}

std::string write_roles(const std::set<std::string>& ids) {
  Value body;
  body.set("RoleIds", json::Array(ids.begin(), ids.end()));
  return json::write(body);
}

std::string write_invitation(const InviteRequest& request, const std::string& organization, const std::string& inviter) {
  Value body;
  body.set("email", request.email);
  body.set("roleIds", json::Array(request.role_ids.begin(), request.role_ids.end()));
  body.set("orgId", organization);
  if (!inviter.empty()) body.set("inviterUid", inviter);
  return json::write(body);
}

std::string path_of(std::string path, std::string_view uid, std::string_view organization) {
  for (const auto& [slot, value] : {std::pair(std::string_view("{uid}"), uid), {"{orgid}", organization}}) {
    const std::string encoded = percent_encoded(value);
    for (auto at = path.find(slot); at != path.npos; at = path.find(slot, at + encoded.size())) path.replace(at, slot.size(), encoded);
  }
  return path;
}

}  // namespace rollcall::providers::loginradius
