// Capabilities that few providers have, and what becomes of a decision there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/decide.hpp"
#include "core/desired.hpp"
#include "support/subjects.hpp"

namespace rollcall::core {
namespace {

using namespace test;
using testing::HasSubstr;

TEST(RareCapabilities, WhereSeveralFieldsAreNeededEachLackIsAConflict) {
  Capabilities c = capable();
  c.required_any = {"email"};
  c.required_all = {"email", "title"};
  Subject s = ada();
  EXPECT_TRUE(decide(s, policy(), c, today).conflicts.empty());
  s.desired.enforced["title"] = "";
  const auto d = decide(s, policy(), c, today);
  EXPECT_TRUE(d.actions.empty());
  ASSERT_EQ(d.conflicts.size(), 1u);
  EXPECT_EQ(d.conflicts[0].kind, "invalid");
  EXPECT_THAT(d.conflicts[0].detail, HasSubstr("the provider needs title, and the mapping yields none"));
}

TEST(RareCapabilities, AnAccountThatIsActiveFromTheFirstMomentHasNotAccepted) {
  Subject s = linked_ada();
  s.invitation = InviteState::sent;
  s.invited_address = s.invite_to;
  s.linked->account.status = AccountStatus::active;
  const Capabilities c = capable();
  EXPECT_FALSE(decide(s, policy(), c, today).accepted);
  s.linked->account.accepted = true;
  EXPECT_TRUE(decide(s, policy(), c, today).accepted);
}

TEST(RareCapabilities, AnIdThatOnlyACreateSetsIsNoDifference) {
  Subject s = linked_ada();
  s.linked->account.fields["externalId"] = "3000";
  Capabilities c = capable();
  c.external_id_changes = false;
  for (const char* wanted : {"", "E-1"}) {
    s.desired.enforced["externalId"] = wanted;
    for (const auto& change : differences(s, *s.linked, c)) EXPECT_NE(change.field, "externalId");
  }
}

TEST(RareCapabilities, AnIdThatOnlyACreateSetsMayBeMappedForTheCreate) {
  DesiredAccount desired;
  desired.on_create["externalId"] = "E-1";
  Capabilities c = capable();
  EXPECT_EQ(external_id_of(desired, "ada", c), "ada");
  c.external_id_changes = false;
  EXPECT_EQ(external_id_of(desired, "ada", c), "E-1");
}

}  // namespace
}  // namespace rollcall::core
