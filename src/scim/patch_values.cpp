#include "scim/patch_values.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "scim/normalise.hpp"
#include "scim/scalar.hpp"

namespace rollcall::scim {
namespace {

bool is_primary(const Value& value) {
  const Value* const flag = value.find("primary");
  return flag && *flag == Value(true);
}

bool whole_in(const Attribute& attribute, const Object& wanted, const Value& held) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const json::Member& m) {
    const Attribute* const sub = attribute.find(m.first);
    const Value* const there = held.find(m.first);
    return sub && there && compare(scalar(*sub, m.second), scalar(*sub, *there)) == 0;
  });
}

// Collects the `eq` terms of a filter; false when something else is in it.
bool equalities(const language::Filter& filter, Object& out) {
  if (filter.kind == language::FilterKind::all)
    return std::all_of(filter.children.begin(), filter.children.end(), [&](const language::Filter& f) { return equalities(f, out); });
  if (filter.kind != language::FilterKind::compare || filter.op != language::CompareOp::eq || !filter.path.sub.empty()) return false;
  Value value;
  if (const auto* text = std::get_if<std::string>(&filter.value)) value = *text;
  if (const auto* truth = std::get_if<bool>(&filter.value)) value = *truth;
  if (const auto* whole = std::get_if<std::int64_t>(&filter.value)) value = *whole;
  if (const auto* real = std::get_if<double>(&filter.value)) value = *real;
  if (value.is_null() || member_of(out, filter.path.name)) return false;
  out.emplace_back(filter.path.name, std::move(value));
  return true;
}

}  // namespace

Answer<void> merge(const Attribute& attribute, Object& target, Object fresh, const std::string& name) {
  const bool reference = attribute.is_reference();
  for (json::Member& member : fresh) {
    const Attribute& sub = *attribute.find(member.first);
    const Value* const there = member_of(target, sub.name);
    if (there && *there != member.second) {
      if (sub.mutability == Mutability::immutable)
        return refuse(ErrorType::mutability, name + "." + sub.name + " is immutable: remove the value and add another");
      // The old URI points to the old resource.
      if (reference && sub.name == "value") drop(target, "$ref");
    }
    put(target, attribute, sub, std::move(member.second));
  }
  return {};
}

Answer<void> append(const Attribute& attribute, Array& values, Array fresh, const std::string& name) {
  std::unordered_map<std::string, std::size_t> at;
  at.reserve(values.size() + fresh.size());
  for (std::size_t i = 0; i < values.size(); ++i) at.try_emplace(element_key(attribute, values[i]), i);
  std::vector<std::size_t> touched;
  for (Value& each : fresh) {
    const auto [it, is_new] = at.try_emplace(element_key(attribute, each), values.size());
    touched.push_back(it->second);
    if (is_new) {
      values.push_back(std::move(each));
    } else if (each.as_object() && values[it->second].as_object() && !attribute.is_reference()) {
      ROLLCALL_CHECK(merge(attribute, *values[it->second].as_object(), std::move(*each.as_object()), name));
    }
  }
  return settle_primary(attribute, values, touched, name);
}

Answer<void> remove_listed(const Attribute& attribute, Array& values, const Value& listed, const std::string& name, const Limits& limits) {
  ROLLCALL_TRY(const Value wanted, normalise(attribute, listed, Place{nullptr, name}, Manner::tolerant, limits));
  if (wanted.is_null()) {
    // A list without anything in it names no value; it never means all.
    if (has_value(&listed)) return refuse(ErrorType::invalid_value, name + ": the values to remove have no attribute that is known");
    return {};
  }
  const bool reference = attribute.is_reference();
  std::unordered_set<std::string> keys;
  std::vector<const Object*> patterns;  // what is compared part by part
  for (const Value& each : *wanted.as_array())
    if (each.as_object() && !reference)
      patterns.push_back(each.as_object());
    else
      keys.insert(element_key(attribute, each));
  std::erase_if(values, [&](const Value& held) {
    return (!keys.empty() && keys.count(element_key(attribute, held)) > 0) ||
           std::any_of(patterns.begin(), patterns.end(), [&](const Object* p) { return whole_in(attribute, *p, held); });
  });
  return {};
}

Answer<Value> described(const Attribute& attribute, const language::Filter& filter, const std::string& name, const Limits& limits) {
  Object terms;
  if (!equalities(filter, terms))
    return refuse(ErrorType::no_target, name + ": no value matches, and the filter does not say what one would be");
  return normalise_one(attribute, terms, Place{nullptr, name}, Manner::tolerant, limits);
}

Answer<void> settle_primary(const Attribute& attribute, Array& values, const std::vector<std::size_t>& touched, const std::string& name) {
  const Attribute* const flag = attribute.find("primary");
  if (!flag) return {};
  std::size_t chosen = values.size();
  for (std::size_t i : touched) {
    if (!is_primary(values[i]) || i == chosen) continue;
    if (chosen != values.size()) return refuse(ErrorType::invalid_value, name + " would have more than one value with primary true");
    chosen = i;
  }
  if (chosen == values.size()) return {};
  for (std::size_t i = 0; i < values.size(); ++i)
    if (i != chosen && is_primary(values[i])) put(*values[i].as_object(), attribute, *flag, false);
  return {};
}

}  // namespace rollcall::scim
