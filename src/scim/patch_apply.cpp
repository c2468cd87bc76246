#include <algorithm>

#include "scim/normalise.hpp"
#include "scim/patch.hpp"
#include "scim/patch_values.hpp"
#include "scim/scalar.hpp"

namespace rollcall::scim {
namespace {

bool is_empty(const Value& value) { return value.is_null() || (value.as_object() && value.as_object()->empty()); }

struct Target {
  Path path;
  const language::Filter* filter = nullptr;
  std::string text;         // for errors
  bool creates = false;     // a replace that matches nothing makes the value
};

// Applies operations, one after the other, to a copy of the stored resource.
class Application {
 public:
  Application(const ResourceType& type, const Value& stored, const Limits& limits, const PatchOptions& options)
      : type_(type), stored_(stored), limits_(limits), options_(options), out_(stored) {}

  Answer<void> operation(const PatchOperation& op) {
    static const Value none;
    if (!op.path) return whole(op.verb, *op.value);
    ROLLCALL_TRY(const auto target, target_of(*op.path));
    if (!target) return unknown(op.path->text);
    return at(op.verb, *target, op.value ? &*op.value : &none);
  }
  Value take() { return std::move(out_); }

 private:
  tl::unexpected<Failure> unknown(const std::string& text) const {
    return refuse(ErrorType::invalid_path, "path `" + text + "`: a " + type_.name + " has no such attribute; /Schemas lists those that are known");
  }

  Answer<std::optional<Target>> target_of(const ValuePath& path) const {
    const auto resolved = resolve(type_, path.path);
    if (!resolved) return std::optional<Target>();
    Target out{*resolved, path.filter ? &*path.filter : nullptr, path.text, options_.replace_creates};
    if (!path.filter) return std::optional(out);
    if (out.path.whole() || out.path.sub || !out.path.attribute->multi_valued)
      return refuse(ErrorType::invalid_path, "path `" + path.text + "`: brackets stand behind an attribute with several values");
    if (path.sub.empty()) return std::optional(out);
    out.path.sub = out.path.attribute->find(path.sub);
    return out.path.sub ? std::optional(out) : std::nullopt;
  }

  // Without a path the value is an object, each name of which is a path: also dotted, with a URN, or with brackets (Entra ID).
  Answer<void> whole(PatchVerb verb, const Value& value) {
    const Object* const object = value.as_object();
    if (!object) return refuse(ErrorType::invalid_value, "an operation without a path needs an object as its value");
    bool known = false;
    std::optional<tl::unexpected<Failure>> left_aside;
    for (const json::Member& member : *object) {
      ROLLCALL_TRY(auto done, named(verb, member));
      known = known || !done;
      if (done && !left_aside) left_aside = std::move(done);
    }
    // As in the body of a POST or PUT, unknown and readOnly names are left aside - unless there is nothing else.
    if (left_aside && !known) return *left_aside;
    return {};
  }

  // Nothing: it was applied; else why it is left aside.
  Answer<std::optional<tl::unexpected<Failure>>> named(PatchVerb verb, const json::Member& member) {
    using LeftAside = std::optional<tl::unexpected<Failure>>;
    if (same_name(member.first, "schemas")) return LeftAside();  // derived from what is there
    const auto path = parse_value_path(member.first, limits_.filter);
    if (!path) return LeftAside(unknown(member.first));
    ROLLCALL_TRY(auto target, target_of(*path));
    if (!target) return LeftAside(unknown(member.first));
    target->creates = true;  // no path was asked for, so nothing is missing (section 3.5.2.3)
    if (const Attribute* const whole = read_only_whole(*target)) {
      // Okta renames a group by {"id": "<its own>", "displayName": "..."}; others send back all that they read, which may be old.
      const Value* const held = stored_.find(whole->name);
      if (held ? *held == member.second : !has_value(&member.second)) return LeftAside();
      if (whole->name != "id") return LeftAside(refuse(ErrorType::mutability, "`" + member.first + "` is readOnly"));
    }
    ROLLCALL_CHECK(at(verb, *target, &member.second));
    return LeftAside();
  }

