#include "sandbox/onelogin_v3/changes.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "crypto/hash.hpp"

namespace rollcall::sandbox::onelogin_v3 {
namespace {

using Names = std::vector<std::string_view>;

// The vendor's page "Create User", parameters.
const Names create_fields = {"company",     "department", "email", "firstname", "lastname",
                             "openid-name", "phone",      "title", "username"};
// The vendor's page "Update User by ID" adds these.
const Names update_fields = {"directory-id",           "distinguished-name", "external-id",    "group-id",
                             "invalid-login-attempts", "member-of",          "samaccountname", "userprincipalname"};
// Documented nowhere for this version.
const Names tolerated_fields = {"locale-code", "manager-ad-id", "manager-user-id"};
const Names numbers = {"directory-id", "group-id", "invalid-login-attempts"};
constexpr std::string_view custom_prefix = "custom_attribute_";

bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_field(std::string_view name, bool creating, const Options& options) {
  if (contains(create_fields, name)) return true;
  if (contains(update_fields, name)) return !creating || options.tolerant_fields;
  return options.tolerant_fields && contains(tolerated_fields, name);
}

tl::unexpected<Refusal> unknown_attribute(const std::string& name) {
  return tl::unexpected(Refusal{"Unknown Attribute", "unknown attribute: " + name});
}
tl::unexpected<Refusal> invalid(std::string message) {
  return tl::unexpected(Refusal{"Invalid Request", std::move(message)});
}

Checked<std::set<std::int64_t>> read_roles(const xml::Element& element, const Tenant& tenant) {
  if (element.attribute("type") != "array") return invalid("Validation failed: Roles must be an array");
  std::set<std::int64_t> roles;
  for (const xml::Element& child : element.children) {
    const auto id = number<std::int64_t>(child.text);
    if (child.name != "role" || !id || !tenant.roles().contains(*id))
      return invalid("Validation failed: No role found by id '" + child.text + "'");
    roles.insert(*id);
  }
  return roles;
}

Checked<void> read_element(const xml::Element& element, bool creating, const Tenant& tenant, const Options& options,
                           Change& change) {
  const std::string& name = element.name;
  if (name == "roles" && !creating) {
    auto roles = read_roles(element, tenant);
    if (!roles) return tl::unexpected(roles.error());
    change.roles = std::move(*roles);
    return {};
  }
  if (!element.children.empty()) return unknown_attribute(name);
  const std::optional<std::string> value = element.nil() ? std::nullopt : std::optional(element.text);
  if (name.starts_with(custom_prefix)) {
    const std::string custom = name.substr(custom_prefix.size());
    if (!tenant.custom_attributes.contains(custom)) return unknown_attribute(name);
    change.custom[custom] = value;
  } else if (name == "password") {
    change.password = value.value_or("");
  } else if (name == "password_confirmation") {
    change.confirmation = value.value_or("");
  } else if (name == "status" && !creating) {
    change.status = number<int>(element.text).value_or(-1);
  } else if (is_field(name, creating, options)) {
    change.fields[name] = value;
  } else {
    return unknown_attribute(name);
  }
  return {};
}

std::vector<std::string> password_problems(const std::string& password, const std::string& policy) {
  std::vector<std::string> problems;
  const auto any = [&](auto is) { return std::any_of(password.begin(), password.end(), is); };
  const bool lower = any([](char c) { return c >= 'a' && c <= 'z'; });
  const bool upper = any([](char c) { return c >= 'A' && c <= 'Z'; });
  const bool digit = any([](char c) { return c >= '0' && c <= '9'; });
  if (policy == "strong") {
    if (password.size() < 8) problems.emplace_back("The password must be at least 8 characters");
    if (!lower || !upper || !digit)
      problems.emplace_back("The password must contain upper and lowercase letters and digits");
  } else if (policy == "letters-and-digits" && (!digit || !(lower || upper))) {
    problems.emplace_back("The password must contain both letters and digits");
  }
  return problems;
}

void check_password(const Account& account, const Change& change, const Options& options,
                    std::vector<std::string>& problems) {
  if (!change.password && !change.confirmation) return;
  if (change.password.value_or("") != change.confirmation.value_or("")) {
    if (account.id != 0) problems.emplace_back("Password doesn't match confirmation");
    problems.emplace_back("The two passwords don't match");
    return;
  }
  for (std::string& problem : password_problems(*change.password, options.password_policy))
    problems.push_back(std::move(problem));
}

void check_unique(const Account& account, const Tenant& tenant, const Options& options,
                  std::vector<std::string>& problems) {
  for (const auto& [name, label] : {std::pair("username", "Username"), std::pair("email", "Email")}) {
    const std::string* value = account.field(name);
    const Account* other = value ? tenant.find_by(name, *value) : nullptr;
    if (other && other->id != account.id)
      problems.push_back(std::string(label) + " must be unique within " + options.account_name);
  }
}

void check_values(const Account& account, const Change& change, const Tenant& tenant,
                  std::vector<std::string>& problems) {
  if (!account.field("email") && !account.field("username")) problems.emplace_back("Email or username is required");
  constexpr std::array<int, 8> known{0, 1, 2, 3, 4, 5, 7, 8};
  if (change.status && std::find(known.begin(), known.end(), *change.status) == known.end())
    problems.emplace_back("Status must exist");
  for (const auto& [name, value] : change.fields) {
    if (!value || !contains(numbers, name)) continue;
    const auto n = number<std::int64_t>(*value);
    if (!n) problems.push_back(name + " is not a number");
    if (n && name == "group-id" && !tenant.groups.contains(*n)) problems.emplace_back("Group must exist");
  }
}

void lay_over(Account& account, const Change& change, const Options& options, Instant now) {
  for (const auto& [name, value] : change.fields) {
    // An empty login name is none: two people may lack one.
    if (value && !(value->empty() && (name == "email" || name == "username"))) {
      account.fields[name] = *value;
    } else {
      account.fields.erase(name);
    }
  }
  for (const auto& [name, value] : change.custom) {
    if (value)
      account.custom[name] = *value;
    else
      account.custom.erase(name);
  }
  if (change.roles && !options.append_roles) account.roles.clear();
  if (change.roles) account.roles.insert(change.roles->begin(), change.roles->end());
  if (change.status) {
    account.status = *change.status;
    if (account.status == 1 && !account.activated) account.activated = now;
  }
  if (change.password) {
    account.password = "sha256:" + crypto::sha256_hex(*change.password);
    account.password_changed = now;
  }
}

}  // namespace

Checked<Change> read_change(const std::string& body, bool creating, const Tenant& tenant, const Options& options) {
  const auto user = xml::parse(body);
  if (!user) return invalid("The request is no well-formed XML");
  if (user->name != "user") return invalid("The request must be a user element");
  Change change;
  for (const xml::Element& element : user->children)
    if (auto read = read_element(element, creating, tenant, options, change); !read)
      return tl::unexpected(read.error());
  return change;
}

Checked<Account> validated(Account account, const Change& change, const Tenant& tenant, const Options& options,
                           Instant now) {
  lay_over(account, change, options, now);
  std::vector<std::string> problems;
  check_values(account, change, tenant, problems);
  check_unique(account, tenant, options, problems);
  check_password(account, change, options, problems);
  if (problems.empty()) return account;
  std::string message;
  for (const std::string& problem : problems) message += (message.empty() ? "Validation failed: " : ", ") + problem;
  return invalid(std::move(message));
}

}  // namespace rollcall::sandbox::onelogin_v3
