#include "sources/attribute_type.hpp"

#include "rollcall/record.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace rollcall::sources {
namespace {

using Name = std::pair<std::string_view, std::string_view>;

// Sorted. DN types of RFC 4514 section 3 and the aliases of RFC 4519, RFC 4524 and RFC 2798 that people write.
constexpr std::array names = std::to_array<Name>({
    {"0.9.2342.19200300.100.1.1", "uid"},
    {"0.9.2342.19200300.100.1.25", "dc"},
    {"0.9.2342.19200300.100.1.3", "mail"},
    {"0.9.2342.19200300.100.1.41", "mobile"},
    {"1.2.840.113549.1.9.1", "email"},
    {"1.3.6.1.1.16.4", "entryuuid"},
    {"2.16.840.1.113730.3.1.241", "displayname"},
    {"2.16.840.1.113730.3.1.3", "employeenumber"},
    {"2.5.4.0", "objectclass"},
    {"2.5.4.10", "o"},
    {"2.5.4.11", "ou"},
    {"2.5.4.12", "title"},
    {"2.5.4.13", "description"},
    {"2.5.4.20", "telephonenumber"},
    {"2.5.4.3", "cn"},
    {"2.5.4.31", "member"},
    {"2.5.4.4", "sn"},
    {"2.5.4.42", "givenname"},
    {"2.5.4.43", "initials"},
    {"2.5.4.5", "serialnumber"},
    {"2.5.4.50", "uniquemember"},
    {"2.5.4.6", "c"},
    {"2.5.4.7", "l"},
    {"2.5.4.8", "st"},
    {"2.5.4.9", "street"},
    {"commonname", "cn"},
    {"countryname", "c"},
    {"domaincomponent", "dc"},
    {"e", "email"},
    {"emailaddress", "email"},
    {"facsimiletelephonenumber", "fax"},
    {"friendlycountryname", "co"},
    {"gn", "givenname"},
    {"homephonenumber", "homephone"},
    {"hometelephonenumber", "homephone"},
    {"localityname", "l"},
    {"mobiletelephonenumber", "mobile"},
    {"organizationalunitname", "ou"},
    {"organizationname", "o"},
    {"pagertelephonenumber", "pager"},
    {"pkcs9email", "email"},
    {"rfc822mailbox", "mail"},
    {"s", "st"},
    {"stateorprovincename", "st"},
    {"streetaddress", "street"},
    {"surname", "sn"},
    {"userid", "uid"},
});
static_assert(std::is_sorted(names.begin(), names.end()));

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

bool parse_range(std::string_view text, Description& d) {
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return false;
  const auto from = number(text.substr(0, dash));
  const auto upper = text.substr(dash + 1);
  d.to = number(upper);
  if (!from || (!d.to && upper != "*") || (d.to && *d.to < *from)) return false;
  d.from = *from;
  d.ranged = true;
  return true;
}

bool is_type_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

}  // namespace

std::string lower(std::string_view ascii) {
  std::string out(ascii);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

bool equal_fold(std::string_view a, std::string_view b) {
  return a.size() == b.size() && !FoldLess()(a, b) && !FoldLess()(b, a);
}

std::string_view short_type(std::string_view type) {
  for (std::string_view usual : {"cn", "ou", "dc", "uid", "o"})
    if (type == usual) return usual;
  const auto at = std::lower_bound(names.begin(), names.end(), type,
                                   [](const Name& name, std::string_view wanted) { return name.first < wanted; });
  return at != names.end() && at->first == type ? at->second : type;
}

std::optional<Description> parse_description(std::string_view text) {
  Description d;
  auto semicolon = text.find(';');
  d.type = lower(text.substr(0, semicolon));
  if (d.type.empty() || !std::all_of(d.type.begin(), d.type.end(), is_type_character)) return std::nullopt;
  while (semicolon != std::string_view::npos) {
    text.remove_prefix(semicolon + 1);
    semicolon = text.find(';');
    const std::string option = lower(text.substr(0, semicolon));
    if (option.empty()) return std::nullopt;
    if (option == "binary") continue;
    if (option.starts_with("range=") && parse_range(std::string_view(option).substr(6), d)) continue;
    d.plain = false;
  }
  return d;
}

}  // namespace rollcall::sources
