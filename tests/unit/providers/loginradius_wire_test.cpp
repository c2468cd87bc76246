#include "providers/loginradius/wire.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/loginradius/errors.hpp"

namespace rollcall::providers::loginradius {
namespace {

using testing::HasSubstr;

// ---- profiles ----

constexpr const char* zoe = R"({"Uid":"u1","Email":[{"Type":"Secondary","Value":"z@home.example"},{"Type":"Primary","Value":"zoe@example.com"}],
  "FirstName":"Zo\u00eb","LastName":null,"CustomFields":{"cost center":"\u738b 7","gone":null},"IsActive":true,"IsLoginLocked":false,"Roles":["tenant-role"]})";

TEST(LoginRadiusWire, AProfileShowsEveryFieldAndThePrimaryAddress) {
  const Account account = read_profile(zoe, Block()).value();
  EXPECT_EQ(account.id, "u1");
  EXPECT_EQ(account.fields.at("Email"), "zoe@example.com");
  EXPECT_EQ(account.fields.at("FirstName"), "Zo\xC3\xAB");
  EXPECT_EQ(account.fields.at("LastName"), "");
  EXPECT_EQ(account.fields.at("CustomFields.cost center"), "\xE7\x8E\x8B 7");
  EXPECT_EQ(account.fields.at("CustomFields.gone"), "");
  EXPECT_FALSE(account.roles);                       // the tenant's roles are none of the organisation's
  EXPECT_TRUE(account.accepted);
  EXPECT_EQ(account.status, AccountStatus::active);
  for (const auto& field : fields()) EXPECT_TRUE(account.fields.contains(field)) << field;
}

TEST(LoginRadiusWire, WhatBlocksIsASetting) {
  const std::string inactive = R"({"Uid":"u1","IsActive":false})", locked = R"({"Uid":"u1","IsActive":true,"IsLoginLocked":true})";
  EXPECT_EQ(read_profile(inactive, block_by("IsActive"))->status, AccountStatus::suspended);
  EXPECT_EQ(read_profile(locked, block_by("IsActive"))->status, AccountStatus::locked);
  EXPECT_EQ(read_profile(locked, block_by("IsLoginLocked"))->status, AccountStatus::suspended);
  EXPECT_EQ(read_profile(R"({"Uid":"u1"})", block_by("IsActive"))->status, AccountStatus::active);
  EXPECT_EQ(write_block(block_by("IsActive"), true), R"({"IsActive":false})");
  EXPECT_EQ(write_block(block_by("IsLoginLocked"), true), R"({"IsLoginLocked":true})");
  EXPECT_EQ(write_block(block_by("IsLoginLocked"), false), R"({"IsLoginLocked":false})");
}

TEST(LoginRadiusWire, WhoIsDeletedIsNobodyAndAProfileWithoutUidIsNotUnderstood) {
  EXPECT_EQ(read_profile(R"({"Uid":"u1","IsDeleted":true})", Block())->id, "");
  EXPECT_FALSE(read_profile(R"({"Email":[]})", Block()));
  EXPECT_FALSE(read_profile("[]", Block()));
  EXPECT_EQ(read_profiles(R"({"data":[{"uid":"u1"},{"Uid":"u2","IsDeleted":true}]})", Block())->size(), 1u);
  EXPECT_TRUE(read_profiles(R"({"Data":null})", Block())->empty());
  EXPECT_FALSE(read_profiles("{}", Block()));
}

