#include <algorithm>

#include "crypto/hash.hpp"
#include "sandbox/zitadel/emulator.hpp"

namespace rollcall::sandbox::zitadel {
namespace {

using json::Value;

// The text into the field; an empty one takes it away.
void put(Account& account, const std::string& field, const std::optional<std::string>& value) {
  if (!value) return;
  if (value->empty())
    account.fields.erase(field);
  else
    account.fields[field] = *value;
}

Checked<void> read_profile(const Value& profile, Account& account) {
  if (auto known = only(profile, {"givenName", "familyName", "nickName", "displayName", "preferredLanguage", "gender"}); !known) return known;
  for (const char* name : {"givenName", "familyName"}) {
    const auto value = text_member(profile, name);
    if (!value) return tl::unexpected(value.error());
    if (!*value) return refuse(3, "", std::string("invalid SetHumanProfile.") + name + ": value length must be between 1 and 200 runes");
    put(account, name, *value);
  }
  for (const auto& [name, most] : {std::pair("nickName", 200), std::pair("displayName", 200), std::pair("preferredLanguage", 10)}) {
    const auto value = text_member(profile, name, static_cast<std::size_t>(most), true);
    if (!value) return tl::unexpected(value.error());
    put(account, name, *value);
  }
  return {};
}

// One of three says what becomes of the address (oneof verification); none: the vendor would mail.
Checked<void> read_email(const Value& email, Account& account, Tenant& tenant, Instant now, const std::string& code, Value& answer) {
  if (auto known = only(email, {"email", "sendCode", "returnCode", "isVerified"}); !known) return known;
  const auto address = text_member(email, "email");
  if (!address) return tl::unexpected(address.error());
  if (!*address || (*address)->find('@') == std::string::npos) return refuse(3, "", "invalid SetHumanEmail.Email: value must be a valid email address");
  const int ways = (email.find("sendCode") != nullptr) + (email.find("returnCode") != nullptr) + (email.find("isVerified") != nullptr);
  if (ways > 1) return refuse(3, "", "error parsing \"verification\", oneof zitadel.user.v2.SetHumanEmail.verification is already set");
  account.fields["email"] = **address;
  account.fields.erase("email-verified");
  const bool* verified = member(email, "isVerified").as_bool();
  if (verified && *verified) account.fields["email-verified"] = "true";
  if (email.find("returnCode")) answer.set("emailCode", code);
  if (ways == 0 || email.find("sendCode")) tenant.add_mail({**address, account.id, "verification " + code, now});
  return {};
}

Checked<void> read_phone(const Value& phone, Account& account) {
  if (auto known = only(phone, {"phone", "sendCode", "returnCode", "isVerified"}); !known) return known;
  const auto number = text_member(phone, "phone");
  if (!number) return tl::unexpected(number.error());
  if (!*number || !(*number)->starts_with('+')) return refuse(3, "PHONE-so0wa", "Phone number is invalid");
  account.fields["phone"] = **number;
  return {};
}

Checked<void> read_metadata(const Value& list, Account& account) {
  if (!list.as_array()) return refuse(3, "", "metadata: expected an array");
  for (const Value& entry : *list.as_array()) {
    const auto key = text_member(entry, "key");
    const auto value = crypto::base64_decode(entry.text("value"));
    if (!key) return tl::unexpected(key.error());
    if (!*key || !value || value->empty()) return refuse(3, "", "invalid Metadata: key and value are required");
    account.custom[**key] = *value;
  }
  return {};
}

Value details_answer(const Account& account, const std::string& organization) {
  Value answer;
  answer.set("details", details(account, organization));
  return answer;
}

}  // namespace

Zitadel::Reply Zitadel::create(const Asked& asked) {
  const auto body = read_body(asked.request, {"userId", "username", "organization", "profile", "email", "phone", "metadata", "password", "hashedPassword", "idpLinks", "totpSecret"});
  if (!body) return tl::unexpected(body.error());
  Account account;
  Value answer;
  const auto id = text_member(*body, "userId"), name = text_member(*body, "username");
  if (!id || !name) return tl::unexpected(!id ? id.error() : name.error());
  if (const Value& organization = member(*body, "organization"); !organization.is_null() && organization.text("orgId") != options_.organization)
    return refuse(5, "AUTHZ-cdgFk", "membership not found");
  if (auto profile = read_profile(member(*body, "profile"), account); !profile) return tl::unexpected(profile.error());
  if (!account.field("displayName")) account.fields["displayName"] = *account.field("givenName") + " " + *account.field("familyName");
  account.id = tenant_.next_id();
  if (auto email = read_email(member(*body, "email"), account, tenant_, asked.now, options_.code(), answer); !email) return tl::unexpected(email.error());
  if (const Value& phone = member(*body, "phone"); !phone.is_null())
    if (auto read = read_phone(phone, account); !read) return tl::unexpected(read.error());
  if (const Value& metadata = member(*body, "metadata"); !metadata.is_null())
    if (auto read = read_metadata(metadata, account); !read) return tl::unexpected(read.error());
  account.fields["userId"] = *id ? **id : options_.id();
  account.fields["username"] = *name ? **name : *account.field("email");
  if (find(*account.field("userId"))) return refuse(9, "COMMAND-7yiox1isql", "User already exists");
  if (tenant_.find_by("username", *account.field("username"))) return refuse(6, "V3-DKcYh", "User already exists");
  account.status = active;
  account.created = account.updated = asked.now;
  if (const std::string password = member(*body, "password").text("password"); !password.empty()) {
    account.password = "sha256:" + crypto::sha256_hex(password);
    account.password_changed = asked.now;
  }
  answer.set("userId", *account.field("userId"));
  answer.set("details", details(account, options_.organization));
  write(std::move(account), asked.now);
  return answer;
}

Zitadel::Reply Zitadel::update(const Asked& asked) {
  const auto body = read_body(asked.request, {"userId", "username", "profile", "email", "phone", "password"});
  const Account* old = find(asked.path.back());
  if (!body) return tl::unexpected(body.error());
  if (!old) return refuse(5, "COMMAND-ugjs0upun6", "User could not be found");
  Account account = *old;
  Value answer;
  const auto name = text_member(*body, "username");
  if (!name) return tl::unexpected(name.error());
  if (*name) account.fields["username"] = **name;
  if (const Value& profile = member(*body, "profile"); !profile.is_null())
    if (auto read = read_profile(profile, account); !read) return tl::unexpected(read.error());
  if (const Value& email = member(*body, "email"); !email.is_null())
    if (auto read = read_email(email, account, tenant_, asked.now, options_.code(), answer); !read) return tl::unexpected(read.error());
  if (const Value& phone = member(*body, "phone"); !phone.is_null())
    if (auto read = read_phone(phone, account); !read) return tl::unexpected(read.error());
  const Account* other = tenant_.find_by("username", *account.field("username"));
  if (other && other->id != account.id) return refuse(6, "V3-DKcYh", "User already exists");
  answer.set("details", details(account, options_.organization));
  if (!(account == *old)) write(std::move(account), asked.now);  // what changes nothing is no event
  return answer;
}

Zitadel::Reply Zitadel::show(const Asked& asked) {
  const auto account = seen(asked.path[2], asked.now);
  if (!account || asked.distortion.hides(account->id)) return unknown_user();
  Value answer = details_answer(*account, options_.organization);
  answer.set("user", user_value(*account, options_.organization, asked.distortion.hide_fields));
  return answer;
}

Zitadel::Reply Zitadel::remove(const Asked& asked) {
  const Account* account = find(asked.path[2]);
  if (!account) return refuse(5, "COMMAND-bd4ir1mblj", "User could not be found");
  Value answer = details_answer(*account, options_.organization);
  erase(Account(*account), asked.now);
  return answer;
}

// Into another state, from those that `allowed` names; `unknown` and `refused` are the vendor's ids.
Zitadel::Reply Zitadel::become(const Asked& asked, int status, const char* unknown, std::initializer_list<int> allowed, const char* refused,
                               const char* why) {
  const Account* account = find(asked.path[2]);
  if (!account) return refuse(5, unknown, "User could not be found");
  if (std::find(allowed.begin(), allowed.end(), account->status) == allowed.end()) return refuse(9, refused, why);
  Account changed = *account;
  changed.status = status;
  write(changed, asked.now);
  return details_answer(changed, options_.organization);
}

Zitadel::Reply Zitadel::deactivate(const Asked& asked) {
  if (const Account* account = find(asked.path[2]); account && account->status == initial)
    return refuse(9, "COMMAND-gvx4kct9r2", "User is in initial state and can only be deleted");
  return become(asked, inactive, "COMMAND-AF3g2s", {active, locked}, "COMMAND-5gunjw0cd7", "User is already deactivated");
}

Zitadel::Reply Zitadel::reactivate(const Asked& asked) {
  return become(asked, active, "COMMAND-2M0ds", {inactive}, "COMMAND-s5qqcz97hf", "User is not inactive");
}

Zitadel::Reply Zitadel::lock(const Asked& asked) {
  return become(asked, locked, "COMMAND-450yxuqrh1", {active, initial}, "COMMAND-lgws8wtsqf", "User must be active or initial to be locked");
}

Zitadel::Reply Zitadel::unlock(const Asked& asked) {
  return become(asked, active, "COMMAND-M0dse", {locked}, "COMMAND-olb9vb0oca", "User is not locked");
}

Zitadel::Reply Zitadel::remove_phone(const Asked& asked) {
  const Account* account = find(asked.path[2]);
  if (!account || !account->field("phone")) return refuse(5, "COMMAND-ieJ2e", "Phone not found");
  Account changed = *account;
  changed.fields.erase("phone");
  write(changed, asked.now);
  return details_answer(changed, options_.organization);
}

Zitadel::Reply Zitadel::set_metadata(const Asked& asked) {
  const auto body = read_body(asked.request, {"userId", "metadata"});
  if (!body) return tl::unexpected(body.error());
  const Account* account = find(asked.path[2]);
  if (!account) return refuse(5, "USER-uPd7Z", "User could not be found");
  Account changed = *account;
  if (auto read = read_metadata(member(*body, "metadata"), changed); !read) return tl::unexpected(read.error());
  write(changed, asked.now);
  Value answer;
  answer.set("setDate", time_text(asked.now));
  return answer;
}

Zitadel::Reply Zitadel::remove_metadata(const Asked& asked) {
  const Account* account = find(asked.path[2]);
  if (!account) return refuse(5, "USER-uPd7Z", "User could not be found");
  Account changed = *account;
  const std::string& url = asked.request.url;  // `keys` comes more than once
  for (auto at = url.find('?'); at != url.npos; at = url.find('&', at + 1))
    if (url.compare(at + 1, 5, "keys=") == 0) changed.custom.erase(percent_decode(url.substr(at + 6, url.find('&', at + 1) - at - 6)));
  write(changed, asked.now);
  Value answer;
  answer.set("deletionDate", time_text(asked.now));
  return answer;
}

Zitadel::Reply Zitadel::list_metadata(const Asked& asked) {
  const auto body = read_body(asked.request, {"userId", "pagination", "filters"});
  if (!body) return tl::unexpected(body.error());
  const auto account = seen(asked.path[2], asked.now);
  if (!account) return unknown_user();
  json::Array entries;
  for (const auto& [key, value] : account->custom) {
    Value entry;
    entry.set("key", key);
    entry.set("value", crypto::base64(value));
    entries.push_back(std::move(entry));
  }
  Value answer = json::Object(), pagination;
  pagination.set("appliedLimit", "100");
  if (!entries.empty()) pagination.set("totalResult", std::to_string(entries.size()));
  answer.set("pagination", std::move(pagination));
  if (!entries.empty()) answer.set("metadata", std::move(entries));
  return answer;
}

Zitadel::Reply Zitadel::set_password(const Asked& asked) {
  const auto body = read_body(asked.request, {"userId", "newPassword", "currentPassword", "verificationCode"});
  if (!body) return tl::unexpected(body.error());
  const Account* account = find(asked.path[2]);
  if (!account) return refuse(5, "COMMAND-G8dh3", "User could not be found");
  const auto password = text_member(member(*body, "newPassword"), "password");
  if (!password) return tl::unexpected(password.error());
  const auto any = [&](auto low, auto high) { return std::any_of((*password)->begin(), (*password)->end(), [&](char c) { return c >= low && c <= high; }); };
  if (!*password || (*password)->size() < 8 || !any('a', 'z') || !any('A', 'Z') || !any('0', '9')) return refuse(3, "COMMA-HuJf6", "Password is too weak");
  Account changed = *account;
  changed.password = "sha256:" + crypto::sha256_hex(**password);
  changed.password_changed = asked.now;
  write(changed, asked.now);
  return details_answer(changed, options_.organization);
}

}  // namespace rollcall::sandbox::zitadel
