// Subjects, policies and actions for the tests of src/core: one person, Ada, whose situation a test changes. Pure.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "core/decide.hpp"
#include "core/subject.hpp"

namespace rollcall::test {

inline Instant at(std::int64_t seconds) { return Instant{std::chrono::seconds{seconds}}; }
inline const Instant today = at(1790000000);

inline Capabilities capable() {
  Capabilities c;
  c.external_id_field = "externalId";
  c.user_name_field = "userName";
  c.email_field = "email";
  c.case_insensitive_fields = {"userName", "email"};
  c.set_only = {"password"};
  c.cancels_invitations = true;
  c.invite = InviteWay::link;
  return c;
}

inline core::Policy policy() {
  core::Policy p;
  p.on_leave = "suspend";
  p.invites = true;
  p.managed_roles = {"Keep", "Surplus", "Wanted"};
  return p;
}

// Ada is in, and has no account: wants the roles Keep and Wanted.
inline core::Subject ada() {
  core::Subject s;
  s.person = "ada";
  s.name = "Ada Lovelace";
  s.left_reason = "inactive in hr";
  s.desired.enforced = {{"userName", "ada"}, {"email", "ada@example.org"}, {"title", "New"}};
  s.desired.roles = {{"Keep", "group = \"keep\"", "corp: keep"}, {"Wanted", "group = \"wanted\"", "corp: wanted"}};
  s.desired.name = s.name;
  s.external_id = "ada";
  s.family_name = "Lovelace";
  s.records = {"corp: uid=ada"};
  s.invite_to = "ada@example.org";
  s.invite_wanted = true;
  return s;
}

// Ada's account: another title, the roles Keep and Surplus.
inline core::LinkedAccount account_of_ada() {
  core::LinkedAccount l;
  l.account.id = "7";
  l.account.fields = {{"userName", "ada"}, {"email", "ada@example.org"}, {"title", "Old"}, {"externalId", "ada"}};
  l.account.status = AccountStatus::active;
  l.account.native_status = "1";
  l.account.roles = std::set<std::string>{"Keep", "Surplus"};
  l.written_roles = l.account.roles;
  return l;
}

inline core::Subject linked_ada() {
  core::Subject s = ada();
  s.linked = account_of_ada();
  return s;
}

// Nothing is left to do for her.
inline core::Subject settled_ada() {
  core::Subject s = linked_ada();
  s.linked->account.fields["title"] = "New";
  s.linked->account.roles = s.linked->written_roles = std::set<std::string>{"Keep", "Wanted"};
  s.invitation = core::InviteState::accepted;
  return s;
}

inline core::Candidate stranger(std::string id, std::vector<std::string> by = {"email"}) {
  core::Candidate c;
  c.account = std::move(id);
  c.name = "ada";
  c.by = std::move(by);
  return c;
}

inline core::Rival rival(std::string field, bool linked) {
  core::Rival r;
  r.field = std::move(field);
  r.value = r.field == "email" ? "ada@example.org" : "ada";
  r.person = "eve";
  r.name = "Eve";
  r.linked = linked;
  r.record = "corp: uid=eve";
  return r;
}

inline std::vector<std::string> kinds(const std::vector<Action>& actions) {
  std::vector<std::string> out;
  for (const auto& a : actions) out.emplace_back(to_string(a.kind));
  std::sort(out.begin(), out.end());
  return out;
}
inline std::vector<std::string> kinds(const core::Decision& d) { return kinds(d.actions); }
inline std::vector<std::string> conflict_kinds(const core::Decision& d) {
  std::vector<std::string> out;
  for (const auto& c : d.conflicts) out.push_back(c.kind);
  std::sort(out.begin(), out.end());
  return out;
}
inline const Action* find(const core::Decision& d, ActionKind kind) {
  for (const auto& a : d.actions)
    if (a.kind == kind) return &a;
  return nullptr;
}
inline const Change* find(const std::vector<Change>& changes, const std::string& field) {
  for (const auto& c : changes)
    if (c.field == field) return &c;
  return nullptr;
}

using Words = std::vector<std::string>;

inline core::Decision decided(const core::Subject& s, const core::Policy& p = policy(), const Capabilities& c = capable(),
                             Instant now = today) {
  return core::decide(s, p, c, now);
}

}  // namespace rollcall::test
