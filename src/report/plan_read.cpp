#include <algorithm>

#include "crypto/hash.hpp"
#include "report/duration.hpp"
#include "report/plan_json.hpp"
#include "report/plan_members.hpp"

namespace rollcall::report {
namespace {

using json::Value;

tl::unexpected<Error> no_plan(std::string why) {
  return fail(ErrorKind::corrupt, "this is not a plan of rollcall: " + std::move(why));
}

tl::unexpected<Error> refused(std::string why) {
  return fail(ErrorKind::refused, std::move(why) + "; make a new one with `rollcall plan -o FILE`");
}

tl::unexpected<Error> wrong(std::string_view path, std::string_view name, std::string_view wanted) {
  std::string text(path);
  if (!text.empty() && !name.empty()) text += '.';
  return fail(ErrorKind::corrupt, text.append(name).append(": expected ").append(wanted));
}

Result<std::optional<std::string>> text_or_null(const Value& object, std::string_view name, std::string_view path) {
  const Value* found = object.find(name);
  if (found && found->is_null()) return std::nullopt;
  ROLLCALL_TRY(std::string text, json::require_text(object, name, path));
  return text;
}

// Reads every item of the array `name` of `object` with `each(item, path)`.
template <class T, class Each>
Result<std::vector<T>> list(const Value& object, std::string_view name, const std::string& path, Each each) {
  ROLLCALL_TRY(const json::Array* array, json::require_array(object, name, path));
  std::vector<T> items;
  items.reserve(array->size());
  for (const Value& value : *array) {
    const std::string at =
        path + (path.empty() ? "" : ".") + std::string(name) + '[' + std::to_string(items.size()) + ']';
    ROLLCALL_TRY(T item, each(value, at));
    items.push_back(std::move(item));
  }
  return items;
}

Result<std::vector<std::string>> texts(const Value& object, std::string_view name, const std::string& path) {
  return list<std::string>(object, name, path, [](const Value& v, const std::string& at) -> Result<std::string> {
    if (const std::string* text = v.as_string()) return *text;
    return wrong(at, "", "a string");
  });
}

Result<Change> change(const Value& v, const std::string& path) {
  Change c;
  ROLLCALL_TRY(c.field, json::require_text(v, "field", path));
  ROLLCALL_TRY(c.from, text_or_null(v, "from", path));
  ROLLCALL_TRY(c.to, text_or_null(v, "to", path));
  return c;
}

Result<std::optional<HeldBy>> held(const Value& v, const std::string& path) {
  const Value* found = v.find("held");
  if (found && found->is_null()) return std::nullopt;
  if (!found || !found->as_object()) return wrong(path, "held", "null or an object");
  HeldBy h;
  ROLLCALL_TRY(h.id, json::require_text(*found, "id", path + ".held"));
  ROLLCALL_TRY(h.reason, json::require_text(*found, "reason", path + ".held"));
  return h;
}

Result<ActionKind> kind_of(const Value& v, const std::string& path) {
  ROLLCALL_TRY(const std::string kind, json::require_text(v, "kind", path));
  for (const ActionKind known : all_action_kinds)
    if (kind == to_string(known)) return known;
  return wrong(path, "kind", "create, update, assign, revoke, invite, cancel, suspend, reactivate, delete, adopt or unlink");
}

Result<Phase> phase_of(const Value& v, const std::string& path) {
  ROLLCALL_TRY(const std::int64_t phase, json::require_int(v, "phase", path));
  if (phase < static_cast<int>(Phase::contain) || phase > static_cast<int>(Phase::retire))
    return wrong(path, "phase", "0 to 5");
  return static_cast<Phase>(phase);
}

Result<Action> action(const Value& v, const std::string& path) {
  Action a;
  ROLLCALL_TRY(a.id, json::require_text(v, "id", path));
  ROLLCALL_TRY(a.kind, kind_of(v, path));
  ROLLCALL_TRY(a.phase, phase_of(v, path));
  ROLLCALL_TRY(a.user, json::require_text(v, "user", path));
  ROLLCALL_TRY(a.name, json::require_text(v, "name", path));
  ROLLCALL_TRY(a.account, text_or_null(v, "account", path));
  ROLLCALL_TRY(a.after, texts(v, "after", path));
  ROLLCALL_TRY(a.changes, list<Change>(v, "changes", path, change));
  ROLLCALL_TRY(a.reason, json::require_text(v, "reason", path));
  ROLLCALL_TRY(a.precondition, json::require_text(v, "precondition", path));
  ROLLCALL_TRY(a.held, held(v, path));
  return a;
}

Result<Conflict> conflict(const Value& v, const std::string& path) {
  Conflict c;
  ROLLCALL_TRY(c.kind, json::require_text(v, "kind", path));
  ROLLCALL_TRY(c.user, json::require_text(v, "user", path));
  ROLLCALL_TRY(c.records, texts(v, "records", path));
  ROLLCALL_TRY(c.accounts, texts(v, "accounts", path));
  ROLLCALL_TRY(c.detail, json::require_text(v, "detail", path));
  ROLLCALL_TRY(c.settle, json::require_text(v, "settle", path));
  return c;
}

Result<UnmanagedAccount> stranger(const Value& v, const std::string& path) {
  UnmanagedAccount u;
  ROLLCALL_TRY(u.account, json::require_text(v, "account", path));
  ROLLCALL_TRY(u.name, json::require_text(v, "name", path));
  ROLLCALL_TRY(u.user, text_or_null(v, "user", path));
  ROLLCALL_TRY(u.reason, json::require_text(v, "reason", path));
  return u;
}

Result<const Value*> object_of(const Value& v, std::string_view name, const std::string& path) {
  const Value* found = v.find(name);
  if (found && found->as_object()) return found;
  return wrong(path, name, "an object");
}

Result<void> numbers(const Value& v, const std::string& path, ProviderPlan& p) {
  ROLLCALL_TRY(const Value* summary, object_of(v, "summary", path));
  for (const auto& [key, unused] : *summary->as_object()) {
    ROLLCALL_TRY(p.summary[key], json::require_int(*summary, key, path + ".summary"));
  }
  ROLLCALL_TRY(const Value* cost, object_of(v, "cost", path));
  ROLLCALL_TRY(p.calls, json::require_int(*cost, "calls", path + ".cost"));
  ROLLCALL_TRY(p.seconds, json::require_int(*cost, "seconds", path + ".cost"));
  return {};
}

Result<ProviderPlan> provider(const Value& v, const std::string& path) {
  ProviderPlan p;
  ROLLCALL_TRY(p.name, json::require_text(v, "name", path));
  ROLLCALL_TRY(p.type, json::require_text(v, "type", path));
  ROLLCALL_TRY(p.complete, json::require_bool(v, "complete", path));
  ROLLCALL_TRY(p.detail, json::require_text(v, "detail", path));
  ROLLCALL_TRY(const Value* policy, object_of(v, "policy", path));
  ROLLCALL_TRY(p.on_leave, json::require_text(*policy, "on-leave", path + ".policy"));
  ROLLCALL_TRY(p.delete_after, text_or_null(*policy, "delete-after", path + ".policy"));
  ROLLCALL_TRY(p.adopt, json::require_bool(*policy, "adopt", path + ".policy"));
  ROLLCALL_CHECK(numbers(v, path, p));
  ROLLCALL_TRY(p.actions, list<Action>(v, "actions", path, action));
  ROLLCALL_TRY(p.conflicts, list<Conflict>(v, "conflicts", path, conflict));
  ROLLCALL_TRY(p.unmanaged, list<UnmanagedAccount>(v, "unmanaged", path, stranger));
  ROLLCALL_TRY(p.protected_accounts, list<UnmanagedAccount>(v, "protected", path, stranger));
  return p;
}

Result<SourcePlan> source(const Value& v, const std::string& path) {
  SourcePlan s;
  ROLLCALL_TRY(s.name, json::require_text(v, "name", path));
  ROLLCALL_TRY(s.complete, json::require_bool(v, "complete", path));
  ROLLCALL_TRY(s.people, json::require_int(v, "people", path));
  ROLLCALL_TRY(s.groups, json::require_int(v, "groups", path));
  ROLLCALL_TRY(s.detail, json::require_text(v, "detail", path));
  return s;
}

Result<Warning> warning(const Value& v, const std::string& path) {
  Warning w;
  ROLLCALL_TRY(w.source, json::require_text(v, "source", path));
  ROLLCALL_TRY(w.record, json::require_text(v, "record", path));
  ROLLCALL_TRY(w.detail, json::require_text(v, "detail", path));
  return w;
}

Result<Plan> members(const Value& v) {
  Plan plan;
  ROLLCALL_TRY(plan.id, json::require_text(v, "id", ""));
  ROLLCALL_TRY(const std::string created, json::require_text(v, "created", ""));
  const auto instant = parse_rfc3339(created);
  if (!instant) return wrong("", "created", "a time as 2026-11-21T10:00:00Z");
  plan.created = *instant;
  ROLLCALL_TRY(plan.complete, json::require_bool(v, "complete", ""));
  ROLLCALL_TRY(plan.configuration, json::require_text(v, "configuration", ""));
  ROLLCALL_TRY(plan.state, json::require_text(v, "state", ""));
  if (v.find("undo")) {
    ROLLCALL_TRY(plan.undo, json::require_text(v, "undo", ""));
  }
  ROLLCALL_TRY(plan.providers, list<ProviderPlan>(v, "providers", "", provider));
  ROLLCALL_TRY(plan.sources, list<SourcePlan>(v, "sources", "", source));
  ROLLCALL_TRY(plan.warnings, list<Warning>(v, "warnings", "", warning));
  return plan;
}

bool digest_holds(std::string_view file) {
  const std::size_t at = file.rfind("\"digest\": \"");
  if (at == file.npos) return false;
  return file.substr(at) == "\"digest\": \"" + crypto::content_id(file.substr(0, at)) + "\"\n}\n";
}

}  // namespace

Result<Plan> read_plan(std::string_view file) {
  const bool whole = digest_holds(file);
  if (!whole && file.starts_with("{\n  \"format\": \"" + std::string(plan_format) + "\",\n"))
    return refused("the plan was changed or cut short after it was saved (its digest does not match)");
  const auto value = json::parse(file);
  if (!value) return no_plan("it cannot be read as JSON (" + value.error().message + ")");
  if (!value->as_object() || !value->find("format")) return no_plan("it has no member `format`");
  if (const std::string format = value->text("format"); format != plan_format)
    return no_plan("its format is `" + format + "`, this version reads `" + std::string(plan_format) + "`");
  if (!whole) return refused("the plan was changed after it was saved (its digest does not match)");
  auto plan = members(*value);
  if (!plan) return no_plan(plan.error().message);
  // Whoever changes a plan can also write a new digest, and another version may say more than this one understands:
  // what is carried out is what the file says, no more and no less.
  if (write_plan(*plan) != file) return refused("the plan was not written by this version of rollcall");
  return plan;
}

}  // namespace rollcall::report
