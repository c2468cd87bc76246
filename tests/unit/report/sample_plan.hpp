// A plan that has one of everything, for the tests of this room.
#pragma once

#include "rollcall/plan.hpp"

namespace rollcall::report {

inline Action create_dora() {
  Action a;
  a.id = "a1";
  a.kind = ActionKind::create;
  a.phase = Phase::admit;
  a.user = "key-dora";
  a.name = "Dora Garza";
  a.changes = {{"email", std::nullopt, "dora.garza@example.com"}, {"password", std::nullopt, "***"}};
  a.reason = "in scope, no account";
  a.precondition = "sha256:aa";
  return a;
}

inline Action assign_sales() {
  Action a = create_dora();
  a.id = "a2";
  a.kind = ActionKind::assign;
  a.phase = Phase::grant;
  a.after = {"a1"};
  a.changes = {{"role", std::nullopt, "Sales"}};
  a.reason = "group = \"sales\" (corp: cn=sales)";
  return a;
}

inline Action suspend_held() {
  Action a;
  a.id = "a3";
  a.kind = ActionKind::suspend;
  a.phase = Phase::contain;
  a.user = "key-lee";
  a.name = "Lee Left";
  a.account = "123";
  a.changes = {{"status", "active", "suspended"}};
  a.reason = "absent since 2026-11-20T09:00:00Z";
  a.precondition = "sha256:bb";
  a.held = HeldBy{"h1", "12 suspends exceed the limit of 10"};
  return a;
}

inline Plan sample_plan() {
  ProviderPlan p;
  p.name = "onelogin";
  p.type = "onelogin-v3";
  p.on_leave = "suspend";
  p.delete_after = "30d";
  p.adopt = true;
  p.summary = {{"create", 1},    {"assign", 1},    {"suspend", 1},   {"unchanged", 95}, {"held", 1},
               {"conflicts", 1}, {"unmanaged", 1}, {"protected", 1}, {"no-address", 1}};
  p.calls = 9;
  p.seconds = 7;
  p.actions = {suspend_held(), create_dora(), assign_sales()};
  p.conflicts = {{"ambiguous-match",
                  "key-amb",
                  {"corp: uid=amb"},
                  {"7", "8"},
                  "two accounts match",
                  "rollcall link key-amb onelogin 7"}};
  p.unmanaged = {{"55", "Una Managed", "key-una", "left"}};
  p.protected_accounts = {{"1", "root", std::nullopt, "email eq \"root@example.org\""}};
  Plan plan;
  plan.created = Instant{std::chrono::seconds{1795255200}};  // 2026-11-21T10:00:00Z
  plan.complete = false;
  plan.configuration = "sha256:cc";
  plan.state = "state-1";
  plan.providers = {p};
  plan.sources = {{"corp", false, 98, 12, "size limit after 98 entries"}};
  plan.warnings = {{"corp", "uid=x,ou=people", "the e-mail address `x` has no @"}};
  return plan;
}

}  // namespace rollcall::report
