#include "sandbox/loginradius/documents.hpp"

#include <algorithm>

#include "sandbox/answers.hpp"
#include "sandbox/state.hpp"

namespace rollcall::sandbox::loginradius {
namespace {

using json::Value;

Value emails_value(const Account& account) {
  json::Array list;
  for (const auto& [field, type] : {std::pair("Email", "Primary"), std::pair("Email.Secondary", "Secondary")}) {
    const std::string* address = account.field(field);
    if (!address) continue;
    Value one;
    one.set("Type", type);
    one.set("Value", *address);
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace

tl::unexpected<Refusal> refuse(int status, int code, std::string message, std::string description) {
  return tl::unexpected(Refusal{status, code, std::move(message), std::move(description)});
}

HttpResponse document(const Value& body) { return json_document(200, body); }

HttpResponse refusal(const Refusal& refusal, bool identity) {
  Value body;
  body.set("Description", refusal.description.empty() ? refusal.message : refusal.description);
  if (refusal.code > 0) body.set("ErrorCode", refusal.code);
  body.set("Message", refusal.message);
  if (identity) {
    body.set("IsProviderError", false);
    body.set("ProviderErrorResponse", nullptr);
  }
  return json_document(refusal.status, body);
}

Value profile_value(const Account& account, const std::set<std::string>& hidden) {
  Value value, custom = json::Object();
  value.set("Uid", *account.field("Uid"));
  value.set("ID", *account.field("Uid"));
  value.set("Email", emails_value(account));
  value.set("EmailVerified", true);
  for (const auto& name : plain_members()) value.set(name, account.field(name) ? Value(*account.field(name)) : Value());
  value.set("IsActive", account.status != blocked);
  value.set("IsDeleted", false);
  value.set("IsLoginLocked", account.status == locked);
  for (const auto& [name, text] : account.custom) custom.set(name, text);
  value.set("CustomFields", account.custom.empty() ? Value() : custom);
  value.set("Roles", nullptr);                       // of the tenant, not of the organisation
  value.set("Provider", "Email");
  value.set("CreatedDate", write_time(account.created));
  value.set("ModifiedDate", write_time(account.updated));
  for (const auto& name : hidden) value.set(name, nullptr);
  return value;
}

Value invitation_value(const Invitation& invitation, const std::string& organization, Instant now) {
  Value value;
  value.set("Id", invitation.id);
  value.set("EmailId", invitation.email);
  value.set("Status", invitation.accepted ? "accepted" : invitation.expires && *invitation.expires <= now ? "expired" : "invited");
  value.set("RoleIds", json::Array(invitation.roles.begin(), invitation.roles.end()));
  value.set("OrgId", organization);
  value.set("CreatedDate", write_time(invitation.made));
  if (invitation.expires) value.set("ExpirationDate", write_time(*invitation.expires));
  value.set("ModifiedDate", write_time(invitation.made));
  value.set("InviterUid", invitation.inviter);
  return value;
}

Checked<Value> read_object(const HttpRequest& request, int code) {
  auto body = json::parse(request.body);
  if (!body || !body->as_object())
    return refuse(400, code, "Post body is invalid", "Please use a valid post body in JSON format. " + (body ? std::string() : body.error().message));
  return std::move(*body);
}

Checked<Value> read_body(const HttpRequest& request, int code, std::initializer_list<std::string_view> members) {
  auto body = read_object(request, code);
  if (!body) return body;
  for (const auto& [name, value] : *body->as_object())
    if (std::find(members.begin(), members.end(), name) == members.end()) return refuse(400, code, "Post body is invalid", "unknown member " + name);
  return body;
}

Checked<std::set<std::string>> read_texts(const Value* value, int code, std::string_view name) {
  std::set<std::string> out;
  if (!value) return out;
  if (!value->as_array()) return refuse(400, code, "A parameter is not formatted correctly", std::string(name) + ": expected an array of strings");
  for (const Value& one : *value->as_array()) {
    if (!one.as_string()) return refuse(400, code, "A parameter is not formatted correctly", std::string(name) + ": expected an array of strings");
    out.insert(*one.as_string());
  }
  return out;
}

const Value& member(const Value& object, std::string_view name) {
  static const Value none;
  const Value* found = object.find(name);
  return found ? *found : none;
}

const std::set<std::string>& plain_members() {
  static const std::set<std::string> names = {"FirstName", "MiddleName", "LastName", "NickName", "FullName", "ProfileName", "Prefix", "Suffix", "UserName",
                                              "ExternalUserLoginId", "Company", "About", "TimeZone", "LocalLanguage", "Website", "City", "State", "Industry", "PhoneId"};
  return names;
}

}  // namespace rollcall::sandbox::loginradius
