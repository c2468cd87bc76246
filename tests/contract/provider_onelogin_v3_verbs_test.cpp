// What only OneLogin v3 does: the requests it gets, and the answers that no other vendor gives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/hash.hpp"
#include "rollcall/provider.hpp"
#include "support/onelogin_v3_vendor.hpp"
#include "support/run.hpp"
#include "support/scripted_http.hpp"

namespace rollcall::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class OneLoginV3Verbs : public testing::Test {
 protected:
  OneLoginV3Verbs() { provider_ = made("replace", vendor_.api_key); }

  std::unique_ptr<Provider> made(const std::string& roles, const std::string& key) {
    std::map<std::string, Secret> secrets;
    secrets.emplace("api-key", Secret(key));
    return find_provider_type("onelogin-v3")
        ->make(vendor_.base, std::chrono::seconds(7), {{"roles", roles}}, secrets, http_);
  }
  Result<Account> create(Fields fields) {
    NewAccount account;
    account.fields = std::move(fields);
    return run(provider_->create(std::move(account)));
  }
  std::string target(std::size_t i) { return http_.requests.at(i).url.substr(vendor_.base.size()); }
  std::string header(std::size_t i, std::string_view name) {
    return std::string(header_value(http_.requests.at(i).headers, name));
  }

  OneLoginV3Vendor vendor_;
  ScriptedHttp http_{[this](const HttpRequest& request) { return vendor_.answer(request); }};
  std::unique_ptr<Provider> provider_;
};

const Fields dora = {{"username", "dora"}, {"email", "dora@example.com"}, {"firstname", "Dora"}};
const std::string page_of_html =
    "<!DOCTYPE html><html><head><title>OneLogin</title><style>x{}</style><script>alert(1)</script></head>"
    "<body><h1>Sorry,\n something \x1b[31m went\xE2\x80\xAE wrong</h1></body></html>";

// ---- Requests ----

TEST_F(OneLoginV3Verbs, CallsCarryBasicCredentialsTheTimeoutAndTheTypeOfTheBody) {
  ASSERT_TRUE(create(dora));
  EXPECT_EQ(http_.requests[0].method, "POST");
  EXPECT_EQ(target(0), "/api/v3/users.xml");
  EXPECT_EQ(header(0, "authorization"), "Basic " + crypto::base64(vendor_.api_key + ":x"));
  EXPECT_EQ(header(0, "content-type"), "application/xml");
  EXPECT_EQ(http_.requests[0].timeout, std::chrono::seconds(7));
}

TEST_F(OneLoginV3Verbs, TheListingGoesByIdAndEndsOnlyWithAnEmptyPage) {
  for (int i = 0; i < 4; ++i) vendor_.add({{"username", "u" + std::to_string(i)}});
  auto first = run(provider_->list(""));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->next, "102");
  auto second = run(provider_->list("102"));
  EXPECT_EQ(second->accounts.size(), 1u);  // not full, and yet not the end
  EXPECT_EQ(second->next, "103");
  EXPECT_EQ(run(provider_->list("103"))->next, "");
  EXPECT_EQ(target(0), "/api/v3/users.xml?from_id=0");
  EXPECT_EQ(target(2), "/api/v3/users.xml?from_id=103");
}

TEST_F(OneLoginV3Verbs, AListingThatDoesNotGoOnIsAnErrorAndNoEndlessLoop) {
  http_.answer(200, "<users type=\"array\"><user><id>5</id></user></users>");
  const auto page = run(provider_->list("5"));
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().kind, ErrorKind::corrupt);
  EXPECT_FALSE(page.error().in_doubt);
}

TEST_F(OneLoginV3Verbs, AUserNameIsOneEncodedSegment) {
  ASSERT_TRUE(run(provider_->find(LookupBy::user_name, "a/b.xml")));
  EXPECT_EQ(target(0), "/api/v3/users/username/a%2Fb%2Exml?include_custom_attributes=true");
  ASSERT_TRUE(run(provider_->find(LookupBy::id, "../roles")));
  EXPECT_EQ(target(1), "/api/v3/users/%2E%2E%2Froles.xml?include_custom_attributes=true");
}

TEST_F(OneLoginV3Verbs, AnEmptyNameIsNobodyWithoutACall) {
  EXPECT_EQ(run(provider_->find(LookupBy::user_name, "")).value(), std::nullopt);
  EXPECT_TRUE(http_.requests.empty());
}

TEST_F(OneLoginV3Verbs, AnAnswerAboutSomebodyElseIsRefused) {
  http_.answer(200, "<user><id>9</id><username>dora</username></user>");
  EXPECT_EQ(run(provider_->find(LookupBy::user_name, "dora.xml")).error().kind, ErrorKind::corrupt);
}

