// What only OneLogin /1 and /2 do: the requests they get, the token they share, and the answers that no other vendor gives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rollcall/provider.hpp"
#include "sandbox/emulator.hpp"
#include "sandbox/sandbox.hpp"
#include "support/later_http.hpp"
#include "support/run.hpp"
#include "support/scripted_http.hpp"

namespace rollcall::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view base = "https://api.us.onelogin.test";
const Fields zoe = {{"username", "zo\xC3\xAB"}, {"email", "zoe@example.com"}, {"firstname", "Zo\xC3\xAB"}, {"lastname", "M\xC3\xBCller"}, {"external_id", "key-1"}};

class OneLoginVerbs : public testing::Test {
 protected:
  OneLoginVerbs() { furnish({}); }
  void furnish(sandbox::VendorSettings extra, std::map<std::string, std::string> options = {}) {
    const sandbox::Vendor& vendor = *sandbox::find_vendor("onelogin-v1");
    auto settings = sandbox::default_settings(vendor);
    settings["api-key"] = "s3cret";
    for (const auto& [name, value] : extra) settings[name] = value;
    sandbox_ = sandbox::Sandbox::make(vendor, settings).value();
    for (const char* role : {"Sales", "Staff", "Boss"}) sandbox_->tenant().add_role(role);
    sandbox_->tenant().custom_attributes["cost"] = "Cost";
    context_ = std::make_unique<boost::asio::io_context>(1);
    options.emplace("client-id", "me");
    v1_ = make("onelogin-v1", options);
    v2_ = make("onelogin-v2", options);
  }
  std::unique_ptr<Provider> make(const char* type, const std::map<std::string, std::string>& options) {
    std::map<std::string, Secret> secrets;
    secrets.emplace("client-secret", Secret("s3cret"));
    return find_provider_type(type)->make(std::string(base), std::chrono::seconds(7), options, secrets, later_);
  }
  template <class T>
  T run(boost::asio::awaitable<T> work) {
    return test::run(*context_, std::move(work));
  }
  std::string create(Provider& provider, Fields fields = zoe) {
    NewAccount account;
    account.fields = std::move(fields);
    const auto made = run(provider.create(std::move(account)));
    EXPECT_TRUE(made) << (made ? "" : made.error().message);
    return made ? made->id : "";
  }
  std::string role(const char* name) { return std::to_string(*sandbox_->tenant().role_id(name)); }
  std::vector<std::string> crowd(int count) {
    std::vector<std::string> ids;
    for (int n = 0; n < count; ++n) {
      Fields fields = zoe;
      fields["username"] = "p" + std::to_string(n);
      fields["email"] = fields["username"] + "@example.com";
      ids.push_back(create(*v2_, fields));
    }
    (void)asked();
    return ids;
  }
  // Everybody asks for the role at once.
  std::vector<Result<void>> give_all(const std::vector<std::string>& ids) {
    std::vector<Result<void>> done(ids.size());
    RoleChange change;
    change.add = {role("Sales")};
    for (std::size_t n = 0; n < ids.size(); ++n)
      boost::asio::co_spawn(*context_, v2_->set_roles(ids[n], change), [&done, n](std::exception_ptr, Result<void> result) { done[n] = std::move(result); });
    context_->restart();
    context_->run();
    return done;
  }
  Result<void> set_roles(Provider& provider, const std::string& id, std::set<std::string> add, std::set<std::string> remove = {}) {
    RoleChange change;
    change.add = std::move(add);
    change.remove = std::move(remove);
    return run(provider.set_roles(id, std::move(change)));
  }
  std::set<std::string> roles_of(const std::string& id) {
    std::set<std::string> names;
    for (const auto held : account(id).roles) names.insert(sandbox_->tenant().roles().at(held));
    return names;
  }
  const sandbox::Account& account(const std::string& id) { return *sandbox_->tenant().find(std::stoll(id)); }
  void set(const std::string& id, const std::function<void(sandbox::Account&)>& change) {
    sandbox::Account now = account(id);
    change(now);
    ASSERT_TRUE(sandbox_->tenant().put(std::move(now)));
  }
  // "POST /api/1/users" of each request since the last time.
  std::vector<std::string> asked() {
    std::vector<std::string> out;
    for (const auto& request : http_.requests) out.push_back(request.method + " " + request.url.substr(base.size()));
    http_.requests.clear();
    return out;
  }

