// OneLogin v3 as far as its documentation goes, as a function from request to answer, for tests without a network.
// Strict: what the vendor would refuse is refused. Thread rule: one thread.
#pragma once

#include <map>
#include <set>
#include <string>

#include "rollcall/http.hpp"
#include "xml/xml.hpp"

namespace rollcall::test {

class OneLoginV3Vendor {
 public:
  struct User {
    std::map<std::string, std::string> elements;  // by element name; a missing one is shown as nil
    std::set<std::string> roles;                  // which no answer shows
    std::string password;
    int invitations = 0, mails = 0;
  };

  explicit OneLoginV3Vendor(bool append_roles = false) : append_(append_roles) {}

  HttpResponse answer(const HttpRequest& request);
  int add(std::map<std::string, std::string> elements);

  std::map<int, User> users;
  std::map<int, std::string> roles = {{11, "Sales"}, {12, "Staff"}, {13, "R\xC3\xA9gie <&>"}};
  std::set<std::string> custom_attributes = {"shoe_size"};
  std::string api_key = "k3y-0123456789";
  std::string base = "https://onelogin.test/tenant";
  int page_size = 3;
  std::string last_mail_to;

 private:
  HttpResponse users_page(const std::string& query);
  HttpResponse create(const HttpRequest& request);
  HttpResponse change(User& user, const HttpRequest& request);
  HttpResponse invite(const HttpRequest& request, bool send);
  HttpResponse write(User& user, const xml::Element& document, bool creating);
  User* by_name(const std::string& username);
  bool is_taken(const std::string& element, const std::string& value, const User* but);

  bool append_;
  int next_id_ = 100;
};

}  // namespace rollcall::test