TEST_F(OneLoginV3Verbs, WhatACreateRefusesFollowsInOneUpdate) {
  Fields fields = dora;
  fields.insert({{"external_id", "key-1"}, {"status", "2"}, {"title", ""}});
  const auto made = create(fields);
  ASSERT_TRUE(made) << made.error().message;
  ASSERT_EQ(http_.requests.size(), 2u);
  EXPECT_THAT(http_.requests[0].body, Not(HasSubstr("external-id")));
  EXPECT_EQ(http_.requests[1].body, "<user><external-id>key-1</external-id><status>2</status></user>");
  EXPECT_EQ(made->fields.at("external_id"), "key-1");
  EXPECT_EQ(made->status, AccountStatus::suspended);
}

TEST_F(OneLoginV3Verbs, AnAccountIsMadeThoughWhatFollowsFailed) {
  Fields fields = dora;
  fields["group_id"] = "77";
  http_.answer(201, "<user><id>100</id><group-id nil=\"true\"></group-id></user>");
  http_.answer(500, "");
  const auto made = create(fields);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->id, "100");
  EXPECT_FALSE(made->fields.contains("group_id"));
}

TEST_F(OneLoginV3Verbs, APasswordGoesWithItsConfirmationAndIsNeverRepeated) {
  Fields fields = dora;
  fields["password"] = "sh0rt!";
  const auto refused = create(fields);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
  EXPECT_THAT(refused.error().message, HasSubstr("must be at least 8 characters, not ***"));
  fields["password"] = "Correct-Horse-1";
  EXPECT_EQ(create(fields)->native_status, "1");
  EXPECT_THAT(http_.requests[1].body, HasSubstr("<password_confirmation>Correct-Horse-1<"));
}

TEST_F(OneLoginV3Verbs, RolesGoAsOneWholeList) {
  const std::string id = std::to_string(vendor_.add({{"username", "dora"}}));
  RoleChange change;
  change.whole = {"12", "11"};
  ASSERT_TRUE(run(provider_->set_roles(id, change)));
  EXPECT_EQ(http_.requests[0].body, "<user><roles type=\"array\"><role>11</role><role>12</role></roles></user>");
  change.whole = {"Sales"};
  EXPECT_EQ(run(provider_->set_roles(id, change)).error().kind, ErrorKind::invalid);
  EXPECT_EQ(http_.requests.size(), 1u);
}

TEST_F(OneLoginV3Verbs, UnderAppendARevokeIsRefusedWithoutACall) {
  provider_ = made("append", vendor_.api_key);
  EXPECT_FALSE(provider_->capabilities().removes_roles);
  RoleChange change;
  change.remove = {"11"};
  EXPECT_EQ(run(provider_->set_roles("100", change)).error().kind, ErrorKind::unsupported);
  EXPECT_TRUE(http_.requests.empty());
}

TEST_F(OneLoginV3Verbs, InvitationsCarryTheKeyInTheBodyAndNoBasicHeader) {
  vendor_.add({{"username", "dora"}, {"email", "Dora@example.com"}});
  InviteRequest request;
  request.email = "Dora@example.com";
  request.to = "dora@EXAMPLE.com";
  const auto answer = run(provider_->invite(request));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_THAT(answer->link, HasSubstr("/password/reset?token=1x111111"));
  EXPECT_EQ(header(0, "authorization"), "");
  EXPECT_EQ(http_.requests[0].body, "{\"api_key\":\"" + vendor_.api_key + "\",\"email\":\"Dora@example.com\"}");
  ASSERT_TRUE(run(provider_->send_invitation(request)));
  EXPECT_EQ(vendor_.last_mail_to, "Dora@example.com");
  request.to = "dora@home.example";
  ASSERT_TRUE(run(provider_->send_invitation(request)));
  EXPECT_EQ(vendor_.last_mail_to, "dora@home.example");
}

// ---- Answers ----

TEST_F(OneLoginV3Verbs, AWrongKeyIsUnauthenticatedOnEveryKindOfCallAndNeverShown) {
  provider_ = made("replace", "wr0ng-key");
  InviteRequest request;
  request.email = "dora@example.com";
  const Error errors[] = {run(provider_->authenticate()).error(), run(provider_->invite(request)).error()};
  for (const Error& error : errors) {
    EXPECT_EQ(error.kind, ErrorKind::unauthenticated);
    EXPECT_THAT(error.message, Not(HasSubstr("wr0ng")));
    EXPECT_THAT(error.message, Not(HasSubstr(crypto::base64("wr0ng-key:x"))));
  }
  EXPECT_THAT(errors[0].message, HasSubstr("Unauthorized Access"));
}

TEST_F(OneLoginV3Verbs, StatusesOfAPutThatMeanSuccess) {
  for (const int status : {200, 201, 204, 205, 304}) {
    http_.answer(status, "");
    EXPECT_TRUE(run(provider_->suspend("1"))) << status;
  }
  for (const int status : {302, 400, 401, 403, 404, 409, 422, 429, 500, 503}) {
    http_.answer(status, "");
    EXPECT_FALSE(run(provider_->suspend("1"))) << status;
  }
}