  // A readOnly attribute or extension that is named as a whole.
  static const Attribute* read_only_whole(const Target& target) {
    const Attribute* const top = target.path.extension ? target.path.extension : target.path.attribute;
    const bool whole = target.path.extension ? target.path.whole() : !target.path.sub;
    return top && whole && !target.filter && top->read_only() ? top : nullptr;
  }

  Answer<void> at(PatchVerb verb, const Target& target, const Value* value) {
    const Path& path = target.path;
    if (path.whole()) return path.extension ? extension(verb, target, *value) : core(verb, target, *value);
    for (const Attribute* step : {path.extension, path.attribute, path.sub})
      if (step && step->read_only()) return refuse(ErrorType::mutability, "`" + target.text + "` is readOnly");
    if (path.attribute->name == "schemas") return {};  // derived from what is there
    Object& container = path.extension ? extension_object(*path.extension) : *out_.as_object();
    const Attribute& scope = path.extension ? *path.extension : type_.root;
    auto done = path.attribute->multi_valued ? several(verb, target, scope, container, *value) : single(verb, target, scope, container, *value);
    if (path.extension) tidy(*path.extension);
    return done;
  }

  Answer<void> core(PatchVerb verb, const Target& target, const Value& value) {
    if (verb == PatchVerb::remove) return refuse(ErrorType::no_target, "path `" + target.text + "` names the whole resource: use DELETE");
    return whole(verb, value);
  }

  Answer<void> extension(PatchVerb verb, const Target& target, const Value& value) {
    const Attribute& extension = *target.path.extension;
    if (extension.read_only()) return refuse(ErrorType::mutability, "`" + target.text + "` is readOnly");
    if (verb == PatchVerb::remove || value.is_null()) return drop(*out_.as_object(), extension.name), Answer<void>();
    const Object* const object = value.as_object();
    if (!object) return refuse(ErrorType::invalid_value, extension.name + " must be an object");
    for (const json::Member& member : *object)
      if (const auto inner = resolve_within(extension, member.first))
        ROLLCALL_CHECK(at(verb, Target{{&extension, inner->attribute, inner->sub}, nullptr, member.first, true}, &member.second));
    return {};
  }

  Object& extension_object(const Attribute& extension) {
    Object& top = *out_.as_object();
    if (!member_of(top, extension.name)) put(top, type_.root, extension, Object{});
    return *member_of(top, extension.name)->as_object();
  }
  void tidy(const Attribute& extension) {
    if (member_of(*out_.as_object(), extension.name)->as_object()->empty()) drop(*out_.as_object(), extension.name);
  }

  // Sets an attribute of `container`, or clears it with null; says no where the schema does.
  Answer<void> assign(const Attribute& scope, Object& container, const Attribute& attribute, Value value, const std::string& text) {
    const Value* const held = member_of(container, attribute.name);
    if (attribute.required && !has_value(&value))
      return refuse(value.is_null() ? ErrorType::mutability : ErrorType::invalid_value, "`" + text + "` is required, and cannot be removed or empty");
    if (attribute.mutability == Mutability::immutable && held && *held != value)
      return refuse(ErrorType::mutability, "`" + text + "` is immutable: it has a value, and cannot get another");
    put(container, scope, attribute, std::move(value));
    return {};
  }

  Answer<void> single(PatchVerb verb, const Target& target, const Attribute& scope, Object& container, const Value& value) {
    const Attribute& attribute = *target.path.attribute;
    if (target.path.sub) return part(verb, target, scope, container, value);
    if (verb == PatchVerb::remove) return assign(scope, container, attribute, {}, target.text);
    ROLLCALL_TRY(Value fresh, normalise(attribute, value, Place{nullptr, target.text}, Manner::tolerant, limits_));
    Value* const held = member_of(container, attribute.name);
    if (!held || !held->as_object() || !value.as_object()) {
      if (fresh.as_object() && held) return merge(attribute, *held->as_object(), std::move(*fresh.as_object()), target.text);
      return assign(scope, container, attribute, std::move(fresh), target.text);
    }
    ROLLCALL_CHECK(merge_named(attribute, *held->as_object(), std::move(fresh), *value.as_object(), target.text));
    if (held->as_object()->empty()) drop(container, attribute.name);
    return {};
  }

