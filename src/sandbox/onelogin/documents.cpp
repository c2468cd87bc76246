#include "sandbox/onelogin/documents.hpp"

#include <algorithm>

#include "crypto/hash.hpp"
#include "sandbox/answers.hpp"
#include "sandbox/request.hpp"
#include "sandbox/state.hpp"

namespace rollcall::sandbox::onelogin {
namespace {

using json::Value;

const std::set<std::string, std::less<>> numbers = {"state", "group_id", "directory_id", "manager_ad_id", "manager_user_id", "trusted_idp_id", "invalid_login_attempts"};
const std::set<std::string> common = {"username", "email", "firstname", "lastname", "title", "department", "company", "comment", "phone", "external_id",
                                      "samaccountname", "userprincipalname", "distinguished_name", "member_of"};

Value text_or_null(const std::string* text) { return text ? Value(*text) : Value(nullptr); }

Value time_or_null(const std::optional<Instant>& time) { return time ? Value(write_time(*time)) : Value(nullptr); }

std::string_view name_of(int status) {
  switch (status) {
    case 400: return "BadRequestError";
    case 401: return "UnauthorizedError";
    case 403: return "ForbiddenError";
    case 404: return "NotFoundError";
    case 422: return "UnprocessableEntityError";
    default: return status == 429 ? "TooManyRequestsError" : "InternalServerError";
  }
}

std::string_view type_of(int status) {
  if (status == 401) return "Unauthorized";
  return status == 404 ? "not found" : status >= 500 ? "internal error" : "bad request";
}

Checked<void> put_field(const std::string& name, const Value& value, Account& account) {
  if (value.is_null() || (value.as_string() && value.as_string()->empty())) {
    account.fields.erase(name);
  } else if (is_number(name) && value.as_int()) {
    account.fields[name] = std::to_string(*value.as_int());
  } else if (!is_number(name) && value.as_string()) {
    account.fields[name] = *value.as_string();
  } else {
    return refuse(400, name + " has incorrect data type");
  }
  return {};
}

Checked<void> put_custom(const Value& custom, const Tenant& tenant, Account& account) {
  if (!custom.as_object()) return refuse(400, "custom_attributes is incorrect");
  for (const auto& [name, value] : *custom.as_object()) {
    if (!tenant.custom_attributes.contains(name)) return refuse(400, "custom attribute " + name + " does not exist");
    if (value.as_string() && !value.as_string()->empty())
      account.custom[name] = *value.as_string();
    else
      account.custom.erase(name);
  }
  return {};
}

Checked<void> put_status(const Value& value, Account& account, Instant now) {
  constexpr int known[] = {0, 1, 2, 3, 4, 5, 7, 8};
  if (!value.as_int() || std::find(std::begin(known), std::end(known), *value.as_int()) == std::end(known)) return refuse(400, "status is incorrect");
  account.status = static_cast<int>(*value.as_int());
  if (account.status == 1 && !account.activated && account.password_changed) account.activated = now;
  return {};
}

}  // namespace

HttpResponse no_content() {
  HttpResponse response;
  response.status = 204;
  return response;
}

HttpResponse envelope(const Value& data, const Value& pagination, std::string_view message) {
  Value status, body;
  status.set("error", false);
  status.set("code", 200);
  status.set("type", "success");
  status.set("message", message);
  body.set("status", std::move(status));
  if (!pagination.is_null()) body.set("pagination", pagination);
  if (!data.is_null()) body.set("data", data);
  return json_document(200, body);
}

HttpResponse refusal(int version, const Refusal& refusal) {
  Value body, status;
  if (version == 2) {
    body.set("statusCode", refusal.status);
    body.set("name", name_of(refusal.status));
    body.set("message", refusal.message);
    if (!refusal.field.empty()) body.set("field", refusal.field);
    return json_document(refusal.status, body);
  }
  status.set("error", true);
  status.set("code", refusal.status);
  status.set("type", type_of(refusal.status));
  status.set("message", refusal.message);
  body.set("status", std::move(status));
  return json_document(refusal.status, body);
}

bool is_number(std::string_view field) { return numbers.contains(field); }

const std::set<std::string>& text_fields(int version) {
  static const auto with = [](std::initializer_list<const char*> more) {
    std::set<std::string> all = common;
    all.insert(more.begin(), more.end());
    return all;
  };
  static const std::set<std::string> v1 = with({"openid_name", "locale_code"}), v2 = with({"preferred_locale_code"});
  return version == 1 ? v1 : v2;
}

Value user_value(const Tenant& tenant, const Account& account, const Shown& shown) {
  Value out, custom = json::Object(), roles = json::Array();
  // A listing of /2 leaves these out unless they are asked for.
  static const std::set<std::string> rare = {"title", "department", "company", "comment", "custom_attributes", "role_ids"};
  const auto add = [&](const std::string& name, Value value) {
    const bool asked = shown.fields.empty() || shown.fields.contains(name) || name == "id";
    if (asked && !shown.hidden.contains(name)) out.set(name, std::move(value));
  };
  add("id", account.id);
  for (const auto& name : text_fields(shown.version)) add(name, text_or_null(account.field(name)));
  for (const auto& name : numbers) {
    const std::string* text = account.field(name);
    const std::int64_t fallback = name == "state" ? 1 : 0;
    const bool has = text || name == "state" || name == "invalid_login_attempts";
    add(name, has ? Value(text ? number<std::int64_t>(*text).value_or(0) : fallback) : Value(nullptr));
  }
  add("status", account.status);
  add("created_at", write_time(account.created));
  add("updated_at", write_time(account.updated));
  add("activated_at", time_or_null(account.activated));
  add("password_changed_at", time_or_null(account.password_changed));
  add("invitation_sent_at", time_or_null(account.invited));
  add("last_login", text_or_null(account.field("last_login")));
  add("locked_until", text_or_null(account.field("locked_until")));
  for (const auto& [name, label] : tenant.custom_attributes) {
    const auto found = account.custom.find(name);
    custom.set(name, found == account.custom.end() ? Value(nullptr) : Value(found->second));
  }
  add("custom_attributes", std::move(custom));
  for (const auto role : account.roles) roles.as_array()->emplace_back(role);
  if (shown.roles) add(shown.version == 1 ? "role_id" : "role_ids", std::move(roles));
  return out;
}

Checked<void> read_user(const Value& body, int version, bool creating, const Tenant& tenant, Account& account, Instant now, bool validate_policy) {
  if (!body.as_object()) return refuse(400, "Input JSON is not valid");
  for (const auto& [name, value] : *body.as_object()) {
    Checked<void> done;
    const bool later = version == 1 && creating && (name == "state");
    if (name == "status" && !(version == 1 && creating))
      done = put_status(value, account, now);
    else if (name == "custom_attributes" && (version == 2 || creating))
      done = put_custom(value, tenant, account);
    else if (name == "state" && version == 1 && account.field("state") && *account.field("state") == "3")
      return refuse(400, "state of an unlicensed user is changed by set_state only");
    else if ((is_number(name) && !later) || text_fields(version).contains(name))
      done = put_field(name, value, account);
    else if (version == 2 && (name == "password" || name == "password_confirmation" || name == "password_algorithm" || name == "salt"))
      continue;
    else
      return refuse(version == 1 ? 400 : 422, version == 1 ? "Input JSON is not valid: " + name : "Validation failed: " + name + " is not allowed");
    if (!done) return done;
    const std::string* group = account.field("group_id");
    if (name == "group_id" && group && !tenant.groups.contains(number<std::int64_t>(*group).value_or(-1))) return refuse(400, "group_id is incorrect");
  }
  if (version == 2 && body.find("password")) return set_password(body, body.find("password_algorithm") != nullptr, account, now, validate_policy);
  return {};
}

Checked<void> set_password(const Value& body, bool salted, Account& account, Instant now, bool validate_policy) {
  const std::string password = body.text("password");
  if (password.empty() || password != body.text("password_confirmation")) return refuse(400, "Password and password confirmation do not match");
  const Value* policy = body.find("validate_policy");
  const bool validated = validate_policy && (!policy || !policy->as_bool() || *policy->as_bool());
  if (!salted && validated && password.size() < 8) return refuse(400, "Validation failed: Password must be at least 8 characters");
  const std::string salt = body.text(body.find("salt") ? "salt" : "password_salt");
  if (salted && (body.text("password_algorithm") != "salt+sha256" || password.size() != 64 || password.find_first_not_of("0123456789abcdef") != password.npos || salt.size() > 40))
    return refuse(400, "password_algorithm should be salt+sha256, and password its digits");
  account.password = salted ? "salt+sha256:" + salt + ":" + password : "sha256:" + crypto::sha256_hex(password);
  account.password_changed = now;
  if (account.status == 0 || account.status == 7) {
    account.status = 1;
    account.activated = now;  // by the administrator who set it, for all that this tells
  }
  return {};
}

}  // namespace rollcall::sandbox::onelogin
