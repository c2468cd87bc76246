// What only LoginRadius does: the requests it gets, and the answers that no other vendor gives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rollcall/provider.hpp"
#include "sandbox/emulator.hpp"
#include "sandbox/sandbox.hpp"
#include "support/run.hpp"
#include "support/scripted_http.hpp"

namespace rollcall::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view base = "https://loginradius.test";

class LoginRadiusVerbs : public testing::Test {
 protected:
  LoginRadiusVerbs() { furnish({}, {}); }
  // The vendor and the provider anew, with options beside their defaults.
  void furnish(sandbox::VendorSettings vendors, std::map<std::string, std::string> options) {
    const sandbox::Vendor& vendor = *sandbox::find_vendor("loginradius");
    auto settings = sandbox::default_settings(vendor);
    settings["api-key"] = "key";
    for (const auto& [name, value] : vendors) settings[name] = value;
    sandbox_ = sandbox::Sandbox::make(vendor, settings).value();
    for (const char* role : {"role_a", "role_b", "role_c"}) sandbox_->tenant().add_role(role);
    const ProviderType& type = *find_provider_type("loginradius");
    options.emplace("organization", "rehearsal-org");
    for (const OptionSpec& option : type.options) options.emplace(option.key, option.default_value);
    std::map<std::string, Secret> secrets;
    secrets.emplace("api-key", Secret("key"));
    secrets.emplace("api-secret", Secret("sec/ret"));
    provider_ = type.make(std::string(base), std::chrono::seconds(7), options, secrets, http_);
  }
  std::string member(const std::string& email, std::set<std::string> roles = {}) {
    sandbox::Account account;
    account.status = 1;
    account.fields = {{"Uid", "uid-" + email.substr(0, email.find('@'))}, {"Email", email}, {"member", "true"}};
    for (const auto& role : roles) account.roles.insert(*sandbox_->tenant().role_id(role));
    const std::string id = account.fields["Uid"];
    EXPECT_TRUE(sandbox_->tenant().put(std::move(account)));
    return id;
  }
  Result<void> set_roles(const std::string& id, std::set<std::string> add, std::set<std::string> remove = {}) {
    RoleChange change;
    change.add = std::move(add);
    change.remove = std::move(remove);
    return run(provider_->set_roles(id, std::move(change)));
  }
  std::set<std::string> roles_of(const std::string& id) {
    std::set<std::string> ids;
    for (const auto role : sandbox_->tenant().find_by("Uid", id)->roles) ids.insert(sandbox_->tenant().roles().at(role));
    return ids;
  }
  static InviteRequest invitation(const std::string& email) {
    InviteRequest request;
    request.email = request.to = email;
    request.role_ids = {"role_a", "role_b"};
    return request;
  }
  // "GET /v2/..." of each request since the last time.
  std::vector<std::string> asked() {
    std::vector<std::string> out;
    for (const auto& request : http_.requests) out.push_back(request.method + " " + request.url.substr(base.size()));
    http_.requests.clear();
    return out;
  }

  Instant now_ = std::chrono::sys_days(std::chrono::year(2026) / 5 / 17);
  std::unique_ptr<sandbox::Sandbox> sandbox_;
  ScriptedHttp http_{[this](HttpRequest request) {
    request.url = request.url.substr(base.size());
    return sandbox_->handle(request, now_).response;
  }};
  std::unique_ptr<Provider> provider_;
};

TEST_F(LoginRadiusVerbs, AJoinerIsOneLookAndOneInvitation) {
  EXPECT_FALSE(run(provider_->find(LookupBy::email, "zo\xC3\xAB@example.com"))->has_value());
  ASSERT_TRUE(run(provider_->send_invitation(invitation("zo\xC3\xAB@example.com"))));
  EXPECT_THAT(asked(), ElementsAre("GET /identity/v2/manage/account/identities?email=zo%C3%AB%40example%2Ecom", "POST /v2/manage/invitations"));
}

