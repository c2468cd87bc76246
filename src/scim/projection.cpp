#include "scim/projection.hpp"

#include <algorithm>

namespace rollcall::scim {

Projection::Projection(const ResourceType& type, const std::vector<std::string>& attributes, const std::vector<std::string>& excluded)
    : root_(blank(type)), selecting_(!attributes.empty()), default_(attributes.empty() && excluded.empty()) {
  if (default_) return;
  auto root = std::make_shared<Choice>(*root_);
  for (const std::string& each : selecting_ ? attributes : excluded)
    if (const auto path = resolve(type, each)) name(*root, *path, type);
  root_ = std::move(root);
}

// Nothing named: made once for each of the two types, as nearly every request wants it.
std::shared_ptr<const Projection::Choice> Projection::blank(const ResourceType& type) {
  static const auto user = std::make_shared<const Choice>(tree(user_type().root)), group = std::make_shared<const Choice>(tree(group_type().root));
  if (&type == &user_type()) return user;
  return &type == &group_type() ? group : std::make_shared<const Choice>(tree(type.root));
}

Projection::Choice Projection::tree(const Attribute& attribute) {
  Choice out{&attribute, Named::no, {}};
  for (const Attribute& sub : attribute.sub_attributes) out.subs.push_back(tree(sub));
  return out;
}

void Projection::name(Choice& root, const Path& path, const ResourceType& type) {
  Choice* at = &root;
  for (const Attribute* step : {path.extension, path.attribute, path.sub}) {
    if (!step) continue;
    if (at->named == Named::no) at->named = Named::part;
    at = &*std::find_if(at->subs.begin(), at->subs.end(), [&](const Choice& c) { return c.attribute == step; });
  }
  if (at != &root) {
    at->named = Named::all;
    return;
  }
  // The core URN alone names what the core schema holds.
  for (Choice& each : root.subs)
    for (const Attribute& attribute : type.core->attributes)
      if (each.attribute->name == attribute.name) each.named = Named::all;
}

bool Projection::keeps(const Choice& choice) const {
  switch (choice.attribute->returned) {
    case Returned::always:
      return true;
    case Returned::never:
      return false;
    case Returned::request:
      return selecting_ && choice.named != Named::no;
    default:
      return selecting_ ? choice.named != Named::no : choice.named != Named::all;
  }
}

// A part that is not named at all is shown whole or not at all; one of which a part is named is cut further.
Value Projection::cut(const Choice& choice, const Value& value) const {
  if (const Array* array = value.as_array()) {
    Array out;
    for (const Value& each : *array)
      if (Value one = cut(choice, each); !one.is_null()) out.push_back(std::move(one));
    return out.empty() ? Value() : Value(std::move(out));
  }
  const Object* const object = value.as_object();
  if (!object) return value;
  Object out;
  const bool all = choice.named == Named::all || (!selecting_ && choice.named == Named::no);
  for (const json::Member& member : *object) {
    const auto it = std::find_if(choice.subs.begin(), choice.subs.end(), [&](const Choice& c) { return c.attribute->name == member.first; });
    if (it == choice.subs.end()) continue;
    Choice inherited;
    const Choice* sub = &*it;
    if (all && selecting_ && sub->named == Named::no) {  // within what was named as a whole
      inherited = *sub;
      inherited.named = Named::all;
      sub = &inherited;
      if (sub->attribute->returned == Returned::request) continue;
    }
    if (!keeps(*sub)) continue;
    if (Value part = cut(*sub, member.second); !part.is_null()) out.emplace_back(member.first, std::move(part));
  }
  return out.empty() ? Value() : Value(std::move(out));
}

bool Projection::shows(std::string_view attribute) const {
  const auto it = std::find_if(root_->subs.begin(), root_->subs.end(), [&](const Choice& c) { return same_name(c.attribute->name, attribute); });
  return it != root_->subs.end() && keeps(*it);
}

Value Projection::apply(const Value& resource) const { return cut(*root_, resource); }

}  // namespace rollcall::scim