TEST_F(OneLoginV3Verbs, AServerErrorIsInDoubtForAWriteAndNotForARead) {
  http_.answer({503, {{"Retry-After", "17"}}, page_of_html});
  const auto write = run(provider_->suspend("1"));
  EXPECT_EQ(write.error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(write.error().in_doubt);
  EXPECT_EQ(write.error().retry_after, std::chrono::seconds(17));
  http_.answer(500, "");
  const auto read = run(provider_->list(""));
  EXPECT_EQ(read.error().kind, ErrorKind::unavailable);
  EXPECT_FALSE(read.error().in_doubt);
}

TEST_F(OneLoginV3Verbs, ALostAnswerIsInDoubtForAWriteAlone) {
  http_.lose_answer();
  EXPECT_TRUE(create(dora).error().in_doubt);
  EXPECT_EQ(vendor_.users.size(), 1u);
  http_.lose_answer();
  EXPECT_FALSE(run(provider_->list("")).error().in_doubt);
  http_.refuse();
  EXPECT_FALSE(create(dora).error().in_doubt);
}

TEST_F(OneLoginV3Verbs, ACreateWhoseAnswerCannotBeReadIsInDoubt) {
  for (const char* body : {"", "<user></user>", "<user><id>x</id></user>", "{}", "<user><id>5</id>"}) {
    http_.answer(201, body);
    const auto made = create(dora);
    ASSERT_FALSE(made) << body;
    EXPECT_EQ(made.error().kind, ErrorKind::corrupt);
    EXPECT_TRUE(made.error().in_doubt) << body;
  }
}

TEST_F(OneLoginV3Verbs, ALimitOfCallsNamesTheEarliestTimeAndIsNotInDoubt) {
  http_.answer({429, {{"X-RateLimit-Reset", "832"}}, ""});
  const auto limited = run(provider_->suspend("1"));
  EXPECT_EQ(limited.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(limited.error().retry_after, std::chrono::seconds(832));
  EXPECT_FALSE(limited.error().in_doubt);
}

TEST_F(OneLoginV3Verbs, AnHtmlPageIsToldAsTextThatIsSafeToShow) {
  http_.answer(400, page_of_html);
  const auto refused = run(provider_->suspend("1"));
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
  EXPECT_EQ(refused.error().message,
            "OneLogin refuses the request (400): OneLogin Sorry, something \\x1b[31m went\\xe2\\x80\\xae wrong");
  EXPECT_EQ(refused.error().where, "onelogin-v3: suspend");
}

TEST_F(OneLoginV3Verbs, AnHtmlPage404ProvesNoAccountGone) {
  for (int i = 0; i < 2; ++i) http_.answer(404, page_of_html);
  EXPECT_EQ(run(provider_->find(LookupBy::id, "1")).error().kind, ErrorKind::invalid);
  EXPECT_EQ(run(provider_->remove("1")).error().kind, ErrorKind::invalid);
  http_.answer(404, "");
  EXPECT_TRUE(run(provider_->remove("1")));
}

TEST_F(OneLoginV3Verbs, AJsonErrorInsideASuccessIsAnError) {
  http_.answer(
      200, R"({"status":{"type":"bad request","message":"No User exists for input email","error":true,"code":400}})");
  InviteRequest request;
  request.email = "nobody@example.com";
  const auto answer = run(provider_->invite(request));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::not_found);
}

TEST_F(OneLoginV3Verbs, NoErrorHoldsALink) {
  for (const char* body :
       {R"({"data":["https://a b/?token=SECRET"]})", R"({"data":[{"x":"https://a/?token=SECRET"}]})",
        R"({"data":["javascript:SECRET"]})", R"({"data":[]})", R"(SECRET)", R"({"data":["https://a/?token=SECRET")"}) {
    http_.answer(200, body);
    const auto answer = run(provider_->invite(InviteRequest()));
    ASSERT_FALSE(answer) << body;
    EXPECT_THAT(answer.error().message, Not(HasSubstr("SECRET")));
  }
  http_.answer(500, "see http://api.onelogin.com/password/reset?token=SECRET now");
  EXPECT_THAT(run(provider_->invite(InviteRequest())).error().message, HasSubstr("token=*** now"));
}

TEST_F(OneLoginV3Verbs, AValueThatXmlCannotCarryNamesItsFieldAndMakesNoCall) {
  Fields fields = dora;
  fields["external_id"] = "a\x01";
  const auto refused = create(fields);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::invalid);
  EXPECT_THAT(refused.error().message, HasSubstr("external_id: holds U+0001"));
  EXPECT_EQ(run(provider_->update("1", {{"nickname", "x"}})).error().kind, ErrorKind::invalid);
  EXPECT_TRUE(http_.requests.empty());
}

TEST_F(OneLoginV3Verbs, ARoleListThatIsNoRoleListIsCorrupt) {
  for (const char* body :
       {page_of_html.c_str(), "", "<users type='array'/>", "<roles><role><id>1</id></role></roles>", "[]"}) {
    http_.answer(200, body);
    EXPECT_EQ(run(provider_->roles()).error().kind, ErrorKind::corrupt) << body;
  }
}

}  // namespace
}  // namespace rollcall::test
