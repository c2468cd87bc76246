// The plan: plain data, what would be done and why (contract section 5). Made by core and sync, rendered and read by report,
// carried out by sync/executor. Values; no thread rule.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/source.hpp"

namespace rollcall {

// unlink gives an adopted account back to itself: only an undo plans it.
enum class ActionKind { create, update, assign, revoke, invite, cancel, suspend, reactivate, remove, adopt, unlink };
inline constexpr ActionKind all_action_kinds[] = {ActionKind::create, ActionKind::update,     ActionKind::assign,
                                                  ActionKind::revoke, ActionKind::invite,     ActionKind::cancel,
                                                  ActionKind::suspend, ActionKind::reactivate, ActionKind::remove,
                                                  ActionKind::adopt,  ActionKind::unlink};
constexpr std::string_view to_string(ActionKind k) {
  constexpr std::string_view names[] = {"create", "update",  "assign",     "revoke", "invite",
                                        "cancel", "suspend", "reactivate", "delete", "adopt",  "unlink"};
  return names[static_cast<int>(k)];
}

// The order in which one person's actions run (design.md section 2).
enum class Phase { contain = 0, admit = 1, align = 2, grant = 3, invite = 4, retire = 5 };

struct Change {
  std::string field;                 // provider field, "role", "status", or "external id"
  std::optional<std::string> from, to;  // null: none. A secret is "***"
  auto operator<=>(const Change&) const = default;
};

struct HeldBy {
  std::string id;                    // "h" and a hash of provider, kind, person, role
  std::string reason;                // which brake, with numbers
  bool operator==(const HeldBy&) const = default;
};

struct Action {
  std::string id;                    // "a" and a hash of the content
  ActionKind kind = ActionKind::update;
  Phase phase = Phase::align;
  std::string user, name;            // the person's key and name
  std::optional<std::string> account;
  std::vector<std::string> after;    // ids of this plan
  std::vector<Change> changes;
  std::string reason;
  std::string precondition;          // hash of desired state, account and link that the action was decided on
  std::optional<HeldBy> held;
  // Not in the plan's JSON; what the guard and the executor need.
  bool stated = true;                // suspend, revoke, delete: stated leaver, or absent
  bool recreate = false;             // create with the reason `removed at the provider`
  std::string undoes;                // the run that this takes back; "" in every plan but that of `undo`
  bool by_hand = false;              // a person ordered it (`rollcall suspend`): past every brake
  bool waived = false;               // a waiver covers it: counted, not shown, not done
  bool passed = false;               // the brakes let it pass: it did so in an earlier run and waited for its turn, or a person asked for it
  bool operator==(const Action&) const = default;
};

struct Conflict {
  std::string kind;                  // contract 4.6
  std::string user;                  // key
  std::vector<std::string> records;  // "source: locator"
  std::vector<std::string> accounts;
  std::string detail, settle;        // settle: the command that settles it, or ""
  auto operator<=>(const Conflict&) const = default;
};

struct UnmanagedAccount {
  std::string account, name;
  std::optional<std::string> user;   // who it would be
  std::string reason;
  auto operator<=>(const UnmanagedAccount&) const = default;
};

struct ProviderPlan {
  std::string name, type;
  bool complete = true;
  std::string detail;
  std::string on_leave;
  std::optional<std::string> delete_after;  // as a duration text
  bool adopt = false;
  std::map<std::string, std::int64_t> summary;  // every key of contract section 5
  std::int64_t calls = 0, seconds = 0;
  std::vector<Action> actions;       // in order of phase, person, kind
  std::vector<Conflict> conflicts;
  std::vector<UnmanagedAccount> unmanaged, protected_accounts;
  // Counted, not listed: actions that a waiver covers are in summary["waived"].
};

struct SourcePlan {
  std::string name;
  bool complete = true;
  std::int64_t people = 0, groups = 0;
  std::string detail;
};

struct Plan {
  std::string id;                    // "sha256:..." of the canonical JSON without id, created, digest
  Instant created{};
  bool complete = true;              // every source and provider
  std::string configuration;         // Settings::fingerprint
  std::string state;                 // the state's own id; "" before there is one
  std::string undo;                  // the run that this plan takes back; "" when it follows the sources
  std::vector<ProviderPlan> providers;
  std::vector<SourcePlan> sources;
  std::vector<Warning> warnings;     // sorted
};

}  // namespace rollcall
