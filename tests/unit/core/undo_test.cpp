#include "core/undo.hpp"

#include <gtest/gtest.h>

#include "core/order.hpp"
#include "support/subjects.hpp"

namespace rollcall::core {
namespace {

using namespace test;

constexpr auto run = "R1";

PastAction past(ActionKind kind, std::vector<Change> changes = {}) {
  PastAction p;
  p.kind = kind;
  p.account = "7";
  p.changes = std::move(changes);
  p.finished = today;
  return p;
}
PastAction gave(const std::string& role) { return past(ActionKind::assign, {{"role", std::nullopt, role}}); }
PastAction took(const std::string& role) { return past(ActionKind::revoke, {{"role", role, std::nullopt}}); }
PastAction titled(const std::string& from, const std::string& to) { return past(ActionKind::update, {{"title", from, to}}); }

UndoFacts facts() {
  UndoFacts f;
  f.run = run;
  f.roles = std::set<std::string>{"Keep", "Surplus", "Wanted"};
  return f;
}

Undoing undone(const std::vector<PastAction>& past, const Subject& s, const UndoFacts& f = facts(), const Capabilities& c = capable(),
               const Policy& p = policy()) {
  return undo(past, s, f, p, c);
}

// "revoke Sales", "update title=Old", ...
Words said(const Undoing& u) {
  Words out;
  for (const auto& a : u.actions) {
    std::string line(to_string(a.kind));
    for (const auto& c : a.changes)
      line += c.field == "role" ? " " + c.to.value_or(c.from.value_or("")) : c.field == "title" ? " title=" + c.to.value_or("") : "";
    out.push_back(line);
  }
  return out;
}

struct Row {
  const char* name;
  PastAction past;
  void (*now)(Subject&, UndoFacts&, Capabilities&);
  Words actions;
  const char* impossible;      // part of the one text; "" is none
};

const Row rows[] = {
    {"an update goes back", titled("Old", "New"), [](auto& s, auto&, auto&) { s.linked->account.fields["title"] = "New"; }, {"update title=Old"}, ""},
    {"to nothing", past(ActionKind::update, {{"title", std::nullopt, "New"}}), [](auto& s, auto&, auto&) { s.linked->account.fields["title"] = "New"; }, {"update title="}, ""},
    {"what is back already stays", titled("Old", "New"), [](auto&, auto&, auto&) {}, {}, ""},
    {"what somebody changed since is named", titled("Old", "New"), [](auto& s, auto&, auto&) { s.linked->account.fields["title"] = "Third"; }, {}, "title was changed since the run, to \"Third\""},
    {"a secret is named", past(ActionKind::update, {{"password", "***", "***"}}), [](auto&, auto&, auto&) {}, {}, "password is a secret"},
    {"a field that nothing shows is named", past(ActionKind::update, {{"phone", "1", "2"}}), [](auto&, auto&, auto&) {}, {}, "phone is not shown"},
    {"what was written counts where nothing is shown", past(ActionKind::update, {{"phone", "1", "2"}}), [](auto& s, auto&, auto&) { s.linked->written["phone"] = "2"; }, {"update"}, ""},
    {"a role that was given is taken", gave("Surplus"), [](auto&, auto&, auto&) {}, {"revoke Surplus"}, ""},
    {"a role that is gone already", gave("Wanted"), [](auto&, auto&, auto&) {}, {}, ""},
    {"a provider that cannot take roles", gave("Surplus"), [](auto&, auto&, auto& c) { c.removes_roles = false; }, {}, "cannot take roles away"},
    {"a role that was taken is given", took("Wanted"), [](auto&, auto&, auto&) {}, {"assign Wanted"}, ""},
    {"a role that is there again", took("Keep"), [](auto&, auto&, auto&) {}, {}, ""},
    {"a role that exists no more", took("Wanted"), [](auto&, auto& f, auto&) { f.roles->erase("Wanted"); }, {}, "does not exist at the provider any more"},
    {"roles that could not be read", took("Wanted"), [](auto&, auto& f, auto&) { f.roles.reset(); }, {}, "could not be read"},
    {"roles that nobody knows", took("Wanted"), [](auto& s, auto&, auto& c) { c.shows_roles = false, s.linked->written_roles.reset(), s.linked->ownership = Ownership::adopted; }, {}, "not known which roles"},
    {"a suspension ends", past(ActionKind::suspend), [](auto& s, auto&, auto&) { s.linked->suspended_by_us = true, s.linked->suspended_at = today; }, {"reactivate"}, ""},
    {"of a leaver too: that is what the run was about", past(ActionKind::suspend), [](auto& s, auto&, auto&) { s.standing = Standing::stated, s.linked->suspended_by_us = true, s.linked->suspended_at = today; }, {"reactivate"}, ""},
    {"a later suspension stands", past(ActionKind::suspend), [](auto& s, auto&, auto&) { s.linked->suspended_by_us = true, s.linked->suspended_at = at(1790000001); }, {}, "suspended again since"},
    {"one by others stands", past(ActionKind::suspend), [](auto& s, auto&, auto&) { s.linked->account.status = AccountStatus::suspended; }, {}, "suspended again since"},
    {"who is active again is left so", past(ActionKind::suspend), [](auto&, auto&, auto&) {}, {}, ""},
    {"a reactivation ends", past(ActionKind::reactivate), [](auto&, auto&, auto&) {}, {"suspend"}, ""},
    {"unless it has", past(ActionKind::reactivate), [](auto& s, auto&, auto&) { s.linked->account.status = AccountStatus::suspended; }, {}, ""},
    {"what was made is suspended, never deleted", past(ActionKind::create), [](auto&, auto&, auto&) {}, {"suspend"}, ""},
    {"and its invitation is cancelled", past(ActionKind::create), [](auto& s, auto&, auto&) { s.invitation = InviteState::sent; }, {"cancel", "suspend"}, ""},
    {"where suspending is impossible the roles go", past(ActionKind::create), [](auto&, auto&, auto& c) { c.suspends = false; }, {"revoke Keep", "revoke Surplus"}, "cannot suspend"},
    {"an invitation is cancelled", past(ActionKind::invite), [](auto& s, auto&, auto&) { s.invitation = InviteState::pending; }, {"cancel"}, ""},
    {"a mail cannot be unsent", past(ActionKind::invite), [](auto& s, auto&, auto& c) { s.invitation = InviteState::sent, c.cancels_invitations = false; }, {"cancel"}, "cannot be unsent"},
    {"an accepted one stands", past(ActionKind::invite), [](auto& s, auto&, auto&) { s.invitation = InviteState::accepted; }, {}, "was accepted"},
    {"also when only the account shows it", past(ActionKind::invite), [](auto& s, auto& f, auto&) { s.invitation = InviteState::sent, f.accepted = true; }, {}, "was accepted"},
    {"an adoption is given back", past(ActionKind::adopt), [](auto& s, auto&, auto&) { s.linked->ownership = Ownership::adopted; }, {"unlink"}, ""},
    {"and taken again", past(ActionKind::unlink), [](auto& s, auto& f, auto&) { s.linked.reset(), f.adoptable = true; }, {"adopt"}, ""},
    {"unless it is somebody else's", past(ActionKind::unlink), [](auto& s, auto&, auto&) { s.linked.reset(); }, {}, "cannot be taken over again"},
    {"a cancelled invitation", past(ActionKind::cancel), [](auto&, auto&, auto&) {}, {}, "rollcall invitations resend ada"},
    {"a deletion", past(ActionKind::remove), [](auto& s, auto&, auto&) { s.linked.reset(); }, {}, "was deleted and cannot be brought back"},
    {"who has left since", titled("Old", "New"), [](auto& s, auto& f, auto&) { s.standing = Standing::stated, f.left_at = at(1790000001); }, {}, "has left since the run"},
    {"who left at a time that nobody knows", titled("Old", "New"), [](auto& s, auto&, auto&) { s.standing = Standing::absent; }, {}, "has left since the run"},
    {"who is only missing", gave("Surplus"), [](auto& s, auto&, auto&) { s.standing = Standing::waiting; }, {}, "was not found by the last read"},
    {"who is suspended by hand", past(ActionKind::suspend), [](auto& s, auto&, auto&) { s.contained = s.linked->suspended_by_us = true, s.linked->suspended_at = today; }, {}, "rollcall release ada"},
    {"a protected account", gave("Surplus"), [](auto&, auto& f, auto&) { f.is_protected = true; }, {}, "is protected now"},
    {"an unlinked one", gave("Surplus"), [](auto& s, auto&, auto&) { s.linked.reset(); }, {}, "not linked to this person any more"},
    {"one that is gone", gave("Surplus"), [](auto& s, auto&, auto&) { s.linked->gone = true; }, {}, "is gone at the provider"},
    {"another one", gave("Surplus"), [](auto& s, auto&, auto&) { s.linked->account.id = "8"; }, {}, "not this person's any more"},
};

TEST(Undo, TheTable) {
  for (const Row& row : rows) {
    Subject s = linked_ada();
    s.invited_address = "ada@example.org";
    UndoFacts f = facts();
    Capabilities c = capable();
    row.now(s, f, c);
    const Undoing u = undone({row.past}, s, f, c);
    EXPECT_EQ(said(u), row.actions) << row.name;
    const std::string named = u.impossible.empty() ? "" : u.impossible[0];
    EXPECT_EQ(u.impossible.size(), *row.impossible ? 1u : 0u) << row.name << ": " << named;
    EXPECT_NE(named.find(row.impossible), std::string::npos) << row.name << ": " << named;
    EXPECT_TRUE(named.empty() || named.starts_with("Ada Lovelace: ")) << row.name;
  }
}

TEST(Undo, EveryActionNamesTheRunAndIsCountedWithTheAbsent) {
  Subject s = linked_ada();
  s.linked->account.fields["title"] = "New";
  for (const auto& a : undone({gave("Surplus"), titled("Old", "New"), past(ActionKind::reactivate)}, s).actions) {
    EXPECT_EQ(a.reason.find("undo of run R1: "), 0u);
    EXPECT_EQ(a.undoes, run);
    EXPECT_FALSE(a.stated);
    EXPECT_EQ(a.account, "7");
  }
}

TEST(Undo, OnlyTheFieldsThatStillHaveTheValueGoBack) {
  Subject s = linked_ada();
  s.linked->account.fields["title"] = "New";
  s.linked->account.fields["email"] = "ADA@example.org";      // compared as the provider does
  const auto u = undone({past(ActionKind::update, {{"title", "Old", "New"}, {"email", "old@example.org", "ada@example.org"}, {"userName", "a", "b"}})}, s);
  ASSERT_EQ(u.actions.size(), 1u);
  EXPECT_EQ(u.actions[0].changes, (std::vector<Change>{{"title", "New", "Old"}, {"email", "ADA@example.org", "old@example.org"}}));
  ASSERT_EQ(u.impossible.size(), 1u);
  EXPECT_NE(u.impossible[0].find("userName was changed since the run, to \"ada\""), std::string::npos);
}

TEST(Undo, AWholeJoinIsUndoneOnce) {
  Subject s = settled_ada();
  s.invitation = InviteState::sent;
  auto u = undone({past(ActionKind::invite), gave("Wanted"), gave("Keep"), past(ActionKind::create)}, s);
  EXPECT_EQ(said(u), (Words{"cancel", "revoke Wanted", "revoke Keep", "suspend"}));
  put_in_order("p", u.actions);
  EXPECT_EQ(u.actions.front().kind, ActionKind::cancel);
  Capabilities c = capable();
  c.suspends = false;
  EXPECT_EQ(said(undone({gave("Wanted"), past(ActionKind::create)}, s, facts(), c)), (Words{"revoke Wanted", "cancel", "revoke Keep"})) << "no role twice";
}

TEST(Undo, ANewerStatementKeepsTheAccountOfAnAbsentLeaverSuspended) {
  Subject s = linked_ada();
  s.standing = Standing::stated;
  s.linked->suspended_by_us = true;
  s.linked->suspended_at = today;
  PastAction absent = past(ActionKind::suspend);
  absent.stated = false;
  const auto u = undone({absent}, s);
  EXPECT_EQ(said(u), Words{});
  ASSERT_EQ(u.impossible.size(), 1u);
  EXPECT_NE(u.impossible[0].find("newer statement"), std::string::npos);
}

TEST(Undo, AReminderIsNotTheInvitation) {
  Subject s = settled_ada();
  s.invitation = InviteState::sent;
  PastAction reminder = past(ActionKind::invite);
  reminder.reminder = true;
  const auto u = undone({reminder}, s);
  EXPECT_EQ(said(u), Words{});
  ASSERT_EQ(u.impossible.size(), 1u);
  EXPECT_NE(u.impossible[0].find("reminder cannot be unsent"), std::string::npos);
}

TEST(Undo, UndoingLivesApartFromWhatTheSourcesWant) {
  Subject s = linked_ada();
  const Action revoke = undone({gave("Surplus")}, s).actions.at(0);
  Action own = revoke;
  own.undoes.clear();
  EXPECT_NE(hold_id("p", revoke), hold_id("p", own));
  Action other = revoke;
  other.undoes = "R2";
  EXPECT_NE(hold_id("p", revoke), hold_id("p", other));
}

TEST(Undo, WhatWouldDoItAgainIsTheOpposite) {
  const auto again = [](ActionKind kind, std::vector<Change> changes = {}) {
    Action a;
    a.kind = kind;
    a.changes = std::move(changes);
    Words out;
    for (const auto& [k, role] : redone_by(a)) out.push_back(std::string(to_string(k)) + (role.empty() ? "" : " " + role));
    return out;
  };
  EXPECT_EQ(again(ActionKind::update), Words{"update"});
  EXPECT_EQ(again(ActionKind::revoke, {{"role", "Sales", std::nullopt}}), Words{"assign Sales"});
  EXPECT_EQ(again(ActionKind::assign, {{"role", std::nullopt, "Sales"}}), Words{"revoke Sales"});
  EXPECT_EQ(again(ActionKind::suspend), Words{"reactivate"});
  EXPECT_EQ(again(ActionKind::reactivate), Words{"suspend"});
  EXPECT_EQ(again(ActionKind::cancel), Words{"invite"});
  EXPECT_EQ(again(ActionKind::unlink), (Words{"adopt", "create"}));
}

}  // namespace
}  // namespace rollcall::core