  Instant now_ = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  std::unique_ptr<sandbox::Sandbox> sandbox_;
  std::unique_ptr<boost::asio::io_context> context_;
  ScriptedHttp http_{[this](HttpRequest request) {
    request.url = request.url.substr(base.size());
    return sandbox_->handle(request, now_).response;
  }};
  LaterHttp later_{http_};
  std::unique_ptr<Provider> v1_, v2_;
};

// ---- calls ----

TEST_F(OneLoginVerbs, AJoinerIsThreeCallsAndATokenForAll) {
  const std::string id = create(*v1_);
  ASSERT_TRUE(set_roles(*v1_, id, {role("Sales"), role("Staff")}));
  InviteRequest invite;
  invite.email = "zoe@example.com";
  ASSERT_TRUE(run(v1_->invite(invite)));
  EXPECT_THAT(asked(), ElementsAre("POST /auth/oauth2/v2/token", "POST /api/1/users", "PUT /api/1/users/" + id + "/add_roles", "POST /api/1/invites/get_invite_link"));
  EXPECT_EQ(roles_of(id), (std::set<std::string>{"Sales", "Staff"}));
}

TEST_F(OneLoginVerbs, OneCallGivesARoleToAllWhoWaitForIt) {
  const auto ids = crowd(9);
  for (const auto& done : give_all(ids)) EXPECT_TRUE(done);
  EXPECT_THAT(asked(), ElementsAre("POST /api/2/roles/" + role("Sales") + "/users"));
  for (const auto& id : ids) EXPECT_EQ(roles_of(id), (std::set<std::string>{"Sales"}));
}

TEST_F(OneLoginVerbs, SomebodyWhoIsGoneStopsNoneOfThoseWhoGoTogether) {
  auto ids = crowd(5);
  ids.insert(ids.begin() + 2, "987654");
  const auto done = give_all(ids);
  for (std::size_t n = 0; n < ids.size(); ++n) EXPECT_EQ(done[n].has_value(), n != 2) << n;
  EXPECT_EQ(done[2].error().kind, ErrorKind::not_found);
}

TEST_F(OneLoginVerbs, AnAnswerThatIsLostIsInDoubtForAllWhoWentTogether) {
  const auto ids = crowd(4);
  http_.lose_answer();
  for (const auto& done : give_all(ids)) EXPECT_TRUE(!done && done.error().in_doubt);
}

// ---- the token ----

TEST_F(OneLoginVerbs, BothTypesShareOneTokenOnOneContext) {
  ASSERT_TRUE(run(v1_->roles()));
  ASSERT_TRUE(run(v2_->roles()));
  EXPECT_THAT(asked(), ElementsAre("POST /auth/oauth2/v2/token", "GET /api/1/roles", "GET /api/2/roles"));
}

TEST_F(OneLoginVerbs, A401GetsAnotherTokenOnce) {
  ASSERT_TRUE(run(v1_->roles()));
  http_.answer(401, R"({"status":{"error":true,"code":401,"type":"Unauthorized","message":"Authentication Failure"}})");
  ASSERT_TRUE(run(v1_->roles()));
  EXPECT_THAT(asked(), ElementsAre("POST /auth/oauth2/v2/token", "GET /api/1/roles", "GET /api/1/roles", "POST /auth/oauth2/v2/token", "GET /api/1/roles"));
  const std::string refused = R"({"message":"Unauthorized","statusCode":401,"name":"UnauthorizedError"})";
  http_.answer(401, refused);
  http_.answer(200, R"({"access_token":"another","expires_in":36000})");
  http_.answer(401, refused);
  const auto twice = run(v2_->roles());
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().kind, ErrorKind::unauthenticated);
}

