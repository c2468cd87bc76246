#include "providers/zitadel/wire.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/zitadel/errors.hpp"
#include "providers/zitadel/grants.hpp"

namespace rollcall::providers::zitadel {
namespace {

using testing::HasSubstr;

const Fields zoe = {{"userId", "0447173c-7a6e"}, {"username", "zo\xC3\xAB"}, {"email", "zoe@example.com"}, {"profile.givenName", "Zo\xC3\xAB"}, {"profile.familyName", "M\xC3\xBCller"}};

TEST(ZitadelWire, ACreateHasOurIdTheOrganisationAndAnAddressThatMailsNobody) {
  Fields fields = zoe;
  fields.insert({{"phone", "+41791234567"}, {"profile.nickName", ""}, {"metadata.cost center", "\xE7\x8E\x8B"}});
  EXPECT_EQ(write_create(fields, "org-1", true).value(),
            "{\"userId\":\"0447173c-7a6e\",\"username\":\"zo\xC3\xAB\",\"organization\":{\"orgId\":\"org-1\"},"
            "\"profile\":{\"familyName\":\"M\xC3\xBCller\",\"givenName\":\"Zo\xC3\xAB\"},\"email\":{\"email\":\"zoe@example.com\",\"isVerified\":true},"
            "\"phone\":{\"phone\":\"+41791234567\",\"isVerified\":true},\"metadata\":[{\"key\":\"cost center\",\"value\":\"546L\"}]}");
  EXPECT_THAT(write_create(zoe, "", false).value(), HasSubstr("\"email\":{\"email\":\"zoe@example.com\",\"returnCode\":{}}"));
}

TEST(ZitadelWire, WhatZitadelCannotTakeIsNamed) {
  const auto refused = [](const std::string& field, const std::string& value) {
    Fields fields = zoe;
    fields[field] = value;
    const auto body = write_create(fields, "", true);
    return body ? std::string("taken") : body.error().message;
  };
  EXPECT_THAT(refused("profile.familyName", ""), HasSubstr("no user without profile.familyName"));
  EXPECT_THAT(refused("email", ""), HasSubstr("no user without email"));
  EXPECT_THAT(refused("username", std::string(201, 'x')), HasSubstr("username: is longer than the 200 characters"));
  EXPECT_EQ(refused("username", [] { std::string t; for (int i = 0; i < 200; ++i) t += "\xC3\xBC"; return t; }()), "taken");
  EXPECT_THAT(refused("profile.preferredLanguage", "de-CH-1996-xx"), HasSubstr("longer than the 10 characters"));
  EXPECT_THAT(refused("phone", "030 1234"), HasSubstr("is no number with its country"));
  EXPECT_THAT(refused("profile.nickName", "\xFF"), HasSubstr("is no UTF-8"));
  EXPECT_THAT(write_update({{"userId", "x"}}, true).error().message, HasSubstr("cannot be changed"));
  EXPECT_THAT(write_update({{"email", ""}}, true).error().message, HasSubstr("cannot be empty"));
}

TEST(ZitadelWire, AnUpdateSaysOnlyWhatChanges) {
  EXPECT_EQ(json::write(write_update({{"email", "a@b.c"}, {"profile.nickName", ""}}, true).value()),
            R"({"email":{"email":"a@b.c","isVerified":true},"profile":{"nickName":""}})");
  EXPECT_TRUE(write_update({{"metadata.x", "1"}, {"phone", ""}}, true)->is_null());
}

TEST(ZitadelWire, CanonicalIsWhatIsReadBack) {
  const Fields wanted = canonical({{"profile.givenName", " Zo\xC3\xAB\r\n"}, {"profile.familyName", "M"}, {"profile.displayName", ""}, {"phone", "+41 (79) 123-45.67"},
                                   {"profile.nickName", std::string(300, 'n')}, {"metadata.raw", " kept "}});
  EXPECT_EQ(wanted.at("profile.displayName"), "Zo\xC3\xAB M");
  EXPECT_EQ(wanted.at("phone"), "+41791234567");
  EXPECT_EQ(wanted.at("profile.nickName").size(), 200u);
  EXPECT_EQ(wanted.at("metadata.raw"), " kept ");
}

TEST(ZitadelWire, AnOwnIdIsTheKeyOrAHashOfIt) {
  EXPECT_EQ(own_id("0447173c-7a6e-1041"), "0447173c-7a6e-1041");
  EXPECT_EQ(own_id(""), "");
  for (const std::string& key : {std::string(201, 'k'), std::string("uid=zo\xC3\xAB,dc=x"), std::string("a b")}) {
    EXPECT_THAT(own_id(key), testing::StartsWith("rollcall-"));
    EXPECT_EQ(own_id(key), own_id(key));
  }
  EXPECT_NE(own_id("a b"), own_id("a c"));
}

TEST(ZitadelWire, MembersThatAreLeftOutAreEmpty) {
  const auto users = read_users(R"({"details":{"totalResult":"7"},"result":[{"userId":"1","state":"USER_STATE_LOCKED","username":"u","human":{"profile":{"givenName":"G","preferredLanguage":"und"}}}]})").value();
  EXPECT_EQ(users.total, 7);
  EXPECT_EQ(users.items, 1);
  const Account& account = users.page.accounts.at(0);
  EXPECT_EQ(account.status, AccountStatus::locked);
  EXPECT_EQ(account.fields.at("email"), "");
  EXPECT_EQ(account.fields.at("profile.preferredLanguage"), "");
  EXPECT_FALSE(account.accepted);
  EXPECT_EQ(read_users("{}")->total, 0);
  EXPECT_FALSE(read_users(R"({"result":{}})"));
  EXPECT_FALSE(read_users("[]"));
}

TEST(ZitadelWire, APasswordThatWasSetIsAnAcceptanceAndAMachineIsUnusable) {
  const auto users = read_users(R"({"result":[{"userId":"1","human":{"passwordChanged":"2026-01-01T00:00:00Z"}},{"userId":"2","machine":{"name":"m"}}]})").value();
  EXPECT_TRUE(users.page.accounts.at(0).accepted);
  EXPECT_EQ(users.page.unusable.at(0).account, "2");
}

TEST(ZitadelWire, AnInvitationSendsOrReturnsAndNeverBoth) {
  EXPECT_EQ(write_invitation(false, "https://p/{code}", "Portal"), R"({"returnCode":{}})");
  EXPECT_EQ(write_invitation(true, "", ""), R"({"sendCode":{}})");
  EXPECT_EQ(write_invitation(true, "https://p/?u={userId}&c={code}&o={orgId}&again={code}", "P\xC3\xB6rtal"),
            "{\"sendCode\":{\"urlTemplate\":\"https://p/?u={{.UserID}}&c={{.Code}}&o={{.OrgID}}&again={{.Code}}\",\"applicationName\":\"P\xC3\xB6rtal\"}}");
  const auto answer = read_invitation(R"({"details":{"resourceOwner":"org"},"inviteCode":"ABC123"})", true).value();
  EXPECT_EQ(answer.code, "ABC123");
  EXPECT_EQ(answer.organization, "org");
  EXPECT_FALSE(read_invitation(R"({"details":{}})", true));
}

// ---- grants ----

TEST(ZitadelGrants, BothFormsSayTheSame) {
  const std::string v1 = R"({"details":{"totalResult":"1"},"result":[{"id":"g","userId":"u","roleKeys":["b","a"]}]})";
  const std::string v2 = R"({"pagination":{"totalResult":"1"},"authorizations":[{"id":"g","user":{"id":"u"},"roles":[{"key":"a"},"b"]}]})";
  for (const auto& [api, body] : {std::pair(RoleApi::v1, v1), std::pair(RoleApi::v2, v2)}) {
    const auto found = read_grants(api, body).value();
    EXPECT_EQ(found.total, 1);
    EXPECT_EQ(found.grants.at(0).keys, (std::set<std::string>{"a", "b"}));
    EXPECT_EQ(found.grants.at(0).user, "u");
  }
  EXPECT_FALSE(read_grants(RoleApi::v1, R"({"result":[{"id":"g"}]})"));
}

TEST(ZitadelGrants, RequestsAreEncodedAndKeysInOrder) {
  const Grant grant{"g/1", "u 1", {"a"}};
  const Wanted put = replace_keys(RoleApi::v1, grant, {"z", "R\xC3\xA9gie/<&>"});
  EXPECT_EQ(put.method + " " + put.target, "PUT /management/v1/users/u%201/grants/g%2F1");
  EXPECT_EQ(put.body, "{\"roleKeys\":[\"R\xC3\xA9gie/<&>\",\"z\"]}");
  EXPECT_EQ(create_grant(RoleApi::v2, "u", "p", "o", {"a"}).body, R"({"userId":"u","projectId":"p","organizationId":"o","roleKeys":["a"]})");
  EXPECT_EQ(search_grants(RoleApi::v1, 5, "p", "u", "o").body,
            R"({"query":{"offset":"5","limit":1000,"asc":true},"queries":[{"projectIdQuery":{"projectId":"p"}},{"userIdQuery":{"userId":"u"}}]})");
  EXPECT_EQ(search_grants(RoleApi::v2, 0, "p", "", "o").target, "/zitadel.authorization.v2.AuthorizationService/ListAuthorizations");
}

// ---- errors ----

Error judged(int status, const std::string& body, bool writes = true) {
  return error_of(HttpResponse{status, {{"Retry-After", "7"}}, body}, Call{"create", writes, {"s3cret"}}, Instant{});
}
std::string rest(int code, const std::string& id, const std::string& text) {
  return "{\"code\":" + std::to_string(code) + ",\"message\":\"" + text + " (" + id + ")\",\"details\":[{\"@type\":\"type.googleapis.com/zitadel.v1.ErrorDetail\",\"id\":\"" + id + "\",\"message\":\"" + text + "\"}]}";
}

TEST(ZitadelErrors, TheCodeAndTheIdDecideInEveryLanguage) {
  EXPECT_EQ(judged(409, rest(6, "V3-DKcYh", "Benutzer existiert bereits")).kind, ErrorKind::already_exists);
  EXPECT_EQ(judged(400, rest(9, "COMMAND-7yiox1isql", "\xD0\xBF\xD0\xBE\xD0\xBB\xD1\x8C\xD0\xB7")).kind, ErrorKind::already_exists);
  EXPECT_EQ(judged(400, rest(9, "COMMAND-Wgvn4", "x")).kind, ErrorKind::not_found);
  EXPECT_EQ(judged(400, rest(9, "COMMAND-EF34g", "x")).kind, ErrorKind::already_exists);
  EXPECT_EQ(judged(400, rest(9, "COMMAND-mm9F4", "x")).kind, ErrorKind::invalid);
  EXPECT_EQ(judged(400, rest(3, "COMMAND-Wgn4q", "not found")).kind, ErrorKind::invalid);
  EXPECT_EQ(judged(404, rest(5, "QUERY-Dfbg2", "x")).kind, ErrorKind::not_found);
  EXPECT_EQ(judged(401, rest(16, "AUTH-7fs1e", "x")).kind, ErrorKind::unauthenticated);
  EXPECT_EQ(judged(403, rest(7, "AUTH-5mWD2", "x")).kind, ErrorKind::forbidden);
}

TEST(ZitadelErrors, NobodyIsGoneBecauseOfAMissingMembershipAnUnknownPathOrAPageOfAProxy) {
  EXPECT_EQ(judged(404, rest(5, "AUTHZ-cdgFk", "membership not found")).kind, ErrorKind::forbidden);
  EXPECT_EQ(judged(404, R"({"code":5,"message":"Not Found","details":[]})").kind, ErrorKind::unsupported);
  EXPECT_EQ(judged(501, R"({"code":12,"message":"Method Not Allowed"})").kind, ErrorKind::unsupported);
  EXPECT_EQ(judged(404, "<!DOCTYPE html><html><body>nginx</body></html>").kind, ErrorKind::invalid);
  EXPECT_EQ(judged(404, "").kind, ErrorKind::invalid);
}

TEST(ZitadelErrors, ConnectSaysCodesAsWordsAndTheIdInsideAMessageOfProtobuf) {
  // 0A 09 "V3-DKcYh!" as base64: field 1 of the detail.
  const Error error = judged(409, R"({"code":"already_exists","message":"Schon da","details":[{"type":"zitadel.v1.ErrorDetail","value":"CghWMy1ES2NZaA=="}]})");
  EXPECT_EQ(error.kind, ErrorKind::already_exists);
  EXPECT_THAT(error.message, HasSubstr("Schon da (V3-DKcYh)"));
  const HttpResponse plain{400, {}, R"j({"code":"failed_precondition","message":"nein (COMMAND-Rs8fy)"})j"};
  EXPECT_EQ(said_by(plain, {}).id, "COMMAND-Rs8fy");
}

TEST(ZitadelErrors, OnlyWhatMayHaveHappenedIsInDoubtAndPausesAreKept) {
  const Error busy = judged(429, rest(8, "QUOTA-1", "exhausted"));
  EXPECT_EQ(busy.kind, ErrorKind::rate_limited);
  EXPECT_EQ(busy.retry_after, std::chrono::seconds(7));
  EXPECT_FALSE(busy.in_doubt);
  EXPECT_TRUE(judged(503, "").in_doubt);
  EXPECT_TRUE(judged(500, rest(13, "X-1", "internal")).in_doubt);
  EXPECT_FALSE(judged(503, "", false).in_doubt);
  EXPECT_FALSE(judged(400, rest(3, "X-1", "x")).in_doubt);
}

TEST(ZitadelErrors, NoErrorHoldsASecretOrAControlCharacter) {
  const Error error = judged(400, "{\"code\":3,\"message\":\"bad s3cret \\u001b[31m\"}");
  EXPECT_EQ(error.message, "Zitadel refuses the request (400): bad *** \\x1b[31m");
}

}  // namespace
}  // namespace rollcall::providers::zitadel
