#include "core/guard.hpp"

#include <algorithm>
#include <cmath>

#include "core/order.hpp"

namespace rollcall::core {
namespace {

struct Count {
  std::vector<Action*> fresh;    // neither held already, nor approved, nor waived
};

bool counts_in_scope(ActionKind kind) {
  return kind == ActionKind::create || kind == ActionKind::adopt || kind == ActionKind::invite;
}

// Only leavers are stated or absent; every other kind is one pot.
bool splits(ActionKind kind) {
  return kind == ActionKind::suspend || kind == ActionKind::revoke || kind == ActionKind::remove;
}

std::string limit_name(const Action& a) { return a.recreate ? "recreate" : std::string(to_string(a.kind)); }

void hold(const std::string& provider, Action& a, std::string reason) {
  if (!a.held) a.held = HeldBy{hold_id(provider, a), std::move(reason)};
}

std::string many(std::int64_t n, const std::string& kind) {
  return std::to_string(n) + " " + kind + (n == 1 ? "" : "s");
}

// Waivers and standing holds first: they are not counted against the limit again.
void remember(const std::string& provider, std::vector<Action>& actions, const GuardInput& in, std::set<const Action*>& settled) {
  for (auto& a : actions) {
    if (a.by_hand) {                     // the emergency brake is stronger than these
      settled.insert(&a);
      continue;
    }
    auto it = in.holds.find(hold_id(provider, a));
    if (it == in.holds.end()) continue;
    if (it->second.state == "waived" && it->second.precondition == a.precondition && in.now < it->second.until) {
      a.waived = true;
      settled.insert(&a);
    } else if (it->second.state == "approved" && it->second.approval == approval_of(a)) {
      settled.insert(&a);
    } else if (it->second.state == "held") {  // whatever else changed: it waits for a decision, and is not counted anew
      hold(provider, a, it->second.reason);
      settled.insert(&a);
    }
  }
}

void hold_unknown_roles(const std::string& provider, std::vector<Action>& actions, const GuardInput& in,
                        std::set<const Action*>& settled) {
  for (auto& a : actions)
    if (a.kind == ActionKind::assign && in.roles_unknown.contains(a.user) && !settled.contains(&a)) {
      hold(provider, a, "roles unknown: this provider cannot show which roles the account has, and `replace` would take them away");
      settled.insert(&a);
    }
}

void hold_by_kind(const std::string& provider, std::vector<Action>& actions, const GuardInput& in,
                  const std::set<const Action*>& settled) {
  std::map<std::pair<std::string, bool>, std::vector<Action*>> pots;
  for (auto& a : actions)
    if (!settled.contains(&a) && a.kind != ActionKind::cancel && !a.passed) pots[{limit_name(a), !splits(a.kind) || a.stated}].push_back(&a);
  for (auto& [pot, members] : pots) {
    auto limit = in.limits.find(pot.first);
    if (limit == in.limits.end()) continue;
    const std::int64_t base = counts_in_scope(members.front()->kind) && !members.front()->recreate ? in.in_scope : in.managed;
    const auto most = allowed(limit->second, base);
    auto done = in.carried_out.find(pot);
    const std::int64_t before = done == in.carried_out.end() ? 0 : done->second;
    const std::int64_t now = static_cast<std::int64_t>(members.size());
    if (!most || now + before <= *most) continue;
    const std::string reason = many(now, pot.first) + (splits(members.front()->kind) ? (pot.second ? " (stated)" : " (absent)") : "") +
                               (before ? " and " + std::to_string(before) + " in the last 24 hours" : "") +
                               " exceed the limit of " + std::to_string(*most) + " (\"" + limit->second.text + "\"" +
                               (limit->second.share ? " of " + std::to_string(base) : "") + ")";
    for (auto* a : members) hold(provider, *a, reason);
  }
}

void hold_by_role(const std::string& provider, std::vector<Action>& actions, const GuardInput& in,
                  const std::set<const Action*>& settled) {
  std::map<std::string, std::vector<Action*>> roles;
  for (auto& a : actions)
    if (a.kind == ActionKind::revoke && !settled.contains(&a)) roles[role_of(a)].push_back(&a);
  for (auto& [role, losers] : roles) {
    const auto n = static_cast<std::int64_t>(losers.size());
    if (n <= 5 || !in.holders) continue;
    const std::int64_t holders = in.holders(role);
    if (n * 2 <= holders) continue;
    for (auto* a : losers)
      hold(provider, *a, std::to_string(n) + " of the " + std::to_string(holders) + " holders of role \"" + role + "\" would lose it");
  }
}

// One pass in phase order is enough: `after` never points forward.
void hold_dependants(std::vector<Action>& actions) {
  std::map<std::string, const Action*> by_id;
  for (auto& a : actions) {
    by_id[a.id] = &a;
    for (const auto& id : a.after) {
      auto it = by_id.find(id);
      if (it == by_id.end()) continue;
      if (it->second->waived) a.waived = true;
      if (it->second->held && !a.held)
        a.held = HeldBy{it->second->held->id, "waits for the held " + std::string(to_string(it->second->kind))};
    }
  }
}

}  // namespace

std::optional<std::int64_t> allowed(const Limit& limit, std::int64_t base) {
  std::optional<std::int64_t> out = limit.count;
  if (limit.share) {
    const auto share = std::max<std::int64_t>(5, static_cast<std::int64_t>(std::floor(*limit.share * static_cast<double>(base) + 1e-9)));
    out = out ? std::min(*out, share) : share;
  }
  return out;
}

void apply_brakes(const std::string& provider, std::vector<Action>& actions, const GuardInput& in) {
  std::set<const Action*> settled;
  remember(provider, actions, in, settled);
  hold_unknown_roles(provider, actions, in, settled);
  hold_by_kind(provider, actions, in, settled);
  hold_by_role(provider, actions, in, settled);
  hold_dependants(actions);
}

}  // namespace rollcall::core