TEST_F(OneLoginVerbs, CredentialsThatAreRefusedAreNamedAndNotShown) {
  http_.answer(401, R"({"status":{"error":true,"code":401,"type":"Unauthorized","message":"Authentication Failure for s3cret"}})");
  const auto refused = run(v1_->roles());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unauthenticated);
  EXPECT_THAT(refused.error().message, HasSubstr("are client-id and client-secret right"));
  EXPECT_THAT(refused.error().message, testing::Not(HasSubstr("s3cret")));
  EXPECT_FALSE(refused.error().in_doubt);
}

TEST_F(OneLoginVerbs, ATokenIsRevokedAtTheEndOnlyWhereThatIsWanted) {
  ASSERT_TRUE(run(v1_->roles()));
  (void)asked();
  ASSERT_TRUE(run(v1_->close()));
  EXPECT_THAT(asked(), IsEmpty());
  furnish({}, {{"revoke-on-exit", "true"}});
  ASSERT_TRUE(run(v1_->close()));              // there is none yet
  EXPECT_THAT(asked(), IsEmpty());
  ASSERT_TRUE(run(v1_->roles()));
  ASSERT_TRUE(run(v1_->close()));
  ASSERT_TRUE(run(v2_->close()));              // it was the same one
  EXPECT_THAT(asked(), ElementsAre("POST /auth/oauth2/v2/token", "GET /api/1/roles", "POST /auth/oauth2/revoke"));
}

// ---- the limit ----

