#include "sandbox/state.hpp"

#include <cstdio>
#include <map>

namespace rollcall::sandbox {
namespace {

void set_time(json::Value& value, std::string_view name, const std::optional<Instant>& time) {
  if (time) value.set(name, write_time(*time));
}

Error wrong(std::string message) { return {ErrorKind::invalid, std::move(message), "state", std::nullopt, false}; }

Result<void> read_roles(const Tenant& tenant, const json::Value& value, Account& account) {
  if (!value.as_array()) return tl::unexpected(wrong("roles: expected an array of names or ids"));
  account.roles.clear();
  for (const json::Value& item : *value.as_array()) {
    std::optional<std::int64_t> id;
    if (item.as_string()) id = tenant.role_id(*item.as_string());
    if (item.as_int() && tenant.roles().contains(*item.as_int())) id = *item.as_int();
    if (!id) return tl::unexpected(wrong("roles: " + json::write(item) + " is no role of this tenant"));
    account.roles.insert(*id);
  }
  return {};
}

Result<void> read_text(std::map<std::string, std::string>& fields, const std::string& name, const json::Value& value) {
  if (value.is_null()) {
    fields.erase(name);
  } else if (value.as_string()) {
    fields[name] = *value.as_string();
  } else if (value.as_int()) {
    fields[name] = std::to_string(*value.as_int());
  } else {
    return tl::unexpected(wrong(name + ": expected a string, a number or null"));
  }
  return {};
}

Result<void> read_custom(const json::Value& value, Account& account) {
  if (!value.as_object()) return tl::unexpected(wrong("custom: expected an object"));
  for (const auto& [name, member] : *value.as_object()) ROLLCALL_CHECK(read_text(account.custom, name, member));
  return {};
}

// A time of the account by its name, null when it is no time.
std::optional<Instant>* optional_time(Account& account, std::string_view name) {
  if (name == "activated-at") return &account.activated;
  if (name == "password-changed-at") return &account.password_changed;
  if (name == "invitation-sent-at") return &account.invited;
  return nullptr;
}

Result<void> read_member(const Tenant& tenant, const std::string& name, const json::Value& value, Account& account) {
  if (name == "roles") return read_roles(tenant, value, account);
  if (name == "custom") return read_custom(value, account);
  if (name == "id" || name == "status") {
    if (!value.as_int()) return tl::unexpected(wrong(name + ": expected a number"));
    if (name == "id") account.id = *value.as_int();
    if (name == "status") account.status = static_cast<int>(*value.as_int());
    return {};
  }
  if (name == "password" && value.as_string()) {
    account.password = *value.as_string();
    return {};
  }
  std::optional<Instant>* optional = optional_time(account, name);
  if (!optional && name != "created-at" && name != "updated-at") return read_text(account.fields, name, value);
  const std::optional<Instant> time = value.as_string() ? read_time(*value.as_string()) : std::nullopt;
  if (!time && !(optional && value.is_null()))
    return tl::unexpected(wrong(name + ": expected a time as 2015-04-27T15:03:27Z"));
  if (optional) *optional = time;
  if (name == "created-at") account.created = *time;
  if (name == "updated-at") account.updated = *time;
  return {};
}

// Name, label or times: an object of strings.
json::Value map_value(const std::map<std::string, std::string>& map) {
  json::Value value = json::Object();
  for (const auto& [name, text] : map) value.set(name, text);
  return value;
}

json::Value invitations_value(const Tenant& tenant) {
  json::Value list = json::Array();
  for (const Invitation& invitation : tenant.invitations()) {
    json::Value value;
    value.set("email", invitation.email);
    value.set("account", invitation.account);
    value.set("token", invitation.token);
    value.set("made-at", write_time(invitation.made));
    set_time(value, "accepted-at", invitation.accepted);
    set_time(value, "expires-at", invitation.expires);
    set_time(value, "cancelled-at", invitation.cancelled);
    for (const auto& [name, text] : {std::pair("id", &invitation.id), std::pair("inviter", &invitation.inviter), std::pair("landing", &invitation.landing)})
      if (!text->empty()) value.set(name, *text);
    if (!invitation.id.empty()) value.set("roles", json::Array(invitation.roles.begin(), invitation.roles.end()));
    list.as_array()->push_back(std::move(value));
  }
  return list;
}

json::Value mails_value(const Tenant& tenant) {
  json::Value list = json::Array();
  for (const Mail& mail : tenant.mails()) {
    json::Value value;
    value.set("to", mail.to);
    value.set("account", mail.account);
    value.set("token", mail.token);
    value.set("sent-at", write_time(mail.sent));
    list.as_array()->push_back(std::move(value));
  }
  return list;
}

json::Value counts_by_email(const Tenant& tenant) {
  std::map<std::string, std::int64_t> counts;
  for (const Invitation& invitation : tenant.invitations()) ++counts[invitation.email];
  json::Value value = json::Object();
  for (const auto& [email, count] : counts) value.set(email, count);
  return value;
}

Result<void> read_settings(const json::Value& state, Tenant& tenant) {
  if (const json::Value* roles = state.find("roles"); roles && roles->as_array())
    for (const json::Value& role : *roles->as_array()) {
      ROLLCALL_TRY(const std::int64_t id, json::require_int(role, "id", "roles[]"));
      tenant.add_role(role.text("name"), id);
    }
  if (const json::Value* custom = state.find("custom-attributes"); custom && custom->as_object())
    for (const auto& [name, label] : *custom->as_object())
      tenant.custom_attributes[name] = label.as_string() ? *label.as_string() : name;
  if (const json::Value* groups = state.find("groups"); groups && groups->as_array())
    for (const json::Value& group : *groups->as_array())
      if (group.as_int()) tenant.groups.insert(*group.as_int());
  if (const json::Value* next = state.find("next-id"); next && next->as_int()) tenant.continue_at(*next->as_int());
  return {};
}

Result<void> read_invitations(const json::Value& state, Tenant& tenant) {
  if (const json::Value* list = state.find("invitations"); list && list->as_array())
    for (const json::Value& item : *list->as_array()) {
      ROLLCALL_TRY(const std::int64_t account, json::require_int(item, "account", "invitations[]"));
      Invitation one{item.text("token"), account, item.text("email"), read_time(item.text("made-at")).value_or(Instant{}),
                     read_time(item.text("accepted-at")), item.text("id"), {}, item.text("inviter"), item.text("landing"),
                     read_time(item.text("expires-at")), read_time(item.text("cancelled-at"))};
      if (const json::Value* roles = item.find("roles"); roles && roles->as_array())
        for (const json::Value& role : *roles->as_array())
          if (role.as_string()) one.roles.insert(*role.as_string());
      tenant.add_invitation(std::move(one));
    }
  if (const json::Value* list = state.find("mails"); list && list->as_array())
    for (const json::Value& item : *list->as_array()) {
      ROLLCALL_TRY(const std::int64_t account, json::require_int(item, "account", "mails[]"));
      tenant.add_mail(
          {item.text("to"), account, item.text("token"), read_time(item.text("sent-at")).value_or(Instant{})});
    }
  return {};
}

}  // namespace

json::Value account_value(const Tenant& tenant, const Account& account) {
  json::Value value, roles = json::Array();
  value.set("id", account.id);
  value.set("status", account.status);
  for (const auto& [name, text] : account.fields) value.set(name, text);
  for (const std::int64_t role : account.roles) {
    const auto found = tenant.roles().find(role);
    if (found != tenant.roles().end()) roles.as_array()->emplace_back(found->second);
  }
  value.set("roles", std::move(roles));
  value.set("custom", map_value(account.custom));
  if (!account.password.empty()) value.set("password", account.password);
  set_time(value, "created-at", account.created);
  set_time(value, "updated-at", account.updated);
  set_time(value, "activated-at", account.activated);
  set_time(value, "password-changed-at", account.password_changed);
  set_time(value, "invitation-sent-at", account.invited);
  return value;
}

Result<void> read_account(const Tenant& tenant, const json::Value& value, Account& account) {
  if (!value.as_object()) return tl::unexpected(wrong("account: expected an object"));
  for (const auto& [name, member] : *value.as_object()) ROLLCALL_CHECK(read_member(tenant, name, member, account));
  return {};
}

std::string write_state(const Tenant& tenant, const json::Object& more, bool with_accounts) {
  // Account by account: a tree over 100,000 of them would take the memory ten times over.
  std::string out = "{\"accounts\":[";
  bool first = true;
  if (with_accounts)
    for (const auto& [id, account] : tenant.accounts()) {
      out += first ? "\n" : ",\n";
      out += json::write(account_value(tenant, account));
      first = false;
    }
  json::Value rest, roles = json::Array(), groups = json::Array();
  for (const auto& [id, name] : tenant.roles()) {
    json::Value role;
    role.set("id", id);
    role.set("name", name);
    roles.as_array()->push_back(std::move(role));
  }
  for (const std::int64_t group : tenant.groups) groups.as_array()->emplace_back(group);
  rest.set("account-count", static_cast<std::int64_t>(tenant.accounts().size()));
  rest.set("roles", std::move(roles));
  rest.set("custom-attributes", map_value(tenant.custom_attributes));
  rest.set("groups", std::move(groups));
  rest.set("invitations", invitations_value(tenant));
  rest.set("invitations-by-email", counts_by_email(tenant));
  rest.set("mails", mails_value(tenant));
  rest.set("next-id", tenant.next_id());
  for (const auto& [name, value] : more) rest.set(name, value);
  return out + "],\n" + json::write_pretty(rest).substr(1) + "\n";
}

Result<void> read_state(std::string_view text, Tenant& tenant) {
  ROLLCALL_TRY(const json::Value state, json::parse(text, "state"));
  ROLLCALL_CHECK(read_settings(state, tenant));
  ROLLCALL_TRY(const json::Array* accounts, json::require_array(state, "accounts", "state"));
  for (const json::Value& item : *accounts) {
    Account account;
    ROLLCALL_CHECK(read_account(tenant, item, account));
    ROLLCALL_CHECK(tenant.put(std::move(account)));
  }
  return read_invitations(state, tenant);
}

std::string write_time(Instant time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int(date.year()), unsigned(date.month()),
                unsigned(date.day()), int(clock.hours().count()), int(clock.minutes().count()),
                int(clock.seconds().count()), int(clock.subseconds().count()));
  return text;
}

std::optional<Instant> read_time(std::string_view text) {
  using namespace std::chrono;
  int y = 0, h = 0, min = 0, s = 0, ms = 0, end = 0;
  unsigned m = 0, d = 0;
  const std::string copy(text);
  if (std::sscanf(copy.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d%n", &y, &m, &d, &h, &min, &s, &end) != 6) return std::nullopt;
  std::string_view rest = std::string_view(copy).substr(static_cast<std::size_t>(end));
  if (rest.size() == 5 && rest[0] == '.' && std::sscanf(copy.c_str() + end, ".%3d", &ms) == 1) rest.remove_prefix(4);
  const year_month_day date{year(y), month(m), day(d)};
  if (rest != "Z" || !date.ok() || h > 23 || min > 59 || s > 60) return std::nullopt;
  return Instant(sys_days(date).time_since_epoch() + hours(h) + minutes(min) + seconds(s) + milliseconds(ms));
}

}  // namespace rollcall::sandbox
