#include "providers/onelogin_v3/wire.hpp"

#include <algorithm>
#include <charconv>

#include "json/json.hpp"
#include "xml/xml.hpp"

namespace rollcall::providers::onelogin_v3 {
namespace {

using xml::Element;

// A null is not the empty text to the vendor (user resource page); these are shown as null when they are empty.
const std::set<std::string> nullable = {"group_id",  "external_id",    "directory_id",      "distinguished_name",
                                        "member_of", "samaccountname", "userprincipalname", "locale_code"};
const std::set<std::string> at_create = {"company",  "department",  "email", "firstname", "username",
                                         "lastname", "openid_name", "phone", "password",  "title"};

std::string element_of(std::string field) {
  if (!field.starts_with(custom_prefix)) std::replace(field.begin(), field.end(), '_', '-');
  return field;
}

std::string field_of(std::string element) {
  if (!element.starts_with(custom_prefix)) std::replace(element.begin(), element.end(), '-', '_');
  return element;
}

std::string trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n";
  const auto begin = text.find_first_not_of(space);
  if (begin == text.npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(space) - begin + 1));
}

std::string text_of(const Element& parent, std::string_view name) {
  const Element* child = parent.child(name);
  return child && !child->nil() ? trimmed(child->text) : std::string();
}

std::optional<std::int64_t> number_of(const std::string& text) {
  std::int64_t n = 0;
  const auto end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, n);
  if (text.empty() || error != std::errc() || at != end || n < 0) return std::nullopt;
  return n;
}

// Whoever was activated or has signed in accepted an invitation; a password given at creation makes a user active
// without either. The listing shows neither time: there the status alone must do.
bool accepted(const Element& user, std::string_view native_status) {
  if (user.child("activated-at") || user.child("last-login"))
    return !text_of(user, "activated-at").empty() || !text_of(user, "last-login").empty();
  return native_status == "1" || native_status == "3" || native_status == "4" || native_status == "5" ||
         native_status == "8";
}

Result<Account> account_of(const Element& user) {
  Account account;
  account.id = text_of(user, "id");
  if (!number_of(account.id)) return fail(ErrorKind::corrupt, "a user without a numeric id");
  for (const Element& element : user.children) {
    const std::string name = field_of(element.name);
    if (!is_field(name) || name == "password") continue;
    if (!element.children.empty()) return fail(ErrorKind::corrupt, "the user's " + element.name + " is no text");
    account.fields[name] = element.nil() ? std::string() : element.text;
  }
  account.native_status = text_of(user, "status");
  if (const auto status = account.fields.find("status"); status != account.fields.end())
    status->second = account.native_status;
  account.status = status_of(account.native_status);
  account.accepted = accepted(user, account.native_status);
  return account;
}

// Rails writes an empty array whose class it does not know as nil-classes.
Result<Element> read_array(std::string_view body, std::string_view name) {
  const std::string file = std::string(name).append(".xml");
  ROLLCALL_TRY(Element root, xml::parse(body, file));
  if (root.name != name && !(root.name == "nil-classes" && root.children.empty()))
    return fail(ErrorKind::corrupt, file + ": expected <" + std::string(name) + ">, found <" + root.name + ">");
  return root;
}

}  // namespace

const std::set<std::string>& fields() {
  static const std::set<std::string> all = [] {
    std::set<std::string> out = at_create;
    out.insert(nullable.begin(), nullable.end());
    out.insert("status");
    return out;
  }();
  return all;
}

const std::set<std::string>& listed_fields() {
  static const std::set<std::string> listed = {"distinguished_name", "email",     "external_id", "firstname",
                                               "lastname",           "member_of", "status",      "username"};
  return listed;
}

bool is_field(std::string_view name) {
  return fields().contains(std::string(name)) ||
         (name.starts_with(custom_prefix) && name.size() > custom_prefix.size());
}

bool goes_with_create(std::string_view name) {
  return name.starts_with(custom_prefix) || at_create.contains(std::string(name));
}

