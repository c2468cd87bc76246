#include "support/onelogin_v3_vendor.hpp"

#include <algorithm>

#include "crypto/hash.hpp"
#include "json/json.hpp"
#include "rollcall/record.hpp"

namespace rollcall::test {
namespace {

using xml::Element;
using xml::leaf;

const std::set<std::string> at_create = {"company",  "department",  "email", "firstname", "username",
                                         "lastname", "openid-name", "phone", "title"};
const std::set<std::string> at_update = {"group-id",    "external-id",    "directory-id",      "distinguished-name",
                                         "member-of",   "samaccountname", "userprincipalname", "invalid-login-attempts",
                                         "locale-code", "status"};
const std::set<std::string> listed = {"distinguished-name", "email",     "external-id", "firstname",
                                      "lastname",           "member-of", "status",      "username"};
const std::set<std::string> in_answers = {
    "activated-at",       "created-at", "directory-id", "distinguished-name", "email",       "external-id",
    "firstname",          "group-id",   "last-login",   "lastname",           "locale-code", "member-of",
    "openid-name",        "phone",      "status",       "updated-at",         "username",    "locked-until",
    "password-changed-at"};

HttpResponse error(int status, const std::string& title, const std::string& message) {
  Element root{"error", "", {}, {leaf("title", title), leaf("message", message)}};
  return {status, {{"Content-Type", "application/xml"}}, *xml::write(root)};
}

HttpResponse json_answer(int status, const std::string& message, json::Value data = {}) {
  json::Value inner, root;
  inner.set("type", status == 200 ? "success" : "bad request");
  inner.set("message", message);
  inner.set("error", status != 200);
  inner.set("code", status);
  root.set("status", inner);
  if (!data.is_null()) root.set("data", data);
  return {status, {{"Content-Type", "application/json"}}, json::write(root)};
}

bool same(std::string_view a, std::string_view b) {
  const FoldLess less;
  return !less(a, b) && !less(b, a);
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

Element user_element(int id, const OneLoginV3Vendor::User& user, bool reduced, bool custom) {
  Element out{"user", "", {}, {}};
  out.add(leaf("id", std::to_string(id)));
  for (const auto& name : reduced ? listed : in_answers) {
    const auto it = user.elements.find(name);
    Element& element = out.add(leaf(name, it == user.elements.end() ? "" : it->second));
    if (it == user.elements.end() && name != "username") element.attributes.emplace_back("nil", "true");
  }
  for (const auto& [name, value] : user.elements)
    if (custom && name.starts_with("custom_attribute_")) out.add(leaf(name, value));
  return out;
}

HttpResponse document(int status, const Element& root) {
  return {status, {{"Content-Type", "application/xml"}}, *xml::write(root)};
}

}  // namespace

int OneLoginV3Vendor::add(std::map<std::string, std::string> elements) {
  users[next_id_].elements = std::move(elements);
  users[next_id_].elements.try_emplace("status", "1");
  return next_id_++;
}

HttpResponse OneLoginV3Vendor::answer(const HttpRequest& request) {
  if (!request.url.starts_with(base)) return {404, {}, "<!DOCTYPE html><html><body>nothing here</body></html>"};
  const std::string target = request.url.substr(base.size());
  const std::string path = target.substr(0, target.find('?'));
  const std::string query = target.find('?') == target.npos ? "" : target.substr(target.find('?') + 1);
  const bool wants_custom = query.find("include_custom_attributes=true") != query.npos;
  if (path == "/api/v3/invites/get_invite_link") return invite(request, false);
  if (path == "/api/v3/invites/send_invite_link") return invite(request, true);
  if (header_value(request.headers, "Authorization") != "Basic " + crypto::base64(api_key + ":x"))
    return error(401, "Unauthorized Access",
                 "API key is invalid: " + std::string(header_value(request.headers, "Authorization")));
  const bool writes = request.method == "PUT" || request.method == "POST";
  if (writes && header_value(request.headers, "Content-Type") != "application/xml") return {415, {}, ""};
  if (path == "/api/v1/roles.xml") {
    Element root{"roles", "", {{"type", "array"}}, {}};
    for (const auto& [id, name] : roles)
      root.add(Element{"role", "", {}, {leaf("id", std::to_string(id)), leaf("name", name)}});
    return document(200, root);
  }
  if (path == "/api/v3/users.xml") return request.method == "POST" ? create(request) : users_page(query);
  const std::string by_user_name = "/api/v3/users/username/";
  if (path.starts_with(by_user_name)) {
    const std::string name = percent_decoded(path.substr(by_user_name.size()));
    for (auto& [id, user] : users)
      if (same(user.elements["username"], name)) return document(200, user_element(id, user, false, wants_custom));
    return error(404, "Record Not Found", "No user found by username '" + name + "'");
  }
  const std::string by_id = path.substr(std::min<std::size_t>(path.size(), std::string("/api/v3/users/").size()));
  const int id = by_id.ends_with(".xml") ? std::atoi(by_id.c_str()) : 0;
  const auto it = users.find(id);
  if (it == users.end()) return error(404, "Record Not Found", "No user found by id '" + by_id + "'");
  if (request.method == "GET") return document(200, user_element(id, it->second, false, wants_custom));
  if (request.method == "PUT") return change(it->second, request);
  users.erase(it);
  return {200, {}, ""};
}

HttpResponse OneLoginV3Vendor::users_page(const std::string& query) {
  const auto at = query.find("from_id=");
  const int from = at == query.npos ? 0 : std::atoi(query.c_str() + at + 8);
  Element root{"users", "", {{"type", "array"}}, {}};
  for (auto it = users.upper_bound(from); it != users.end() && static_cast<int>(root.children.size()) < page_size; ++it)
    root.add(user_element(it->first, it->second, true, query.find("include_custom_attributes=true") != query.npos));
  return document(200, root);
}

OneLoginV3Vendor::User* OneLoginV3Vendor::by_name(const std::string& email) {
  for (auto& [id, user] : users)
    if (user.elements["email"] == email) return &user;
  return nullptr;
}

bool OneLoginV3Vendor::is_taken(const std::string& element, const std::string& value, const User* but) {
  return !value.empty() && std::any_of(users.begin(), users.end(), [&](auto& u) {
    return &u.second != but && u.second.elements.contains(element) && same(u.second.elements[element], value);
  });
}

HttpResponse OneLoginV3Vendor::write(User& user, const Element& document, bool creating) {
  User next = user;
  std::string confirmation;
  for (const Element& element : document.children) {
    const bool custom =
        element.name.starts_with("custom_attribute_") && custom_attributes.contains(element.name.substr(17));
    if (element.name == "password") {
      next.password = element.text;
      next.elements["status"] = "1";
    } else if (element.name == "password_confirmation") {
      confirmation = element.text;
    } else if (element.name == "roles" && !creating && element.attribute("type") == "array") {
      if (!append_) next.roles.clear();
      for (const Element& role : element.children) next.roles.insert(role.text);
    } else if (at_create.contains(element.name) || custom || (!creating && at_update.contains(element.name))) {
      if (element.nil())
        next.elements.erase(element.name);
      else
        next.elements[element.name] = element.text;
    } else {
      return error(400, "Unknown Attribute", "unknown attribute: " + element.name);
    }
  }
  if (next.password != user.password && next.password != confirmation)
    return error(400, "Invalid Request", "Validation failed: The two passwords don't match");
  if (next.password != user.password && next.password.size() < 8)
    return error(400, "Invalid Request",
                 "Validation failed: The password must be at least 8 characters, \n    not " + next.password);
  for (const auto& [name, label] : {std::pair{"username", "Username"}, std::pair{"email", "Email"}})
    if (is_taken(name, next.elements[name], &user))
      return error(400, "Invalid Request", std::string("Validation failed: ") + label + " must be unique within test");
  user = std::move(next);
  return {200, {}, ""};
}

HttpResponse OneLoginV3Vendor::create(const HttpRequest& request) {
  const auto document = xml::parse(request.body);
  if (!document || document->name != "user") return {400, {}, "<!DOCTYPE html><html><title>OneLogin</title></html>"};
  User user;
  user.elements["status"] = "0";
  if (HttpResponse refused = write(user, *document, true); refused.status != 200) return refused;
  if (user.elements["username"].empty() && user.elements["email"].empty())
    return error(400, "Invalid Request", "Validation failed: Username can't be blank");
  const int id = next_id_++;
  users[id] = std::move(user);
  return rollcall::test::document(201, user_element(id, users[id], false, true));
}

HttpResponse OneLoginV3Vendor::change(User& user, const HttpRequest& request) {
  const auto document = xml::parse(request.body);
  if (!document) return {400, {}, "<!DOCTYPE html><html><head><title>OneLogin</title></head><body>Oops</body></html>"};
  return write(user, *document, false);
}

HttpResponse OneLoginV3Vendor::invite(const HttpRequest& request, bool send) {
  const auto body = json::parse(request.body);
  if (!body || header_value(request.headers, "Content-Type") != "application/json") return {400, {}, ""};
  if (body->text("api_key") != api_key)
    return {400,
            {},
            "<error>\n <message>API key is invalid or missing</message>\n "
            "<code>invalid_or_missing_api_key</code>\n</error>"};
  User* user = by_name(body->text("email"));
  if (!user) return json_answer(400, "No User exists for input email");
  if (!send) {
    const std::string token = std::to_string(++user->invitations) + "x111111x11xxx1x1x1111xxxxxx1xx11x1111x11";
    return json_answer(200, "Success", json::Array{"http://api.onelogin.test/password/reset?token=" + token});
  }
  ++user->mails;
  last_mail_to = body->find("personal_email") ? body->text("personal_email") : body->text("email");
  return json_answer(200, "Email sent successfully to " + last_mail_to);
}

}  // namespace rollcall::test
