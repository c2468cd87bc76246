#include "sandbox/onelogin_v3/documents.hpp"

#include <cstdio>

#include "sandbox/answers.hpp"

namespace rollcall::sandbox::onelogin_v3 {
namespace {

xml::Element nil(std::string name) { return {std::move(name), "", {{"nil", "true"}}, {}}; }

xml::Element field(const Account& account, const std::string& name) {
  const std::string* value = account.field(name);
  return value ? xml::leaf(name, *value) : nil(name);
}

// "2015-04-27T15:03:27-07:00": no fraction, and an offset that is not zero (vendor's page "User Resource").
std::string local_time(Instant time) {
  using namespace std::chrono;
  const auto local = floor<seconds>(time) - hours(7);
  const auto day = floor<days>(local);
  const year_month_day date(day);
  const hh_mm_ss clock(local - day);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d-07:00", int(date.year()), unsigned(date.month()),
                unsigned(date.day()), int(clock.hours().count()), int(clock.minutes().count()),
                int(clock.seconds().count()));
  return text;
}

xml::Element time(std::string name, const std::optional<Instant>& time) {
  return time ? xml::leaf(std::move(name), local_time(*time)) : nil(std::move(name));
}

void add_custom_attributes(xml::Element& user, const Account& account) {
  for (const auto& [name, value] : account.custom) user.add(xml::leaf("custom_attribute_" + name, value));
}

xml::Element roles_of(const Tenant& tenant, const Account& account) {
  xml::Element roles{"roles", "", {}, {}};
  for (const std::int64_t id : account.roles) {
    const auto found = tenant.roles().find(id);
    xml::Element role{"role", "", {}, {}};
    role.add(xml::leaf("id", std::to_string(id)));
    role.add(xml::leaf("name", found == tenant.roles().end() ? "" : found->second));
    roles.add(std::move(role));
  }
  return roles;
}

void add_dates(xml::Element& user, const Account& account, const std::string& name) {
  if (name == "activated-at") user.add(time(name, account.activated));
  if (name == "created-at") user.add(time(name, account.created));
  if (name == "invitation-sent-at") user.add(time(name, account.invited));
  if (name == "password-changed-at") user.add(time(name, account.password_changed));
  if (name == "updated-at") user.add(time(name, account.updated));
}

}  // namespace

HttpResponse xml_document(int status, const xml::Element& root) {
  auto body = xml::write(root);
  if (body) return document(status, "application/xml; charset=utf-8", std::move(*body));
  // Only the control API can put such a character in.
  return document(500, "application/xml; charset=utf-8", "<error><message>A stored value cannot be written as XML</message></error>");
}

HttpResponse error_document(int status, std::string_view title, std::string_view message, std::string_view code) {
  xml::Element error{"error", "", {}, {}};
  if (!title.empty()) error.add(xml::leaf("title", std::string(title)));
  // A name that was sent stands in the message, whatever it holds.
  error.add(xml::leaf("message", xml::forbidden_in(message).empty() ? std::string(message) : "Invalid characters"));
  if (!code.empty()) error.add(xml::leaf("code", std::string(code)));
  return xml_document(status, error);
}

HttpResponse html_page(int status, std::string_view text) {
  return document(status, "text/html; charset=utf-8", "<!DOCTYPE html>\n<html><head><title>OneLogin</title></head><body><p>" + std::string(text) + "<br></p></body></html>\n");
}

xml::Element listed_user(const Account& account, const std::set<std::string>& hidden, bool custom_attributes) {
  xml::Element user{"user", "", {}, {}};
  for (const std::string name : {"distinguished-name", "email", "external-id", "firstname", "id", "lastname",
                                 "member-of", "status", "username"}) {
    if (hidden.contains(name)) continue;
    if (name == "id") {
      user.add(xml::leaf(name, std::to_string(account.id)));
    } else if (name == "status") {
      user.add(xml::leaf(name, std::to_string(account.status)));
    } else if (name == "username" && !account.field(name)) {
      user.add(xml::leaf(name, ""));  // no nil, as in the sample
    } else {
      user.add(field(account, name));
    }
  }
  if (custom_attributes) add_custom_attributes(user, account);
  return user;
}

xml::Element shown_user(const Tenant& tenant, const Account& account, Shown shown) {
  xml::Element user{"user", "", {}, {}};
  for (const std::string name : {"activated-at",
                                 "created-at",
                                 "directory-id",
                                 "distinguished-name",
                                 "email",
                                 "external-id",
                                 "firstname",
                                 "group-id",
                                 "id",
                                 "invalid-login-attempts",
                                 "invitation-sent-at",
                                 "last-login",
                                 "lastname",
                                 "locale-code",
                                 "locked-until",
                                 "member-of",
                                 "openid-name",
                                 "password-changed-at",
                                 "phone",
                                 "status",
                                 "updated-at"}) {
    if (name == "id") {
      user.add(xml::leaf(name, std::to_string(account.id)));
    } else if (name == "status") {
      user.add(xml::leaf(name, std::to_string(account.status)));
    } else if (name.ends_with("-at")) {
      add_dates(user, account, name);
    } else {
      user.add(field(account, name));
    }
  }
  if (shown.roles) user.add(roles_of(tenant, account));
  user.add(field(account, "username"));
  if (shown.full)
    for (const std::string name : {"company", "department", "samaccountname", "title", "userprincipalname"})
      user.add(field(account, name));
  if (shown.custom_attributes) add_custom_attributes(user, account);
  return user;
}

}  // namespace rollcall::sandbox::onelogin_v3
