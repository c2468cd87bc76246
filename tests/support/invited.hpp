// The engine with invitations by mail, and the ledger as a test looks at it. Thread rule: one thread.
#pragma once

#include <string>

#include "support/engine.hpp"

namespace rollcall::test {

// Like OneLogin, but a link can be recalled.
inline Capabilities recalling() {
  Capabilities c = like_onelogin();
  c.cancels_invitations = true;
  return c;
}

class Invited : public testing::Test {
 protected:
  explicit Invited(Capabilities capabilities = like_onelogin()) : e(std::move(capabilities)) { e.invites(); }

  InviteSettings& settings() { return e.settings().invite; }
  store::InvitationRow row(const std::string& id = "ada") { return e.state->invitation("idp", id).value().value_or(store::InvitationRow{}); }
  std::string state(const std::string& id = "ada") { return row(id).state; }
  std::size_t count(const std::string& in_state) { return e.state->invitations("idp", in_state).value().size(); }
  Engine e;
};

}  // namespace rollcall::test
