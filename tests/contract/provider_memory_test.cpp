#include "contract/provider_contract.hpp"
#include "support/memory_provider.hpp"
#include "support/run.hpp"

namespace rollcall::test {
namespace {

// The memory provider in the shapes that the real ones have.
template <Capabilities (*capabilities)()>
class Memory {
 public:
  Memory() : provider_(capabilities()) {
    provider_.add_role("Sales");
    provider_.add_role("Staff");
  }
  Provider& provider() { return provider_; }
  Fields person(const std::string& name) {
    return {{"userName", name}, {"email", name + "@example.com"}, {"givenName", "Dora"}, {"familyName", "Garza"}};
  }
  std::string text_field() { return "title"; }
  std::string preload(Fields fields) { return provider_.add(std::move(fields)); }
  std::optional<std::set<std::string>> roles_of(const std::string& id) { return provider_.accounts.at(id).roles; }
  std::vector<std::string> role_ids() { return {"r1", "r2"}; }
  bool can_accept() { return true; }
  void accept(const std::string& email) { provider_.accept(email); }

 private:
  MemoryProvider provider_;
};

Capabilities like_onelogin_v3() {
  Capabilities c = MemoryProvider::everything();
  c.lists_changes = false;
  c.roles_at_create = false;
  c.shows_roles = false;
  c.roles_as_whole = true;
  c.roles_with_fields = true;
  c.external_id_at_create = false;
  c.cancels_invitations = false;
  c.page_size = 4;
  c.finds = {LookupBy::id, LookupBy::user_name};
  return c;
}

Capabilities like_loginradius() {
  Capabilities c = MemoryProvider::everything();
  c.lists_changes = false;
  c.account_before_acceptance = false;
  c.lists_accounts = false;
  c.lists_roles = false;
  c.resends_invitations = true;
  c.suspends = false;
  c.password_field.clear();
  c.removes_roles = false;
  c.external_id_field = "";
  c.user_name_field = "";
  c.finds = {LookupBy::id, LookupBy::email};
  c.invite = InviteWay::mail;
  return c;
}

Capabilities like_zitadel() {
  Capabilities c = MemoryProvider::everything();
  c.roles_at_create = false;
  c.deletes = false;
  c.sends_invitations = false;
  c.invite = InviteWay::code;
  c.page_size = 13;
  return c;
}

Capabilities without_invitations() {
  Capabilities c = MemoryProvider::everything();
  c.invite = InviteWay::none;
  c.sends_invitations = c.cancels_invitations = c.shows_status = false;
  return c;
}

using Shapes = testing::Types<Memory<MemoryProvider::everything>, Memory<like_onelogin_v3>, Memory<like_loginradius>,
                              Memory<like_zitadel>, Memory<without_invitations>>;
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, ProviderContract, Shapes);

NewAccount dora() {
  NewAccount account;
  account.fields = {{"userName", "dora"}, {"email", "dora@example.com"}};
  return account;
}

TEST(FaultyProvider, FailsBeforeOrAfterTheEffectAsOftenAsAsked) {
  MemoryProvider memory;
  FaultyProvider faulty(memory);
  faulty.on_cue(dropped("create"));
  auto first = run(faulty.create(dora()));
  ASSERT_FALSE(first);
  EXPECT_TRUE(first.error().in_doubt);
  EXPECT_TRUE(memory.accounts.empty());
  EXPECT_EQ(memory.count("create"), 0u);
  faulty.on_cue(lost_answer("create"));
  EXPECT_FALSE(run(faulty.create(dora())));
  EXPECT_EQ(memory.accounts.size(), 1u);
  EXPECT_EQ(run(faulty.create(dora())).error().kind, ErrorKind::already_exists);
}

TEST(FaultyProvider, WaitsForItsCueAndItsVerb) {
  MemoryProvider memory;
  FaultyProvider faulty(memory);
  faulty.on_cue({"roles", rate_limited(std::chrono::seconds(3)), false, 1, 2});
  EXPECT_TRUE(run(faulty.authenticate()));
  EXPECT_TRUE(run(faulty.roles()));
  EXPECT_EQ(run(faulty.roles()).error().retry_after, std::chrono::seconds(3));
  EXPECT_FALSE(run(faulty.roles()));
  EXPECT_TRUE(run(faulty.roles()));
}

}  // namespace
}  // namespace rollcall::test
