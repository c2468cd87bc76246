#include "sources/ldap/messages.hpp"

#include <sys/time.h>

#include <memory>

namespace rollcall::sources {
namespace {

struct ControlDeleter {
  void operator()(LDAPControl* control) const { ldap_control_free(control); }
};

struct MessageDeleter {
  void operator()(LDAPMessage* message) const { ldap_msgfree(message); }
};

// RFC 2696. Not critical: a server without paging answers all at once, which is as good.
std::unique_ptr<LDAPControl, ControlDeleter> page_control(LDAP* handle, const PageRequest& page) {
  LDAPControl* control = nullptr;
  berval cookie{page.cookie.size(), const_cast<char*>(page.cookie.data())};
  ldap_create_page_control(handle, page.size, page.cookie.empty() ? nullptr : &cookie, 0, &control);
  return std::unique_ptr<LDAPControl, ControlDeleter>(control);
}

std::string next_cookie(LDAP* handle, LDAPControl** controls) {
  LDAPControl* answer = controls ? ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, nullptr) : nullptr;
  if (!answer) return {};
  ber_int_t estimate = 0;
  berval cookie{};
  if (ldap_parse_pageresponse_control(handle, answer, &estimate, &cookie) != LDAP_SUCCESS) return {};
  std::string out(cookie.bv_val ? cookie.bv_val : "", cookie.bv_len);
  ber_memfree(cookie.bv_val);
  return out;
}

void parse_end(LDAP* handle, LDAPMessage* message, SearchResult& out) {
  char* text = nullptr;
  LDAPControl** controls = nullptr;
  const int rc = ldap_parse_result(handle, message, &out.code, nullptr, &text, nullptr, &controls, 0);
  if (rc != LDAP_SUCCESS) out.code = rc;
  if (text) out.diagnostic = text;
  if (out.code == LDAP_SUCCESS) out.cookie = next_cookie(handle, controls);
  ldap_memfree(text);
  ldap_controls_free(controls);
}

int wait_message(Connection& connection, int id, LDAPMessage** message) {
  const Duration timeout = connection.timeout();
  // ldap_result keeps to its time, but within it a read of half a TLS record does not: that is the guard's.
  connection.guard().arm(timeout + std::chrono::milliseconds(250));
  timeval wait{static_cast<time_t>(timeout.count() / 1000), static_cast<suseconds_t>(timeout.count() % 1000 * 1000)};
  return ldap_result(connection.handle(), id, LDAP_MSG_ONE, &wait, message);
}

}  // namespace

AttributeList::AttributeList(std::vector<std::string> names) : names_(std::move(names)) {
  if (names_.empty()) names_.emplace_back(LDAP_NO_ATTRS);  // RFC 4511 section 4.5.1.8: an empty list would mean all
  for (std::string& name : names_) pointers_.push_back(name.data());
  pointers_.push_back(nullptr);
}

SearchResult run_search(Connection& connection, const std::string& base, int scope, const std::string& filter,
                        AttributeList& attributes, const PageRequest& page,
                        const std::function<bool(LDAPMessage*)>& on_entry) {
  SearchResult out;
  LDAP* handle = connection.handle();
  const auto control = page.size > 0 ? page_control(handle, page) : nullptr;
  LDAPControl* controls[] = {control.get(), nullptr};
  int id = -1;
  connection.guard().arm(connection.timeout());
  out.code = ldap_search_ext(handle, base.c_str(), scope, filter.c_str(), attributes.get(), 0,
                             control ? controls : nullptr, nullptr, nullptr, LDAP_NO_LIMIT, &id);
  for (bool done = out.code != LDAP_SUCCESS; !done;) {
    LDAPMessage* message = nullptr;
    const int type = wait_message(connection, id, &message);
    const std::unique_ptr<LDAPMessage, MessageDeleter> owner(message);
    switch (type) {
      case -1:
        out.code = connection.last_code();
        out.diagnostic = connection.diagnostic();
        if (out.code == LDAP_SUCCESS) out.code = LDAP_SERVER_DOWN;
        done = true;
        break;
      case 0:
        out.code = LDAP_TIMEOUT;
        done = true;
        break;
      case LDAP_RES_SEARCH_ENTRY:
        if (!on_entry(message)) {
          out.code = LDAP_DECODING_ERROR;
          done = true;
        }
        break;
      case LDAP_RES_SEARCH_REFERENCE:
        ++out.references;
        break;
      case LDAP_RES_SEARCH_RESULT:
        parse_end(handle, message, out);
        done = true;
        break;
      default:
        break;  // intermediate responses of controls that were not asked for
    }
  }
  if (connection.guard().expired()) out.code = LDAP_TIMEOUT;
  connection.guard().disarm();
  return out;
}

}  // namespace rollcall::sources