TEST_F(LoginRadiusVerbs, CredentialsAreHeadersAndInTheQueryOnlyWhereASettingSaysSo) {
  ASSERT_TRUE(run(provider_->authenticate()));
  EXPECT_EQ(header_value(http_.requests[0].headers, "X-LoginRadius-ApiSecret"), "sec/ret");
  EXPECT_THAT(asked(), ElementsAre("GET /v2/manage/organizations"));
  furnish({}, {{"credentials", "query"}});
  ASSERT_TRUE(run(provider_->send_invitation(invitation("a@example.com"))));
  ASSERT_TRUE(run(provider_->find(LookupBy::email, "b@example.com")));
  EXPECT_EQ(header_value(http_.requests[0].headers, "X-LoginRadius-ApiSecret"), "");
  EXPECT_THAT(asked(), ElementsAre("POST /v2/manage/invitations?apikey=key&apisecret=sec%2Fret",
                                   "GET /identity/v2/manage/account/identities?email=b%40example%2Ecom&apikey=key&apisecret=sec%2Fret"));
}

TEST_F(LoginRadiusVerbs, TheLandingPageGoesEncodedWithTheOrganisationFilledIn) {
  InviteRequest request = invitation("a@example.com");
  request.landing = "https://p.example/w?o={orgId}&n=\xC3\xA4";
  ASSERT_TRUE(run(provider_->send_invitation(request)));
  EXPECT_EQ(sandbox_->tenant().invitations()[0].landing, "https://p.example/w?o=rehearsal-org&n=\xC3\xA4");
  furnish({}, {{"invitation-url", "https://p.example/plain"}});
  ASSERT_TRUE(run(provider_->send_invitation(invitation("a@example.com"))));
  EXPECT_EQ(sandbox_->tenant().invitations()[0].landing, "https://p.example/plain");
}

TEST_F(LoginRadiusVerbs, AMailToAnotherAddressIsRefusedWithoutACall) {
  InviteRequest request = invitation("a@example.com");
  request.to = "private@example.net";
  EXPECT_EQ(run(provider_->send_invitation(request)).error().kind, ErrorKind::refused);
  EXPECT_TRUE(asked().empty());
}

TEST_F(LoginRadiusVerbs, WhoIsInTheOrganisationAlreadyHasNothingToAccept) {
  member("a@example.com");
  EXPECT_EQ(run(provider_->send_invitation(invitation("a@example.com"))).error().kind, ErrorKind::already_exists);
}

TEST_F(LoginRadiusVerbs, AResentInvitationKeepsItsIdAndTellsItsNewEnd) {
  const auto first = run(provider_->send_invitation(invitation("a@example.com"))).value();
  now_ += std::chrono::hours(5);
  (void)asked();
  InviteRequest again = invitation("a@example.com");
  again.again = first.id;
  const auto second = run(provider_->send_invitation(again)).value();
  EXPECT_EQ(second.id, first.id);
  EXPECT_GT(second.expires, first.expires);
  EXPECT_THAT(asked(), ElementsAre("POST /v2/manage/invitations/" + first.id + "/resend", "GET /v2/manage/invitations/" + first.id));
  EXPECT_EQ(sandbox_->tenant().mails().size(), 2u);
  http_.answer(200, R"({"Resent":true})");
  http_.answer(500, "");                                  // the look at its end fails: it was sent all the same
  EXPECT_EQ(run(provider_->send_invitation(again))->id, first.id);
}

TEST_F(LoginRadiusVerbs, AnAnswerThatCannotBeReadIsInDoubt) {
  http_.answer(200, "{\"Id\":\"inv_");
  const auto sent = run(provider_->send_invitation(invitation("a@example.com")));
  EXPECT_EQ(sent.error().kind, ErrorKind::corrupt);
  EXPECT_TRUE(sent.error().in_doubt);
  http_.answer(500, R"({"ErrorCode":7909,"Message":"Operation failed due to an internal error."})");
  EXPECT_TRUE(run(provider_->send_invitation(invitation("a@example.com"))).error().in_doubt);
}

