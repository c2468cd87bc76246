#include <algorithm>

#include <pugixml.hpp>

#include "json/json.hpp"
#include "xml/xml.hpp"

namespace rollcall::xml {
namespace {

constexpr int max_depth = 32;

// White space alone is a value where it is all that an element holds, and layout elsewhere.
constexpr unsigned options = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol | pugi::parse_wconv_attribute |
                             pugi::parse_doctype | pugi::parse_ws_pcdata_single;

tl::unexpected<Error> corrupt(std::string_view where, std::string text) {
  return fail(ErrorKind::corrupt, where.empty() ? std::move(text) : std::string(where) + ": " + text);
}

std::string place_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const auto begin = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
  return "line " + std::to_string(line) + ", column " + std::to_string(before.size() - begin + 1);
}

// Where a NUL stands, as a byte or as a reference: XML has none (section 2.2), and pugixml would end a value there
// without a word.
std::size_t find_nul(std::string_view text) {
  if (const auto at = text.find('\0'); at != text.npos) return at;
  for (auto at = text.find("&#"); at != text.npos; at = text.find("&#", at + 2)) {
    const auto digit = text[std::min(at + 2, text.size() - 1)] == 'x' ? at + 3 : at + 2;
    const auto end = std::min(text.find_first_not_of('0', digit), text.size() - 1);
    if (end > digit && text[end] == ';') return at;
  }
  return text.npos;
}

// The problem is put into `problem` with the path of the element.
bool copy(const pugi::xml_node& from, Element& to, int depth, const std::string& path, std::string& problem) {
  to.name = from.name();
  if (!json::is_utf8(to.name)) to.name = "?";
  const std::string here = path + (path.empty() ? "" : "/") + to.name;
  if (depth > max_depth) return problem = here + ": nested more than 32 deep", false;
  for (const auto& attribute : from.attributes()) to.attributes.emplace_back(attribute.name(), attribute.value());
  for (const auto& node : from.children()) {
    if (node.type() == pugi::node_element) {
      if (!copy(node, to.children.emplace_back(), depth + 1, here, problem)) return false;
    } else if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) {
      to.text += node.value();
    }
  }
  bool clean = json::is_utf8(to.text);
  for (const auto& attribute : to.attributes)
    clean = clean && json::is_utf8(attribute.first) && json::is_utf8(attribute.second);
  if (!clean) problem = here + ": invalid UTF-8";
  return clean;
}

}  // namespace

Result<Element> parse(std::string_view text, std::string_view where) {
  if (const auto nul = find_nul(text); nul != text.npos)
    return corrupt(where, "not well-formed XML: a NUL at " + place_of(text, nul));
  pugi::xml_document document;
  const auto status = document.load_buffer(text.data(), text.size(), options);
  if (!status)
    return corrupt(where, "not well-formed XML at " +
                              place_of(text, static_cast<std::size_t>(std::max<ptrdiff_t>(0, status.offset))) + ": " +
                              status.description());
  Element root;
  int roots = 0;
  std::string problem;
  for (const auto& node : document.children()) {
    if (node.type() == pugi::node_doctype) return corrupt(where, "a document type declaration, which is not accepted");
    if (node.type() == pugi::node_element && ++roots == 1 && !copy(node, root, 1, "", problem))
      return corrupt(where, problem);
  }
  if (roots != 1) return corrupt(where, "not well-formed XML: more than one root element");
  return root;
}

}  // namespace rollcall::xml