TEST(LoginRadiusWire, AnUpdateSaysOnlyWhatChangesAndClearsWithNull) {
  EXPECT_EQ(json::write(write_update({{"FirstName", "Zo\xC3\xAB"}, {"LastName", ""}, {"Email", "a@b.c"}, {"CustomFields.x", "1"}, {"CustomFields.y", ""}}).value()),
            "{\"FirstName\":\"Zo\xC3\xAB\",\"LastName\":null,\"CustomFields\":{\"x\":\"1\",\"y\":null}}");
  EXPECT_TRUE(write_update({{"Email", "a@b.c"}})->is_null());
  EXPECT_THAT(write_update({{"Email", ""}}).error().message, HasSubstr("Email: cannot be empty"));
  EXPECT_THAT(write_update({{"Email", "nobody"}}).error().message, HasSubstr("is no e-mail address"));
  EXPECT_THAT(write_update({{"NickName", "\xFF"}}).error().message, HasSubstr("is no UTF-8"));
  EXPECT_THAT(write_update({{"Uid", "x"}}).error().message, HasSubstr("is no field of LoginRadius"));
  EXPECT_EQ(write_email("zo\xC3\xAB@example.com"), "{\"Email\":[{\"type\":\"Primary\",\"value\":\"zo\xC3\xAB@example.com\"}]}");
}

// ---- invitations and roles ----

TEST(LoginRadiusWire, AnInvitationIsAskedForInOneSpellingAndAnsweredInAnother) {
  InviteRequest request;
  request.email = "zoe@example.com";
  request.role_ids = {"role_b", "role_\xC3\xA4"};
  EXPECT_EQ(write_invitation(request, "org_1", "u9"), "{\"email\":\"zoe@example.com\",\"roleIds\":[\"role_b\",\"role_\xC3\xA4\"],\"orgId\":\"org_1\",\"inviterUid\":\"u9\"}");
  EXPECT_EQ(write_invitation(InviteRequest(), "o", ""), R"({"email":"","roleIds":[],"orgId":"o"})");
  const auto answer = read_invitation(R"({"Id":"inv_1","EmailId":"zoe@example.com","Status":"invited","ExpirationDate":"2026-01-01T00:00:00Z"})", "org_1").value();
  EXPECT_EQ(answer.id, "inv_1");
  EXPECT_EQ(answer.expires, "2026-01-01T00:00:00Z");
  EXPECT_EQ(answer.organization, "org_1");
  EXPECT_EQ(read_invitation(R"({"id":"inv_2"})", "")->id, "inv_2");
  EXPECT_FALSE(read_invitation(R"({"Status":"invited"})", ""));
}

TEST(LoginRadiusWire, RolesOfOtherOrganisationsAreNotCounted) {
  const std::string body = R"({"Data":[{"RoleId":"a","OrgId":"o1"},{"RoleId":"b","OrgId":"o2"},{"RoleId":"c"}]})";
  EXPECT_EQ(read_role_ids(body, "o1").value(), (std::set<std::string>{"a", "c"}));
  EXPECT_FALSE(read_role_ids(R"({"Data":[{"OrgId":"o1"}]})", "o1"));
  EXPECT_EQ(write_roles({"b", "a"}), R"({"RoleIds":["a","b"]})");
}

TEST(LoginRadiusWire, TemplatesOfPathsAreFilledInEncoded) {
  EXPECT_EQ(path_of("/v2/manage/account/{uid}/orgcontext/{orgid}/roles", "u/1", "org \xC3\xA4"), "/v2/manage/account/u%2F1/orgcontext/org%20%C3%A4/roles");
  EXPECT_EQ(path_of("/x/{uid}", "{uid}", "o"), "/x/%7Buid%7D");
}

TEST(LoginRadiusWire, TheOrganisationIsLookedForInTheList) {
  const std::string body = R"({"Data":[{"Id":"o1","Name":"A"},{"Id":"o2","Name":"B","IsActive":false}]})";
  EXPECT_EQ(read_organization(body, "o1")->name, "A");
  EXPECT_FALSE(read_organization(body, "o2")->active);
  EXPECT_FALSE(read_organization(body, "o3")->found);
}

// ---- errors ----

Error judged(int status, const std::string& body, bool writes = true) {
  return error_of(HttpResponse{status, {{"Retry-After", "7"}}, body}, Call{"update", writes, {"s3cret"}}, Instant{});
}
std::string said(int code, const std::string& message = "x") {
  return "{\"ErrorCode\":" + std::to_string(code) + ",\"Message\":\"" + message + "\",\"Description\":\"d\",\"IsProviderError\":false,\"ProviderErrorResponse\":null}";
}