TEST_F(OneLoginVerbs, ALimitThatDoesNotSayForHowLongIsAskedFor) {
  ASSERT_TRUE(run(v1_->roles()));
  http_.answer(403, R"({"status":{"error":true,"code":403,"type":"forbidden","message":"Rate Limit Exceeded"}})");
  http_.answer(200, R"({"status":{"error":false,"code":200},"data":{"X-RateLimit-Limit":5000,"X-RateLimit-Remaining":0,"X-RateLimit-Reset":832}})");
  const auto limited = run(v1_->roles());
  ASSERT_FALSE(limited);
  EXPECT_EQ(limited.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(limited.error().retry_after, std::chrono::seconds(832));
  EXPECT_EQ(asked().back(), "GET /auth/rate_limit");
}

TEST_F(OneLoginVerbs, WhatIsLeftOfTheLimitIsToldToPeopleAndIsNoPauseOfAFailure) {
  EXPECT_THAT(*run(v1_->authenticate()), HasSubstr("shows 3 roles; 4997 of 5000 calls are left"));
  http_.answer(HttpResponse{503, {{"X-RateLimit-Reset", "3000"}}, ""});
  EXPECT_FALSE(run(v1_->roles()).error().retry_after);
  http_.answer(HttpResponse{429, {{"X-RateLimit-Reset", "9"}}, ""});
  EXPECT_EQ(run(v1_->roles()).error().retry_after, std::chrono::seconds(9));
}

// ---- roles of /1 ----

TEST_F(OneLoginVerbs, RolesThatAreThereAlreadyDoNotStopTheOthers) {
  const std::string id = create(*v1_);
  set(id, [&](auto& user) { user.roles = {*sandbox_->tenant().role_id("Sales")}; });
  ASSERT_TRUE(set_roles(*v1_, id, {role("Sales"), role("Boss")}));
  EXPECT_EQ(roles_of(id), (std::set<std::string>{"Boss", "Sales"}));
  (void)asked();
  ASSERT_TRUE(set_roles(*v1_, id, {role("Sales")}));
  EXPECT_EQ(asked().size(), 1u);               // the vendor's word is enough
  ASSERT_TRUE(set_roles(*v1_, id, {}, {role("Staff"), role("Boss")}));
  EXPECT_EQ(roles_of(id), (std::set<std::string>{"Sales"}));
}

TEST_F(OneLoginVerbs, ARoleThatDoesNotExistIsToldWithTheVendorsWords) {
  const std::string id = create(*v1_);
  for (Provider* provider : {v1_.get(), v2_.get()}) {
    const auto refused = set_roles(*provider, id, {"999"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::invalid) << refused.error().message;
  }
  EXPECT_EQ(set_roles(*v1_, id, {"Sales"}).error().kind, ErrorKind::invalid);
}

// ---- users ----

TEST_F(OneLoginVerbs, AnErrorInsideASuccessIsAnError) {
  ASSERT_TRUE(run(v1_->roles()));
  http_.answer(200, R"({"status":{"error":true,"code":404,"type":"not found","message":"User not found"}})");
  EXPECT_EQ(run(v1_->update("7", {{"title", "x"}})).error().kind, ErrorKind::not_found);
}

TEST_F(OneLoginVerbs, APageOfSomethingElseProvesNobodyGone) {
  ASSERT_TRUE(run(v1_->roles()));
  http_.answer(404, "<html><body>gateway</body></html>");
  EXPECT_EQ(run(v1_->find(LookupBy::id, "7")).error().kind, ErrorKind::invalid);
  http_.answer(404, R"({"status":{"error":true,"code":404,"type":"not found","message":"No Route Exists"}})");
  EXPECT_EQ(run(v1_->find(LookupBy::id, "7")).error().kind, ErrorKind::invalid);
}

TEST_F(OneLoginVerbs, ANameThatIsTakenIsLookedUpWhateverTheVendorSays) {
  (void)create(*v1_);
  for (Provider* provider : {v1_.get(), v2_.get()}) {
    http_.answer(422, R"({"statusCode":422,"name":"UnprocessableEntityError","message":"Validation failed: something"})");
    NewAccount twin;
    twin.fields = zoe;
    EXPECT_EQ(run(provider->create(twin)).error().kind, ErrorKind::already_exists);
  }
}

TEST_F(OneLoginVerbs, StarsAndMarksInANameFindThatNameAlone) {
  for (const char* name : {"a*c", "abc", "!abc", "xabc"}) {
    Fields fields = zoe;
    fields["username"] = name;
    fields["email"] = std::string("m") + name + "@example.com";
    (void)create(*v1_, fields);
  }
  for (Provider* provider : {v1_.get(), v2_.get()})
    for (const char* name : {"a*c", "!abc"}) EXPECT_EQ((*run(provider->find(LookupBy::user_name, name)))->fields.at("username"), name);
}

TEST_F(OneLoginVerbs, WhatACreateOfV1RefusesFollows) {
  Fields fields = zoe;
  fields.insert({{"state", "0"}, {"password", "Correct-Horse-1"}, {"custom_attributes.cost", "\xE7\x8E\x8B"}});
  const std::string id = create(*v1_, fields);
  EXPECT_THAT(asked(), ElementsAre("POST /auth/oauth2/v2/token", "POST /api/1/users", "PUT /api/1/users/" + id + "/set_state", "PUT /api/1/users/set_password_clear_text/" + id));
  EXPECT_EQ(account(id).fields.at("state"), "0");
  EXPECT_EQ(account(id).custom.at("cost"), "\xE7\x8E\x8B");
}

TEST_F(OneLoginVerbs, APasswordThatWasRefusedIsNamedAsNotWritten) {
  NewAccount wanted;
  wanted.fields = zoe;
  wanted.fields["password"] = "short";
  const auto made = run(v1_->create(wanted));
  ASSERT_TRUE(made);
  EXPECT_EQ(made->fields.at("password"), "");
  EXPECT_EQ(made->status, AccountStatus::pending);
}

TEST_F(OneLoginVerbs, ASaltedPasswordGoesAsItIs) {
  const std::string hex = "b1c788abac15390de987ad17b65ac73c9b475d428a51f245c645a442fddd078b";  // the vendor's own sample
  const Fields change = {{"password_using_salt", "hello:" + hex}};
  for (Provider* provider : {v1_.get(), v2_.get()}) {
    Fields fields = zoe;
    fields["username"] = fields["email"] = std::string(provider == v1_.get() ? "one" : "two") + "@example.com";
    const std::string id = create(*provider, fields);
    ASSERT_TRUE(run(provider->update(id, change)));
    EXPECT_EQ(account(id).password, "salt+sha256:hello:" + hex);
    EXPECT_EQ(run(provider->update(id, {{"password_using_salt", "hello"}})).error().kind, ErrorKind::invalid);
  }
}

TEST_F(OneLoginVerbs, AnAdministratorsPasswordIsNoAcceptance) {
  Fields fields = zoe;
  fields["password"] = "Correct-Horse-1";
  const std::string id = create(*v1_, fields);
  EXPECT_TRUE(account(id).activated);
  EXPECT_FALSE((*run(v1_->find(LookupBy::id, id)))->accepted);
  set(id, [](auto& user) { user.fields["last_login"] = "2026-05-17T08:00:00.000Z"; });
  EXPECT_TRUE((*run(v2_->find(LookupBy::id, id)))->accepted);
}

TEST_F(OneLoginVerbs, WithoutTheScopeForEventsTheUsersDatesMustDo) {
  const std::string id = create(*v1_);
  set(id, [this](auto& user) { user.activated = now_; });
  const std::string user = R"({"data":[{"id":)" + id + R"(,"role_id":[],"status":1,"activated_at":"2026-05-17T08:00:00.000Z"}]})";
  http_.answer(200, user);
  http_.answer(403, R"({"status":{"error":true,"code":403,"type":"forbidden","message":"Insufficient scope"}})");
  EXPECT_TRUE((*run(v1_->find(LookupBy::id, id)))->accepted);
}

TEST_F(OneLoginVerbs, SuspendingEndsTheSessionsToo) {
  for (Provider* provider : {v1_.get(), v2_.get()}) {
    Fields fields = zoe;
    fields["username"] = fields["email"] = std::string(provider == v1_.get() ? "one" : "two") + "@example.com";
    const std::string id = create(*provider, fields);
    ASSERT_TRUE(run(provider->suspend(id)));
    EXPECT_EQ(account(id).status, 2);
    EXPECT_TRUE(account(id).field("logged_out"));
  }
}

TEST_F(OneLoginVerbs, SessionsThatGoOnAreToldAndLeaveTheSuspensionInDoubt) {
  const std::string id = create(*v1_);
  http_.answer(200, R"({"status":{"error":false,"code":200},"data":[]})");
  http_.answer(403, R"({"status":{"error":true,"code":403,"type":"forbidden","message":"no"}})");
  const auto done = run(v1_->suspend(id));
  ASSERT_FALSE(done);
  EXPECT_TRUE(done.error().in_doubt);
  EXPECT_THAT(done.error().message, HasSubstr("the account is suspended, but its sessions go on"));
}

TEST_F(OneLoginVerbs, WhoWasLockedBeforeIsLockedAgain) {
  const std::string id = create(*v1_);
  set(id, [](auto& user) { user.status = 3; });
  ASSERT_TRUE(run(v1_->suspend(id)));
  ASSERT_TRUE(run(v1_->reactivate(id, "3")));
  EXPECT_EQ(run(v1_->find(LookupBy::id, id)).value()->status, AccountStatus::locked);
  EXPECT_THAT(asked(), Contains("PUT /api/1/users/" + id + "/lock_user"));
}

TEST_F(OneLoginVerbs, AMailElsewhereNamesThatAddress) {
  (void)create(*v1_);
  InviteRequest invite;
  invite.email = "zoe@example.com";
  invite.to = "private@example.net";
  ASSERT_TRUE(run(v1_->send_invitation(invite)));
  EXPECT_EQ(sandbox_->tenant().mails().at(0).to, "private@example.net");
}

// ---- listings that do not end, or not well ----

TEST_F(OneLoginVerbs, AListingWhoseEndIsNotKnownIsAnError) {
  ASSERT_TRUE(run(v1_->roles()));
  http_.answer(200, R"({"status":{"error":false,"code":200},"data":[]})");
  EXPECT_EQ(run(v1_->list("")).error().kind, ErrorKind::corrupt);
  http_.answer(200, R"({"status":{"error":false,"code":200},"pagination":{"after_cursor":"x"},"data":[]})");
  EXPECT_THAT(run(v1_->list("")).error().message, HasSubstr("does not go on"));
}

TEST_F(OneLoginVerbs, ATotalAboveTheUsersThatCameIsAnError) {
  ASSERT_TRUE(run(v1_->roles()));
  http_.answer(HttpResponse{200, {{"Total-Count", "3"}}, R"([{"id":1,"role_ids":[]}])"});
  EXPECT_THAT(run(v2_->list("")).error().message, HasSubstr("counts 3 users and shows 1"));
}

}  // namespace
}  // namespace rollcall::test
