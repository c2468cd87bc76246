// XML 1.0 documents as small values, over pugixml, which no header shows. The reader knows no DTD and no entity beside
// the five of XML, and limits the depth; errors name the line or the element. The writer escapes, and refuses what XML
// cannot carry. Pure; values.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rollcall/result.hpp"

namespace rollcall::xml {

struct Element {
  std::string name;
  std::string text;  // character data directly inside, verbatim; white space between children is not text
  std::vector<std::pair<std::string, std::string>> attributes;
  std::vector<Element> children;

  const Element* child(std::string_view child_name) const;            // the first of that name, or null
  std::string_view attribute(std::string_view attribute_name) const;  // "" when it is not there
  bool nil() const;                                                   // nil="true", as Rails writes a null
  Element& add(Element element);                                      // answers the child in its place

  bool operator==(const Element&) const = default;
};

inline Element leaf(std::string name, std::string text) { return {std::move(name), std::move(text), {}, {}}; }

// The root element. `where` stands before the error's text. Errors are `corrupt`: not well-formed, a DTD, deeper than
// 32, invalid UTF-8, NUL. A declared encoding is honoured, the values are UTF-8.
Result<Element> parse(std::string_view text, std::string_view where = {});

// Without white space between elements and without an XML declaration (UTF-8 is the default, XML 1.0 section 4.3.3).
// CR, LF and tabs go as character references, so that no reader folds them (section 2.11). `invalid`, naming the
// element, for a name or a character that XML 1.0 cannot carry (section 2.2).
Result<std::string> write(const Element& root);

// "U+000B" when `text` holds a character that XML cannot carry, "invalid UTF-8", or "" when all is well.
std::string forbidden_in(std::string_view text);

}  // namespace rollcall::xml