TEST(LoginRadiusErrors, TheErrorCodeDecidesWhateverTheStatus) {
  const std::vector<std::pair<int, ErrorKind>> table = {
      {7914, ErrorKind::invalid},        {908, ErrorKind::invalid},        {6002, ErrorKind::unauthenticated}, {901, ErrorKind::unauthenticated},
      {902, ErrorKind::unauthenticated}, {920, ErrorKind::unauthenticated}, {921, ErrorKind::unauthenticated}, {922, ErrorKind::unauthenticated},
      {1208, ErrorKind::unauthenticated}, {909, ErrorKind::forbidden},     {1206, ErrorKind::forbidden},       {938, ErrorKind::not_found},
      {8132, ErrorKind::not_found},      {8169, ErrorKind::not_found},     {8170, ErrorKind::already_exists},  {8130, ErrorKind::already_exists},
      {936, ErrorKind::already_exists},  {988, ErrorKind::already_exists}, {1017, ErrorKind::already_exists},  {1030, ErrorKind::already_exists},
      {991, ErrorKind::refused},         {970, ErrorKind::refused},        {1148, ErrorKind::refused},         {1198, ErrorKind::refused},
      {1122, ErrorKind::rate_limited},   {7909, ErrorKind::unavailable},   {937, ErrorKind::invalid},          {965, ErrorKind::invalid},
      {990, ErrorKind::invalid},         {1047, ErrorKind::invalid},       {1134, ErrorKind::invalid},         {1200, ErrorKind::invalid},
      {8131, ErrorKind::invalid},        {8143, ErrorKind::invalid}};
  for (const auto& [code, kind] : table)
    for (const int status : {400, 403, 404, 409}) EXPECT_EQ(to_string(judged(status, said(code)).kind), to_string(kind)) << code;
  EXPECT_EQ(judged(403, "{\"errorcode\":938}").kind, ErrorKind::not_found);
}

TEST(LoginRadiusErrors, NobodyIsGoneBecauseOfAnOrganisationAPathOrAPageOfAFirewall) {
  EXPECT_EQ(judged(404, said(8118)).kind, ErrorKind::invalid);
  EXPECT_THAT(judged(404, said(8118)).message, HasSubstr("check the provider's `organization`"));
  EXPECT_EQ(judged(404, "<!DOCTYPE html><html>no</html>").kind, ErrorKind::invalid);
  EXPECT_THAT(judged(404, "").message, HasSubstr("path templates"));
  EXPECT_EQ(judged(403, "<html>The requested URL was rejected</html>").kind, ErrorKind::forbidden);
}

TEST(LoginRadiusErrors, OnlyWhatMayHaveHappenedIsInDoubtAndPausesAreKept) {
  const Error busy = judged(429, "Too many requests");
  EXPECT_EQ(busy.kind, ErrorKind::rate_limited);
  EXPECT_EQ(busy.retry_after, std::chrono::seconds(7));
  EXPECT_FALSE(busy.in_doubt);
  EXPECT_TRUE(judged(500, said(7909)).in_doubt);
  EXPECT_TRUE(judged(503, "").in_doubt);
  EXPECT_FALSE(judged(500, said(7909), false).in_doubt);
  EXPECT_FALSE(judged(403, said(938)).in_doubt);
}

TEST(LoginRadiusErrors, MessagesHoldTheCodeTheFieldsAndNoSecret) {
  EXPECT_EQ(judged(403, R"({"ErrorCode":1134,"Message":"Validation failed s3cret","Description":"","Errors":[{"FieldName":"Gender"}]})").message,
            R"(LoginRadius refuses the request (403): Validation failed *** [{"FieldName":"Gender"}] (ErrorCode 1134))");
  EXPECT_EQ(judged(400, "{\"ErrorCode\":965,\"Message\":\"a \\u001b[31m\"}").message, "LoginRadius refuses the request (400): a \\x1b[31m (ErrorCode 965)");
}

}  // namespace
}  // namespace rollcall::providers::loginradius
