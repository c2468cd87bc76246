#include "core/order.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "crypto/hash.hpp"

namespace rollcall::core {
namespace {

void frame(std::string& out, std::string_view part) {
  out += std::to_string(part.size());
  out += ':';
  out += part;
}

std::string action_id(const std::string& provider, const Action& a) {
  std::string text;
  frame(text, provider);
  frame(text, to_string(a.kind));
  frame(text, a.user);
  frame(text, a.account ? std::string_view(*a.account) : std::string_view());
  for (const auto& c : a.changes)
    for (const auto& part : {c.field, c.from ? "=" + *c.from : "", c.to ? "=" + *c.to : ""}) frame(text, part);
  return "a" + crypto::sha256_hex(text).substr(0, 16);
}

// What has to have succeeded before an action of this kind, of the same person.
bool needs(const Action& later, const Action& earlier) {
  using enum ActionKind;
  switch (later.kind) {
    case reactivate: return earlier.kind == revoke;            // a returner waits for a held revoke, a mover does not
    case update: return earlier.kind == adopt || earlier.kind == reactivate;
    case assign: return earlier.kind == create || earlier.kind == adopt || earlier.kind == reactivate;
    case invite:
      return earlier.kind == create || earlier.kind == reactivate || earlier.kind == assign || earlier.kind == cancel;
    case remove: return earlier.kind == cancel || earlier.kind == suspend;
    case unlink: return true;                                  // what is no longer ours is not touched
    default: return false;
  }
}

}  // namespace

std::string role_of(const Action& a) {
  if (a.kind != ActionKind::assign && a.kind != ActionKind::revoke) return {};
  for (const auto& c : a.changes)
    if (c.field == "role") return c.to ? *c.to : c.from.value_or("");
  return {};
}

std::string hold_id(const std::string& provider, std::string_view kind, const std::string& person, const std::string& role) {
  std::string text;
  for (std::string_view part : {std::string_view(provider), kind, std::string_view(person), std::string_view(role)})
    frame(text, part);
  return "h" + crypto::sha256_hex(text).substr(0, 12);
}

std::string hold_id(const std::string& provider, const Action& a) {
  // Undoing is a matter of its own: what is decided about it says nothing of what the sources want, nor the other way round.
  const std::string kind = (a.undoes.empty() ? "" : "undo " + a.undoes + " ") + std::string(to_string(a.kind));
  return hold_id(provider, kind, a.user, role_of(a));
}

std::string approval_of(const Action& a) {
  std::string text;
  frame(text, to_string(a.kind));
  frame(text, a.stated ? "stated" : "absent");
  for (const auto& c : a.changes)
    for (const auto& part : {c.field, c.to ? "=" + *c.to : ""}) frame(text, part);
  return crypto::sha256_hex(text).substr(0, 16);
}

void put_in_order(const std::string& provider, std::vector<Action>& actions) {
  for (auto& a : actions) a.id = action_id(provider, a);
  std::sort(actions.begin(), actions.end(), [](const Action& a, const Action& b) {
    const bool first = a.kind == ActionKind::cancel, second = b.kind == ActionKind::cancel;   // before anything else (contract 4.7)
    return std::tie(a.phase, a.user, second, a.kind, a.changes, a.id) < std::tie(b.phase, b.user, first, b.kind, b.changes, b.id);
  });
  std::map<std::string, std::vector<const Action*>> people;
  for (const auto& a : actions) people[a.user].push_back(&a);
  for (auto& a : actions) {
    a.after.clear();
    for (const auto* other : people[a.user])
      if (other != &a && needs(a, *other)) a.after.push_back(other->id);
  }
}

}  // namespace rollcall::core