TEST_F(LoginRadiusVerbs, ARoleThatIsHeldDoesNotKeepTheOthersAway) {
  const std::string id = member("a@example.com", {"role_b"});
  ASSERT_TRUE(set_roles(id, {"role_a", "role_b", "role_c"}));
  EXPECT_EQ(roles_of(id), (std::set<std::string>{"role_a", "role_b", "role_c"}));
  EXPECT_EQ(asked().size(), 4u);
  ASSERT_TRUE(set_roles(id, {}, {"role_a", "role_b"}));
  EXPECT_THAT(asked(), ElementsAre("DELETE /v2/manage/account/uid-a/orgcontext/rehearsal-org/roles"));
  EXPECT_EQ(set_roles(id, {"role_none"}).error().kind, ErrorKind::invalid);
}

TEST_F(LoginRadiusVerbs, PathsOfRolesAreSettingsAndWithoutOneRolesAreRemembered) {
  furnish({}, {{"assign-path", "/v2/manage/account/{uid}/orgcontext/roles"}, {"roles-path", "none"}});
  const std::string id = member("a@example.com");
  EXPECT_FALSE(provider_->capabilities().shows_roles);
  ASSERT_TRUE(set_roles(id, {"role_a"}));
  EXPECT_FALSE(run(provider_->find(LookupBy::id, id)).value()->roles);
  EXPECT_THAT(asked(), ElementsAre("PUT /v2/manage/account/uid-a/orgcontext/roles", "GET /identity/v2/manage/account/uid-a"));
}

TEST_F(LoginRadiusVerbs, AnUnknownOrganisationProvesNobodyGone) {
  const std::string id = member("a@example.com");
  furnish({}, {{"organization", "another-org"}});
  member("a@example.com");
  EXPECT_THAT(run(provider_->authenticate()).error().message, HasSubstr("knows no organisation another-org"));
  const auto found = run(provider_->find(LookupBy::id, id));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::invalid);
  EXPECT_EQ(run(provider_->send_invitation(invitation("b@example.com"))).error().kind, ErrorKind::invalid);
}

TEST_F(LoginRadiusVerbs, SeveralAccountsOfOneAddressAreAConflict) {
  member("a@example.com");
  member("b@example.com");
  sandbox::Account twin = *sandbox_->tenant().find_by("Uid", "uid-b");
  twin.fields["Email.Secondary"] = "a@example.com";
  ASSERT_TRUE(sandbox_->tenant().put(twin));
  EXPECT_EQ(run(provider_->find(LookupBy::email, "a@example.com")).error().kind, ErrorKind::conflict);
}

TEST_F(LoginRadiusVerbs, ANewAddressHasACallOfItsOwn) {
  const std::string id = member("a@example.com");
  ASSERT_TRUE(run(provider_->update(id, {{"Email", "\xC3\xA4@example.com"}, {"LastName", "\xD0\x9D"}})));
  EXPECT_THAT(asked(), ElementsAre("PUT /identity/v2/manage/account/uid-a?nullsupport=true", "PUT /identity/v2/manage/account/uid-a/email"));
  EXPECT_EQ(run(provider_->find(LookupBy::id, id)).value()->fields.at("Email"), "\xC3\xA4@example.com");
  member("taken@example.com");
  EXPECT_EQ(run(provider_->update(id, {{"Email", "taken@example.com"}})).error().kind, ErrorKind::already_exists);
}

TEST_F(LoginRadiusVerbs, ABlockThatTheTenantIgnoresIsFoundOutAtOnce) {
  furnish({{"block-by", "IsLoginLocked"}}, {});
  const std::string id = member("a@example.com");
  const auto done = run(provider_->suspend(id));
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().message, HasSubstr("`block-by`"));
}

TEST_F(LoginRadiusVerbs, WhatIsNotDeletedIsNotTakenForDeleted) {
  http_.answer(200, R"({"IsDeleted":false})");
  EXPECT_EQ(run(provider_->remove("uid-a")).error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace rollcall::test
