#include <algorithm>

#include "xml/xml.hpp"

namespace rollcall::xml {

const Element* Element::child(std::string_view child_name) const {
  const auto it =
      std::find_if(children.begin(), children.end(), [&](const Element& e) { return e.name == child_name; });
  return it == children.end() ? nullptr : &*it;
}

std::string_view Element::attribute(std::string_view attribute_name) const {
  for (const auto& [key, value] : attributes)
    if (key == attribute_name) return value;
  return {};
}

bool Element::nil() const { return attribute("nil") == "true" || attribute("xsi:nil") == "true"; }

Element& Element::add(Element element) { return children.emplace_back(std::move(element)); }

}  // namespace rollcall::xml
