#include "report/plan_json.hpp"

#include <algorithm>

#include "crypto/hash.hpp"
#include "report/duration.hpp"
#include "report/plan_members.hpp"

namespace rollcall::report {
namespace {

using json::Array;
using json::Object;
using json::Value;

Value or_null(const std::optional<std::string>& text) { return text ? Value(*text) : Value(); }

template <class Items, class Each>
Value list(const Items& items, Each each) {
  Array array;
  array.reserve(items.size());
  for (const auto& item : items) array.push_back(each(item));
  return Value(std::move(array));
}

Value texts(const std::vector<std::string>& items) {
  return list(items, [](const std::string& text) { return Value(text); });
}

Value change(const Change& c) { return Object{{"field", c.field}, {"from", or_null(c.from)}, {"to", or_null(c.to)}}; }

Value held(const std::optional<HeldBy>& h) {
  if (!h) return Value();
  return Object{{"id", h->id}, {"reason", h->reason}};
}

Value action(const Action& a) {
  return Object{{"id", a.id},
                {"kind", to_string(a.kind)},
                {"phase", static_cast<int>(a.phase)},
                {"user", a.user},
                {"name", a.name},
                {"account", or_null(a.account)},
                {"after", texts(a.after)},
                {"changes", list(a.changes, change)},
                {"reason", a.reason},
                {"precondition", a.precondition},
                {"held", held(a.held)}};
}

// What a waiver covers is counted, not listed (contract 4.5).
Value actions(const std::vector<Action>& all) {
  Array array;
  array.reserve(all.size());
  for (const Action& a : all)
    if (!a.waived) array.push_back(action(a));
  return array;
}

Value conflict(const Conflict& c) {
  return Object{
      {"kind", c.kind},     {"user", c.user},    {"records", texts(c.records)}, {"accounts", texts(c.accounts)},
      {"detail", c.detail}, {"settle", c.settle}};
}

Value stranger(const UnmanagedAccount& u) {
  return Object{{"account", u.account}, {"name", u.name}, {"user", or_null(u.user)}, {"reason", u.reason}};
}

Value summary(const std::map<std::string, std::int64_t>& counts) {
  Object members;
  for (const std::string_view key : summary_keys) {
    const auto it = counts.find(std::string(key));
    members.emplace_back(key, it == counts.end() ? std::int64_t{0} : it->second);
  }
  for (const auto& [key, count] : counts)
    if (std::find(summary_keys.begin(), summary_keys.end(), key) == summary_keys.end())
      members.emplace_back(key, count);
  return members;
}

Value provider(const ProviderPlan& p) {
  return Object{
      {"name", p.name},
      {"type", p.type},
      {"complete", p.complete},
      {"detail", p.detail},
      {"policy", Object{{"on-leave", p.on_leave}, {"delete-after", or_null(p.delete_after)}, {"adopt", p.adopt}}},
      {"summary", summary(p.summary)},
      {"cost", Object{{"calls", p.calls}, {"seconds", p.seconds}}},
      {"actions", actions(p.actions)},
      {"conflicts", list(p.conflicts, conflict)},
      {"unmanaged", list(p.unmanaged, stranger)},
      {"protected", list(p.protected_accounts, stranger)}};
}

Value source(const SourcePlan& s) {
  return Object{
      {"name", s.name}, {"complete", s.complete}, {"people", s.people}, {"groups", s.groups}, {"detail", s.detail}};
}

Value warning(const Warning& w) { return Object{{"source", w.source}, {"record", w.record}, {"detail", w.detail}}; }

// Sorts the members of every object; all names are ASCII, so the order is RFC 8785's.
void sort_members(Value& value) {
  if (Object* object = value.as_object()) {
    std::sort(object->begin(), object->end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [name, member] : *object) sort_members(member);
  } else if (Array* array = value.as_array()) {
    for (Value& item : *array) sort_members(item);
  }
}

std::string id_of(Value value) {
  std::erase_if(*value.as_object(), [](const auto& m) { return m.first == "id" || m.first == "created"; });
  sort_members(value);
  return crypto::content_id(json::write(value));
}

}  // namespace

Value to_json(const Plan& plan) {
  Object members{{"format", plan_format},
                 {"id", plan.id},
                 {"created", rfc3339(plan.created)},
                 {"complete", plan.complete},
                 {"configuration", plan.configuration},
                 {"state", plan.state}};
  if (!plan.undo.empty()) members.emplace_back("undo", plan.undo);
  members.emplace_back("providers", list(plan.providers, provider));
  members.emplace_back("sources", list(plan.sources, source));
  members.emplace_back("warnings", list(plan.warnings, warning));
  return members;
}

std::string canonical_id(const Plan& plan) { return id_of(to_json(plan)); }

std::string write_plan(const Plan& plan) {
  Value value = to_json(plan);
  value.set("id", id_of(value));
  std::string file = json::write_pretty(value);
  file.resize(file.size() - std::string_view("\n}").size());
  file += ",\n  ";
  const std::string digest = crypto::content_id(file);
  return file += "\"digest\": \"" + digest + "\"\n}\n";
}

}  // namespace rollcall::report
