// The vendor's documents, written: users, lists, errors. Pure functions; any thread.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "rollcall/http.hpp"
#include "sandbox/tenant.hpp"
#include "xml/xml.hpp"

namespace rollcall::sandbox::onelogin_v3 {

HttpResponse xml_document(int status, const xml::Element& root);
// An empty title or code stands in no element.
HttpResponse error_document(int status, std::string_view title, std::string_view message, std::string_view code = {});
HttpResponse html_page(int status, std::string_view text);

// What the listing shows of a user: a reduced set (vendor's page "Get Users").
xml::Element listed_user(const Account& account, const std::set<std::string>& hidden, bool custom_attributes);

struct Shown {
  bool roles = false, custom_attributes = false;
  bool full = false;  // also what the vendor's samples leave out
};
xml::Element shown_user(const Tenant& tenant, const Account& account, Shown shown);

}  // namespace rollcall::sandbox::onelogin_v3
