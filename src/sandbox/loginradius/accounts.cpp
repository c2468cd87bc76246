// Profiles, and the roles that a person has in the organisation.
#include "sandbox/loginradius/emulator.hpp"
#include "sandbox/state.hpp"

namespace rollcall::sandbox::loginradius {
namespace {

using json::Value;

tl::unexpected<Refusal> unknown_user() { return refuse(403, 938, "User does not exist", "The user does not exist in this application."); }

void put(std::map<std::string, std::string>& fields, const std::string& name, const Value& value) {
  if (value.is_null())
    fields.erase(name);
  else
    fields[name] = value.as_string() ? *value.as_string() : json::write(value);
}

Checked<void> read_emails(const Value& list, Account& account) {
  if (!list.as_array() || list.as_array()->empty()) return refuse(403, 1032, "Email is required");
  for (const Value& one : *list.as_array()) {
    const std::string value = one.text("Value") + one.text("value"), type = one.text("Type") + one.text("type");
    if (value.find('@') == std::string::npos) return refuse(403, 990, "Email is not valid", value);
    account.fields[type == "Secondary" ? "Email.Secondary" : "Email"] = value;
  }
  return {};
}

// Names that are taken have codes of their own.
Checked<void> free_of(const Tenant& tenant, const Account& account) {
  for (const auto& [field, code] : {std::pair("Email", 936), std::pair("UserName", 1017)}) {
    const Account* other = account.field(field) ? tenant.find_by(field, *account.field(field)) : nullptr;
    if (other && other->id != account.id) return refuse(403, code, std::string(field) + " is already registered", *account.field(field));
  }
  return {};
}

Checked<void> read_profile(const Value& body, Account& account, const std::string& block_by, bool nulls) {
  for (const auto& [name, value] : *body.as_object()) {
    if (name == "Email" || name == "Password") continue;
    if (value.is_null() && !nulls) continue;                        // ignored without nullsupport=true
    const bool* flag = value.as_bool();
    if (name == "IsActive" || name == "IsLoginLocked") {
      if (!flag) return refuse(403, 1134, "Validation failed", name + ": expected true or false");
      if (name == block_by) account.status = *flag == (name == "IsActive") ? active : name == "IsActive" ? blocked : locked;
    } else if (name == "CustomFields" && value.as_object()) {
      for (const auto& [field, text] : *value.as_object())
        if (!text.is_null() || nulls) put(account.custom, field, text);
    } else if (plain_members().contains(name) && (value.is_null() || value.as_string())) {
      put(account.fields, name, value);
    } else {
      return refuse(403, 1134, "Validation failed for one or more fields", name);
    }
  }
  return {};
}

}  // namespace

Checked<Account> LoginRadius::known(const Asked& asked, std::size_t segment) const {
  const Account* found = tenant_.find_by("Uid", asked.path.at(segment));
  if (!found || asked.distortion.hides(found->id)) return unknown_user();
  return *found;
}

Value LoginRadius::written(Account account, Instant now) {
  account.updated = now;
  if (account.id == 0) account.id = tenant_.next_id(), account.created = now;
  const std::int64_t id = account.id;
  (void)tenant_.put(std::move(account));  // its names were checked
  return profile_value(*tenant_.find(id), {});
}

LoginRadius::Reply LoginRadius::create(const Asked& asked) {
  const auto body = read_object(asked.request, 965);
  if (!body) return tl::unexpected(body.error());
  Account account;
  account.status = active;
  account.fields["Uid"] = options_.id("");
  if (auto emails = read_emails(member(*body, "Email"), account); !emails) return tl::unexpected(emails.error());
  if (auto read = read_profile(*body, account, options_.block_by, false); !read) return tl::unexpected(read.error());
  if (auto names = free_of(tenant_, account); !names) return tl::unexpected(names.error());
  return written(std::move(account), asked.now);
}

LoginRadius::Reply LoginRadius::find(const Asked& asked) {
  for (const auto& [parameter, field] : {std::pair("email", "Email"), std::pair("username", "UserName"), std::pair("uid", "Uid")}) {
    const std::string value(asked.target.parameter(parameter));
    if (value.empty()) continue;
    const Account* found = tenant_.find_by(field, value);
    if (!found || asked.distortion.hides(found->id)) return unknown_user();
    return profile_value(*found, asked.distortion.hide_fields);
  }
  return refuse(400, 1118, "An email, uid or phone is required");
}

// Whoever has the address, as a first one or a second.
LoginRadius::Reply LoginRadius::identities(const Asked& asked) {
  const std::string email(asked.target.parameter("email"));
  if (email.find('@') == std::string::npos) return refuse(403, 990, "Email is not valid", email);
  json::Array data;
  const auto add = [&](const Account& account) {
    if (!asked.distortion.hides(account.id)) data.push_back(profile_value(account, asked.distortion.hide_fields));
  };
  if (const Account* first = tenant_.find_by("Email", email)) add(*first);
  for (const auto& [id, account] : tenant_.accounts())
    if (const std::string* second = account.field("Email.Secondary"); second && *second == email) add(account);
  if (data.empty()) return unknown_user();
  Value answer;
  answer.set("Data", std::move(data));
  return answer;
}

LoginRadius::Reply LoginRadius::show(const Asked& asked) {
  const auto account = known(asked, 4);
  if (!account) return tl::unexpected(account.error());
  return profile_value(*account, asked.distortion.hide_fields);
}

LoginRadius::Reply LoginRadius::update(const Asked& asked) {
  const auto body = read_object(asked.request, 965);
  if (!body) return tl::unexpected(body.error());
  auto account = known(asked, 4);
  if (!account) return tl::unexpected(account.error());
  const bool nulls = asked.target.parameter("nullsupport") == "true";
  if (auto read = read_profile(*body, *account, options_.block_by, nulls); !read) return tl::unexpected(read.error());
  if (auto names = free_of(tenant_, *account); !names) return tl::unexpected(names.error());
  return written(std::move(*account), asked.now);
}

LoginRadius::Reply LoginRadius::put_email(const Asked& asked) {
  const auto body = read_body(asked.request, 965, {"Email"});
  if (!body) return tl::unexpected(body.error());
  auto account = known(asked, 4);
  if (!account) return tl::unexpected(account.error());
  if (auto emails = read_emails(member(*body, "Email"), *account); !emails) return tl::unexpected(emails.error());
  if (auto names = free_of(tenant_, *account); !names) return tl::unexpected(names.error());
  return written(std::move(*account), asked.now);
}

LoginRadius::Reply LoginRadius::remove(const Asked& asked) {
  const auto account = known(asked, 4);
  if (!account) return tl::unexpected(account.error());
  tenant_.remove(account->id);
  Value answer;
  answer.set("IsDeleted", true);
  return answer;
}

// ---- the organisation ----

Value LoginRadius::organization_value() const {
  Value value, display;
  display.set("Name", "Rehearsal");
  value.set("Id", options_.organization);
  value.set("Name", "Rehearsal");
  value.set("Display", std::move(display));
  value.set("IsActive", true);
  return value;
}

LoginRadius::Reply LoginRadius::list_organizations(const Asked&) {
  Value answer;
  json::Array data{organization_value()};
  answer.set("Data", std::move(data));
  return answer;
}

Checked<Account> LoginRadius::member_of(const Asked& asked) const {
  if (asked.path.size() > 6 && asked.path[5] != options_.organization)
    return refuse(404, 8118, "Organization not found", "The entered organization or its configuration does not exist.");
  const Account* found = tenant_.find_by("Uid", asked.path.at(3));
  if (!found) return refuse(404, 8132, "User does not exist");
  return *found;
}

Checked<std::set<std::int64_t>> LoginRadius::role_numbers(const std::set<std::string>& ids) const {
  std::set<std::int64_t> out;
  for (const auto& id : ids) {
    const auto number = tenant_.role_id(id);
    if (!number) return refuse(400, 8143, "Role does not belong to tenant", id);
    out.insert(*number);
  }
  return out;
}

Value LoginRadius::roles_value(const Account& account) const {
  json::Array data;
  for (const std::int64_t number : account.roles) {
    Value one;
    one.set("Id", "user_role_" + std::to_string(account.id) + "_" + std::to_string(number));
    one.set("Uid", *account.field("Uid"));
    one.set("RoleId", tenant_.roles().at(number));
    one.set("OrgId", options_.organization);
    one.set("Email", account.field("Email") ? *account.field("Email") : "");
    one.set("CreatedDate", write_time(account.updated));
    data.push_back(std::move(one));
  }
  Value answer;
  answer.set("Data", std::move(data));
  return answer;
}

LoginRadius::Reply LoginRadius::show_roles(const Asked& asked) {
  const auto account = member_of(asked);
  if (!account) return tl::unexpected(account.error());
  return roles_value(*account);
}

Checked<LoginRadius::RoleChange> LoginRadius::role_change(const Asked& asked) const {
  ROLLCALL_TRY(const Value body, read_body(asked.request, 7914, {"RoleIds"}));
  RoleChange out;
  ROLLCALL_TRY(out.account, member_of(asked));
  ROLLCALL_TRY(const auto ids, read_texts(body.find("RoleIds"), 908, "RoleIds"));
  ROLLCALL_TRY(out.roles, role_numbers(ids));
  return out;
}

// One role that is held already refuses the whole request.
LoginRadius::Reply LoginRadius::assign(const Asked& asked) {
  ROLLCALL_TRY(auto change, role_change(asked));
  for (const auto number : change.roles)
    if (change.account.roles.contains(number)) return refuse(409, 8130, "User role already exists", tenant_.roles().at(number));
  change.account.roles.insert(change.roles.begin(), change.roles.end());
  change.account.fields["member"] = "true";
  const Value answer = roles_value(change.account);
  (void)written(std::move(change.account), asked.now);
  return answer;
}

LoginRadius::Reply LoginRadius::unassign(const Asked& asked) {
  ROLLCALL_TRY(auto change, role_change(asked));
  for (const auto number : change.roles) change.account.roles.erase(number);
  (void)written(std::move(change.account), asked.now);
  Value answer;
  answer.set("IsDeleted", true);
  return answer;
}

}  // namespace rollcall::sandbox::loginradius