AccountStatus status_of(std::string_view native) {
  if (native == "0" || native == "7")
    return AccountStatus::pending;  // unactivated; password pending: nobody has used it yet
  if (native == "1" || native == "4" || native == "5" ||
      native == "8")  // active; password expired, to be reset; questions due
    return AccountStatus::active;
  if (native == "2") return AccountStatus::suspended;
  if (native == "3") return AccountStatus::locked;
  return AccountStatus::unknown;
}

Result<UserList> read_users(std::string_view body) {
  ROLLCALL_TRY(const Element root, read_array(body, "users"));
  UserList list;
  for (const Element& user : root.children) {
    list.empty = false;
    const auto id = number_of(text_of(user, "id"));
    auto account = account_of(user);
    if (!account) {
      list.page.unusable.push_back({text_of(user, "id"), account.error().message});
    } else if (*id <= list.highest) {
      // The next page begins behind the highest id. Out of order, it could leave somebody out without a word.
      list.page.unusable.push_back(
          {account->id, "the listing is not in the order of ids: somebody may be missing from it"});
    } else {
      list.page.accounts.push_back(std::move(*account));
    }
    if (id) list.highest = std::max(list.highest, *id);
  }
  return list;
}

Result<Account> read_user(std::string_view body) {
  ROLLCALL_TRY(const Element root, xml::parse(body, "user"));
  if (root.name != "user") return fail(ErrorKind::corrupt, "user: expected <user>, found <" + root.name + ">");
  return account_of(root);
}

Result<std::vector<Role>> read_roles(std::string_view body) {
  ROLLCALL_TRY(const Element root, read_array(body, "roles"));
  std::vector<Role> roles;
  for (const Element& element : root.children) {
    const Element* name = element.child("name");
    Role role{text_of(element, "id"), name ? name->text : std::string()};
    if (!number_of(role.id) || role.name.empty())
      return fail(ErrorKind::corrupt, "roles.xml: role " + std::to_string(roles.size() + 1) + " lacks its id or name");
    roles.push_back(std::move(role));
  }
  return roles;
}

Result<std::string> read_invite_link(std::string_view body) {
  ROLLCALL_TRY(const json::Value root, json::parse(body, "get_invite_link"));
  ROLLCALL_TRY(const json::Array* data, json::require_array(root, "data", "get_invite_link"));
  const std::string* link = data->empty() ? nullptr : data->front().as_string();
  if (!link) return fail(ErrorKind::corrupt, "get_invite_link.data: expected an array of one link");
  const bool web = link->starts_with("https://") || link->starts_with("http://");
  const bool plain = std::all_of(link->begin(), link->end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  if (!web || !plain) return fail(ErrorKind::corrupt, "get_invite_link.data: what it holds is no link");
  return *link;
}

Result<std::string> write_user(const Fields& changes, const std::optional<std::set<std::string>>& role_ids) {
  Element user{"user", "", {}, {}};
  for (const auto& [name, value] : changes) {
    if (!is_field(name)) return fail(ErrorKind::invalid, name + ": OneLogin v3 has no such field");
    if (const std::string bad = xml::forbidden_in(value); !bad.empty())
      return fail(ErrorKind::invalid,
                  name + ": holds " + bad + ", which OneLogin v3 cannot carry: correct it at the source");
    Element& element = user.add(xml::leaf(element_of(name), value));
    if (value.empty() && nullable.contains(name)) element.attributes.emplace_back("nil", "true");
    if (name == "password") user.add(xml::leaf("password_confirmation", value));
  }
  if (role_ids) {
    Element& roles = user.add({"roles", "", {{"type", "array"}}, {}});
    for (const auto& id : *role_ids) {
      if (!number_of(id)) return fail(ErrorKind::invalid, "'" + id + "' is no role id of OneLogin: a number is");
      roles.add(xml::leaf("role", id));
    }
  }
  return xml::write(user);
}

std::string write_invite(std::string_view api_key, std::string_view email, std::string_view personal_email) {
  json::Value body;
  body.set("api_key", api_key);
  body.set("email", email);
  if (!personal_email.empty()) body.set("personal_email", personal_email);
  return json::write(body);
}

}  // namespace rollcall::providers::onelogin_v3
