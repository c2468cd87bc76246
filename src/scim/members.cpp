#include "scim/members.hpp"

#include <algorithm>

#include "scim/filter.hpp"
#include "scim/normalise.hpp"
#include "scim/scalar.hpp"

namespace rollcall::scim {
namespace {

const Attribute& members() {
  static const Attribute& attribute = *group_type().root.find("members");
  return attribute;
}

void add(MemberChange& change, Array fresh) {
  for (Value& each : fresh) {
    std::string id = each.text("value");
    change.removed.erase(id);
    change.added.try_emplace(std::move(id), std::move(each));
  }
}

void remove(MemberChange& change, const std::string& id) {
  change.added.erase(id);
  if (!change.replaced) change.removed.insert(id);
}

void replace_all(MemberChange& change) {
  change = {};
  change.replaced = true;
}

// The ids that a filter names when it is made of `value eq` terms joined by `or`.
bool named_ids(const language::Filter& filter, std::vector<std::string>& out) {
  if (filter.kind == language::FilterKind::any) {
    for (const language::Filter& child : filter.children)
      if (!named_ids(child, out)) return false;
    return true;
  }
  const auto* id = std::get_if<std::string>(&filter.value);
  if (filter.kind != language::FilterKind::compare || filter.op != language::CompareOp::eq || !id || !same_name(filter.path.text(), "value")) return false;
  out.push_back(*id);
  return true;
}

class Split {
 public:
  explicit Split(const Limits& limits) : limits_(limits) {}

  // False: this operation needs the members themselves.
  Answer<bool> operation(const PatchOperation& op) {
    if (!op.path) return whole(op);
    const auto path = resolve(group_type(), op.path->path);
    if (path && path->whole() && op.verb != PatchVerb::remove) return whole(op);
    if (!path || path->attribute != &members()) return out_.rest.operations.push_back(op), true;
    if (path->sub || !op.path->sub.empty()) return false;
    if (op.path->filter) return by_filter(op);
    ROLLCALL_CHECK(at_members(op.verb, op.value ? *op.value : Value(), op.path->text));
    return true;
  }
  SplitPatch take() { return std::move(out_); }

 private:
  Answer<bool> by_filter(const PatchOperation& op) {
    std::vector<std::string> ids;
    if (op.verb != PatchVerb::remove || !named_ids(*op.path->filter, ids)) return false;
    for (const std::string& id : ids) remove(out_.members, id);
    return true;
  }

  // Without a path: the names of members are taken out of the object, the rest of it stays an operation.
  Answer<bool> whole(const PatchOperation& op) {
    const Object* const object = op.value ? op.value->as_object() : nullptr;
    if (!object) return out_.rest.operations.push_back(op), true;
    Object rest;
    for (const json::Member& member : *object) {
      const auto path = parse_value_path(member.first, limits_.filter);
      const auto resolved = path ? resolve(group_type(), path->path) : std::nullopt;
      if (!resolved || resolved->attribute != &members()) {
        rest.push_back(member);
        continue;
      }
      if (resolved->sub || path->filter) return false;
      ROLLCALL_CHECK(at_members(op.verb, member.second, member.first));
    }
    if (rest.size() == object->size()) return out_.rest.operations.push_back(op), true;
    if (!rest.empty() && known(rest)) out_.rest.operations.push_back({op.verb, std::nullopt, Value(std::move(rest)), op.index});
    return true;
  }

  // With `members` beside them, unknown names are left aside; alone they would be refused.
  static bool known(const Object& rest) {
    return std::any_of(rest.begin(), rest.end(), [](const json::Member& m) {
      const auto path = parse_value_path(m.first, {});
      return path && resolve(group_type(), path->path);
    });
  }

  Answer<void> at_members(PatchVerb verb, const Value& value, const std::string& text) {
    ROLLCALL_TRY(Value fresh, normalise(members(), value, Place{nullptr, text}, Manner::tolerant, limits_));
    if (verb == PatchVerb::replace || (verb == PatchVerb::remove && value.is_null())) replace_all(out_.members);
    if (fresh.is_null()) {
      if (verb == PatchVerb::remove && has_value(&value))
        return refuse(ErrorType::invalid_value, text + ": the values to remove have no attribute that is known");
      return {};
    }
    if (verb != PatchVerb::remove) return add(out_.members, std::move(*fresh.as_array())), Answer<void>();
    for (const Value& each : *fresh.as_array()) remove(out_.members, each.text("value"));
    return {};
  }

  const Limits& limits_;
  SplitPatch out_;
};

}  // namespace

Answer<std::optional<SplitPatch>> split_members(const Patch& patch, const Limits& limits) {
  Split split(limits);
  for (const PatchOperation& op : patch.operations) {
    auto done = split.operation(op);
    if (!done) {
      Failure failure = std::move(done).error();
      failure.detail = "Operations[" + std::to_string(op.index) + "]: " + failure.detail;
      return tl::unexpected<Failure>(std::move(failure));
    }
    if (!*done) return std::optional<SplitPatch>();
  }
  return std::optional(split.take());
}

MemberChange take_members(Value& group) {
  MemberChange out;
  out.replaced = true;
  Value taken = take(group, "members");
  if (taken.as_array()) add(out, std::move(*taken.as_array()));
  return out;
}

}  // namespace rollcall::scim
