#include "net/address.hpp"

#include <algorithm>

namespace rollcall::net {
namespace {

bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// A non-empty list of non-empty words between dots.
template <class Good>
bool is_dotted(std::string_view text, Good good) {
  if (text.empty() || text.front() == '.' || text.back() == '.' || text.find("..") != std::string_view::npos)
    return false;
  return std::ranges::all_of(text, [&](char c) { return c == '.' || good(c); });
}

bool is_local_part(std::string_view text) {  // dot-atom, RFC 5322 section 3.2.3; lengths of RFC 5321 section 4.5.3.1
  return text.size() <= 64 && is_dotted(text, [](char c) {
           return is_alnum(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
         });
}

bool is_domain(std::string_view text) {
  if (text.starts_with('-') || text.ends_with('-') || text.find("-.") != std::string_view::npos ||
      text.find(".-") != std::string_view::npos)
    return false;
  return text.size() <= 253 && is_dotted(text, [](char c) { return is_alnum(c) || c == '-'; });
}

Result<std::string> check_address(std::string_view text, const std::string& what) {
  if (text.empty()) return fail(ErrorKind::invalid, "there is no mail address in " + what);
  const bool ascii = std::ranges::all_of(text, [](unsigned char c) { return c < 0x80; });
  if (!ascii)
    return fail(ErrorKind::invalid,
                "the mail address in " + what +
                    " has characters beyond ASCII: internationalised mail (SMTPUTF8) is not supported; write "
                    "the domain as xn--...");
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || !is_local_part(text.substr(0, at)) || !is_domain(text.substr(at + 1)))
    return fail(ErrorKind::invalid, "what stands in " + what + " is not one mail address like name@example.org");
  return std::string(text);
}

// RFC 5322 section 3.2.4
Result<std::string> unquoted(std::string_view name, const std::string& what) {
  if (!name.starts_with('"')) return std::string(name);
  std::string out;
  for (std::size_t i = 1; i < name.size(); ++i) {
    if (name[i] == '"' && i + 1 == name.size()) return out;
    if (name[i] == '"') break;
    if (name[i] == '\\' && i + 1 < name.size()) ++i;
    out += name[i];
  }
  return fail(ErrorKind::invalid, "the quotation marks around the name in " + what + " do not close");
}

}  // namespace

Result<Mailbox> parse_mailbox(std::string_view text, const std::string& what) {
  text = trimmed(text);
  Mailbox out;
  if (!text.ends_with('>')) {
    ROLLCALL_TRY(out.address, check_address(text, what));
    return out;
  }
  const auto open = text.rfind('<');
  if (open == std::string_view::npos)
    return fail(ErrorKind::invalid, "what stands in " + what + " is not one mail address like name@example.org");
  const auto name = trimmed(text.substr(0, open));
  ROLLCALL_TRY(out.name, unquoted(name, what));
  // "a@x <b@y>" unquoted is how one address poses as another; "a <b>, c <d>" is two.
  if (!name.starts_with('"') && name.find_first_of("<>@,;:\"") != std::string_view::npos)
    return fail(ErrorKind::invalid, "the name before the address in " + what + " must stand in quotation marks");
  ROLLCALL_TRY(out.address, check_address(text.substr(open + 1, text.size() - open - 2), what));
  return out;
}

}  // namespace rollcall::net