  // {"name": {"givenName": "A", "middleName": null}}: what is named is set or cleared, the rest stays.
  Answer<void> merge_named(const Attribute& attribute, Object& held, Value fresh, const Object& named, const std::string& text) {
    for (const json::Member& member : named) {
      const Attribute* const sub = attribute.find(member.first);
      if (!sub || sub->read_only() || (fresh.as_object() && fresh.find(sub->name))) continue;
      ROLLCALL_CHECK(set_part(attribute, held, *sub, {}, text + "." + sub->name));
    }
    return fresh.as_object() ? merge(attribute, held, std::move(*fresh.as_object()), text) : Answer<void>();
  }

  // `name.familyName`: a sub-attribute of a single complex value.
  Answer<void> part(PatchVerb verb, const Target& target, const Attribute& scope, Object& container, const Value& value) {
    const Attribute& attribute = *target.path.attribute;
    Value* held = member_of(container, attribute.name);
    Value fresh;
    if (verb != PatchVerb::remove) {
      ROLLCALL_TRY(fresh, normalise(*target.path.sub, value, Place{nullptr, target.text}, Manner::tolerant, limits_));
    }
    if (!held && fresh.is_null()) return {};
    if (!held) put(container, scope, attribute, Object{});
    held = member_of(container, attribute.name);
    ROLLCALL_CHECK(set_part(attribute, *held->as_object(), *target.path.sub, std::move(fresh), target.text));
    if (held->as_object()->empty()) drop(container, attribute.name);
    return {};
  }

  Answer<void> set_part(const Attribute& attribute, Object& object, const Attribute& sub, Value fresh, const std::string& text) {
    if (!fresh.is_null()) return merge(attribute, object, Object{{sub.name, std::move(fresh)}}, text.substr(0, text.rfind('.')));
    ROLLCALL_CHECK(assign(attribute, object, sub, {}, text));
    if (sub.name == "value" && attribute.is_reference()) object.clear();  // what is left of a reference refers to nothing
    return {};
  }

  Answer<void> several(PatchVerb verb, const Target& target, const Attribute& scope, Object& container, const Value& value) {
    const Attribute& attribute = *target.path.attribute;
    Value* const held = member_of(container, attribute.name);
    if (!target.filter && !target.path.sub && (verb == PatchVerb::replace || (verb == PatchVerb::remove && value.is_null())))
      return replace_all(scope, container, target, value);
    Array values;
    if (held && held->as_array()) values = std::move(*held->as_array());
    ROLLCALL_CHECK(target.filter || target.path.sub ? selected(verb, target, values, value) : listed(verb, target, values, value));
    return assign(scope, container, attribute, values.empty() ? Value() : Value(std::move(values)), target.text);
  }

  Answer<void> replace_all(const Attribute& scope, Object& container, const Target& target, const Value& value) {
    ROLLCALL_TRY(Value fresh, normalise(*target.path.attribute, value, Place{nullptr, target.text}, Manner::tolerant, limits_));
    return assign(scope, container, *target.path.attribute, std::move(fresh), target.text);
  }

  Answer<void> listed(PatchVerb verb, const Target& target, Array& values, const Value& value) {
    const Attribute& attribute = *target.path.attribute;
    if (verb == PatchVerb::remove) return remove_listed(attribute, values, value, target.text, limits_);
    ROLLCALL_TRY(Value fresh, normalise(attribute, value, Place{nullptr, target.text}, Manner::tolerant, limits_));
    if (fresh.is_null()) return {};
    if (values.size() + fresh.as_array()->size() > limits_.values)
      return refuse(ErrorType::invalid_value, target.text + " would have more than " + std::to_string(limits_.values) + " values");
    return append(attribute, values, std::move(*fresh.as_array()), target.text);
  }

  // The values that the brackets select; without brackets, `emails.display`, all of them.
  Answer<void> selected(PatchVerb verb, const Target& target, Array& values, const Value& value) {
    const Attribute& attribute = *target.path.attribute;
    Filter filter;
    if (target.filter) {
      ROLLCALL_TRY(filter, Filter::within(*target.filter, attribute));
    }
    std::vector<std::size_t> matches;
    for (std::size_t i = 0; i < values.size(); ++i)
      if (filter.matches(values[i])) matches.push_back(i);
    if (verb == PatchVerb::remove) return remove_selected(target, values, matches);
    if (matches.empty()) {
      ROLLCALL_CHECK(make_one(verb, target, values));
      matches.push_back(values.size() - 1);
    }
    for (std::size_t i : matches) ROLLCALL_CHECK(write_selected(target, values[i], value));
    ROLLCALL_CHECK(settle_primary(attribute, values, matches, target.text));
    std::erase_if(values, is_empty);
    return {};
  }

  // Entra ID adds `emails[type eq "work"].value` where there is no such value, and means to make it.
  Answer<void> make_one(PatchVerb verb, const Target& target, Array& values) {
    if (!target.filter) return values.push_back(Object{}), Answer<void>();
    if (verb == PatchVerb::replace && !target.creates) return refuse(ErrorType::no_target, "path `" + target.text + "` matches no value");
    ROLLCALL_TRY(Value made, described(*target.path.attribute, *target.filter, target.text, limits_));
    values.push_back(made.is_null() ? Value(Object{}) : std::move(made));
    return {};
  }

  Answer<void> write_selected(const Target& target, Value& element, const Value& value) {
    const Attribute& attribute = *target.path.attribute;
    const Attribute* const sub = target.path.sub;
    const Place place{nullptr, target.text};
    ROLLCALL_TRY(Value fresh, sub ? normalise(*sub, value, place, Manner::tolerant, limits_) : one_of(attribute, value, place));
    if (!element.as_object()) return element = std::move(fresh), Answer<void>();
    if (sub) return set_part(attribute, *element.as_object(), *sub, std::move(fresh), target.text);
    const Value& named = value.as_array() ? value.as_array()->front() : value;
    if (named.as_object()) return merge_named(attribute, *element.as_object(), std::move(fresh), *named.as_object(), target.text);
    return fresh.as_object() ? merge(attribute, *element.as_object(), std::move(*fresh.as_object()), target.text) : Answer<void>();
  }

  Answer<Value> one_of(const Attribute& attribute, const Value& value, const Place& place) {
    const Array* const array = value.as_array();
    if (array && array->size() != 1) return refuse(ErrorType::invalid_value, place.text() + " takes one value");
    return normalise_one(attribute, array ? array->front() : value, place, Manner::tolerant, limits_);
  }

  Answer<void> remove_selected(const Target& target, Array& values, const std::vector<std::size_t>& matches) {
    const Attribute& attribute = *target.path.attribute;
    // A member that is not there is removed already: clients repeat themselves.
    if (matches.empty() && target.filter && !attribute.is_reference())
      return refuse(ErrorType::no_target, "path `" + target.text + "` matches no value");
    for (std::size_t i : matches) {
      if (!target.path.sub)
        values[i] = {};
      else if (values[i].as_object())
        ROLLCALL_CHECK(set_part(attribute, *values[i].as_object(), *target.path.sub, {}, target.text));
    }
    std::erase_if(values, is_empty);
    return {};
  }

  const ResourceType& type_;
  const Value& stored_;
  const Limits& limits_;
  const PatchOptions& options_;
  Value out_;
};

}  // namespace

Answer<Patched> apply(const Patch& patch, const ResourceType& type, const Value& stored, const Limits& limits, const PatchOptions& options) {
  Application application(type, stored, limits, options);
  for (const PatchOperation& op : patch.operations) {
    auto done = application.operation(op);
    if (done) continue;
    Failure failure = std::move(done).error();
    failure.detail = "Operations[" + std::to_string(op.index) + "]: " + failure.detail;
    return tl::unexpected<Failure>(std::move(failure));
  }
  Patched out{application.take(), false};
  ROLLCALL_CHECK(check_required(type, out.resource));
  derive_schemas(type, out.resource);
  out.changed = out.resource != stored;
  return out;
}

}  // namespace rollcall::scim
