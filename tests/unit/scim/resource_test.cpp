#include "support.hpp"

#include <algorithm>

namespace rollcall::scim {
namespace {

using testing::HasSubstr;

std::string made(const std::string& members) {
  auto answer = create(user_type(), user_body(members));
  return answer ? plain(*answer) : said(answer);
}

TEST(Resource, NamesAreSpeltAndOrderedAsInTheSchema) {
  EXPECT_EQ(made(R"("DISPLAYNAME":"Å","name":{"FAMILYNAME":"B","givenName":"A"},"UserName":"ab","externalid":"7")"),
            R"({"externalId":"7","userName":"ab","name":{"familyName":"B","givenName":"A"},"displayName":"Å"})");
}

TEST(Resource, ReadOnlyAttributesOfTheClientAreIgnored) {
  EXPECT_EQ(made(R"("userName":"a","id":"mine","meta":{"resourceType":"User"},"groups":[{"value":"g"}],
      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"9","displayName":"Boss"}},
      "urn:rollcall:params:scim:schemas:1.0:Provisioning":{"accounts":[{"provider":"x"}]})"),
            R"({"userName":"a","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"9"}}})");
}

TEST(Resource, UnknownAttributesAreIgnored) {
  EXPECT_EQ(made(R"("userName":"a","favouriteColour":"blue","name":{"nick":"x","givenName":"G"},"urn:x:y":{"z":1},"__proto__":{"admin":true})"),
            R"({"userName":"a","name":{"givenName":"G"}})");
}

TEST(Resource, WhatIsUnassignedIsLeftOut) {
  EXPECT_EQ(made(R"("userName":"a","title":null,"phoneNumbers":[],"name":{"givenName":null},"emails":[{},null,{"value":null}],"active":null)"),
            R"({"userName":"a"})");
}

TEST(Resource, BooleansMayBeTexts) {
  EXPECT_EQ(made(R"("userName":"a","active":"False","roles":[{"value":"r","primary":"TRUE"}])"),
            R"({"userName":"a","active":false,"roles":[{"value":"r","primary":true}]})");
}

TEST(Resource, AManagerMayBeAnIdAndReferencesMayBeUris) {
  const std::string urn(enterprise_urn);
  EXPECT_EQ(made("\"userName\":\"a\",\"" + urn + R"(":{"manager":"9"})"), R"({"userName":"a",")" + urn + R"(":{"manager":{"value":"9"}}})");
  EXPECT_EQ(made("\"userName\":\"a\",\"" + urn + R"(":{"manager":{"$ref":"../Users/9"}})"),
            R"({"userName":"a",")" + urn + R"(":{"manager":{"value":"9","$ref":"../Users/9"}}})");
  EXPECT_EQ(made("\"userName\":\"a\",\"" + urn + R"(":{"manager":{"value":"","$ref":null}})"), R"({"userName":"a"})");
  EXPECT_EQ(made("\"userName\":\"a\",\"" + urn + R"(":{"manager":{"displayName":"Boss"}})"), R"({"userName":"a"})");
  EXPECT_EQ(made("\"userName\":\"a\",\"" + urn + R"(":{"department":"D","manager":{"value":null,"displayName":"Boss"}})"), R"({"userName":"a",")" + urn + R"(":{"department":"D"}})");
}

TEST(Resource, EqualValuesStandOnce) {
  EXPECT_EQ(made(R"("userName":"a","emails":[{"value":"a@x","type":"work"},{"value":"A@X","type":"Work"},{"value":"a@x","type":"home"}])"),
            R"({"userName":"a","emails":[{"value":"a@x","type":"work"},{"value":"a@x","type":"home"}]})");
  EXPECT_EQ(plain(group(R"("displayName":"g","members":[{"value":"1"},{"value":"1","type":"User"},"2"])")),
            R"({"displayName":"g","members":[{"value":"1"},{"value":"2"}]})");
}

TEST(Resource, TextsAreKeptExactly) {
  const std::string text = R"("userName":"a","displayName":"\u202Eabc 😀 \uFEFF","phoneNumbers":[{"value":" +1 (555) 0100 "}],"title":"")";
  const Value made = user(text);
  EXPECT_EQ(made.text("displayName"), "\u202Eabc 😀 \uFEFF");
  EXPECT_THAT(json::write(made), HasSubstr(R"("phoneNumbers":[{"value":" +1 (555) 0100 "}])"));
}

TEST(Resource, SchemasFollowWhatIsThere) {
  const std::string both = R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"userName":"a")";
  EXPECT_EQ(json::write(*must(create(user_type(), from(both + "}"))).find("schemas")), R"(["urn:ietf:params:scim:schemas:core:2.0:User"])");
  const Value with = must(create(user_type(), from(both + R"(,"URN:ietf:params:scim:schemas:extension:Enterprise:2.0:User":{"department":"D"}})")));
  EXPECT_EQ(json::write(*with.find("schemas")),
            R"(["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"])");
}

struct Wrong {
  std::string members, error;
};
class WrongUser : public testing::TestWithParam<Wrong> {};
TEST_P(WrongUser, IsRefusedWithTheNameOfTheAttribute) { EXPECT_THAT(made(GetParam().members), HasSubstr(GetParam().error)); }
INSTANTIATE_TEST_SUITE_P(
    Table, WrongUser,
    testing::Values(Wrong{R"("title":"x")", "400 invalidValue: userName is required"}, Wrong{R"("userName":"")", "400 invalidValue: userName is required"},
                    Wrong{R"("userName":null)", "400 invalidValue: userName is required"},
                    Wrong{R"("userName":42)", "400 invalidValue: userName must be a string"},
                    Wrong{R"("userName":"a","active":"banana")", "400 invalidValue: active must be true or false"},
                    Wrong{R"("userName":"a","active":1)", "400 invalidValue: active must be true or false"},
                    Wrong{R"("userName":"a","name":"text")", "400 invalidValue: name must be an object"},
                    Wrong{R"("userName":"a","emails":"a")", "400 invalidValue: emails must be an array"},
                    Wrong{R"("userName":"a","emails":{"value":"a"})", "400 invalidValue: emails must be an array"},
                    Wrong{R"("userName":"a","emails":[{"value":"a"},{"value":7}])", "400 invalidValue: emails[1].value must be a string"},
                    Wrong{R"("userName":"a","emails":[{"value":"a","primary":true},{"value":"b","primary":"true"}])",
                          "400 invalidValue: emails has more than one value with primary true"},
                    Wrong{R"("userName":"a","addresses":[{"locality":["x","y"]}])", "400 invalidValue: addresses[0].locality must be a string"},
                    Wrong{R"("userName":"a","x509Certificates":[{"value":"not base64!"}])", "400 invalidValue: x509Certificates[0].value must be base64"},
                    Wrong{R"("userName":"a\u0000b")", "400 invalidValue: userName holds a NUL character"},
                    Wrong{R"("userName":"a","USERNAME":"b")", "400 invalidSyntax: userName stands twice"},
                    Wrong{R"("userName":"a","name":{"givenName":"x","givenname":"y"})", "400 invalidSyntax: name.givenName stands twice"},
                    Wrong{R"("userName":"a","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":5})",
                          "400 invalidValue: urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department must be a string"},
                    Wrong{R"("userName":"a","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":5}})",
                          "enterprise:2.0:User:manager.value must be a string"}));

TEST(Resource, SchemasMustNameTheType) {
  const auto said_of = [](const std::string& text) { return said(create(user_type(), from(text))); };
  EXPECT_THAT(said_of(R"({"userName":"a"})"), HasSubstr("400 invalidValue: schemas is missing"));
  EXPECT_THAT(said_of(R"({"schemas":"urn:ietf:params:scim:schemas:core:2.0:User","userName":"a"})"), HasSubstr("schemas must be an array"));
  EXPECT_THAT(said_of(R"({"schemas":[7],"userName":"a"})"), HasSubstr("schemas must hold strings"));
  EXPECT_THAT(said_of(R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"userName":"a"})"), HasSubstr("does not name the schema of a User"));
  EXPECT_EQ(said_of(R"({"schemas":["URN:IETF:params:scim:schemas:core:2.0:USER","urn:unknown:x"],"userName":"a"})"), "no error");
  EXPECT_THAT(said(create(user_type(), from("[1]"))), HasSubstr("400 invalidSyntax"));
}

TEST(Resource, AGroupNeedsANameAndItsMembersAnId) {
  EXPECT_THAT(said(create(group_type(), group_body(R"("members":[])"))), HasSubstr("displayName is required"));
  EXPECT_THAT(said(create(group_type(), group_body(R"("displayName":"g","members":[{"type":"User"}])"))),
              HasSubstr("400 invalidValue: members[0].value is missing"));
  EXPECT_EQ(plain(group(R"("displayName":"g","members":[{"$ref":null,"value":"1","display":"ignored"},{"$ref":"https://x/Users/2"}])")),
            R"({"displayName":"g","members":[{"value":"1"},{"value":"2","$ref":"https://x/Users/2"}]})");
}

TEST(Resource, ABodyIsOneJsonObject) {
  using namespace std::string_literals;
  for (const std::string& text : {""s, "[]"s, "\"x\""s, "null"s, "{"s, "{} {}"s, "{\"a\":1,\"a\":2}"s, "{\"a\":\"\xff\"}"s, "{\"a\":1}\0x"s})
    EXPECT_THAT(said(parse_body(text, {})), HasSubstr("400 invalidSyntax")) << text;
  Limits limits;
  limits.depth = 3;
  EXPECT_TRUE(parse_body(R"({"a":[{"b":1}]})", limits));
  EXPECT_THAT(said(parse_body(R"({"a":[{"b":[]}]})", limits)), HasSubstr("nested more than 3 deep"));
  EXPECT_THAT(said(parse_body(std::string(100'000, '['), {})), HasSubstr("nested more than 32 deep"));
}

TEST(Resource, TooManyValuesAreRefused) {
  Limits limits;
  limits.values = 2;
  EXPECT_THAT(said(create(user_type(), user_body(R"("userName":"a","roles":["1","2","3"])"), limits)), HasSubstr("roles has more than 2 values"));
}

TEST(Resource, AReplaceClearsWhatIsLeftOutAndKeepsWhatIsReadOnly) {
  Value stored = user(R"("userName":"a","title":"T","emails":[{"value":"x"}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D"})");
  set_id(user_type(), stored, "7");
  set_meta(user_type(), stored, {"User", {}, {}, "https://x/Users/7", "1"});
  set_computed(user_type(), stored, "groups", Array{Object{{"value", "g"}}});
  const Value now = must(replace(user_type(), user_body(R"("userName":"b","id":"other","groups":[],"displayName":"B")"), stored));
  EXPECT_EQ(plain(now),
            R"({"id":"7","userName":"b","displayName":"B","groups":[{"value":"g"}],"meta":{"resourceType":"User","created":"1970-01-01T00:00:00.000Z",)"
            R"("lastModified":"1970-01-01T00:00:00.000Z","location":"https://x/Users/7","version":"W/\"1\""}})");
  EXPECT_THAT(said(replace(user_type(), user_body(R"("displayName":"B")"), stored)), HasSubstr("userName is required"));
}

TEST(Resource, AnImmutableAttributeIsSetOnce) {
  const Schema schema{"urn:x:Badge", "Badge", "", {{.name = "name", .required = true}, {.name = "number", .mutability = Mutability::immutable}}};
  const ResourceType type = make_resource_type({.name = "Badge", .endpoint = "/Badges", .core = &schema});
  const auto body = [](const std::string& members) { return from(R"({"schemas":["urn:x:Badge"],)" + members + "}"); };
  const Value empty = must(create(type, body(R"("name":"a")")));
  const Value stored = must(replace(type, body(R"("name":"a","number":"1")"), empty));
  EXPECT_EQ(stored.text("number"), "1");
  EXPECT_EQ(must(replace(type, body(R"("name":"b")"), stored)).text("number"), "1");
  EXPECT_THAT(said(replace(type, body(R"("name":"b","number":"2")"), stored)), HasSubstr("400 mutability: number is immutable"));
  EXPECT_THAT(said(patched(stored, R"([{"op":"replace","path":"number","value":"2"}])", type)), HasSubstr("400 mutability"));
  EXPECT_EQ(said(patched(empty, R"([{"op":"add","path":"number","value":"2"}])", type)), "no error");
}

TEST(Resource, ThePasswordIsTakenOut) {
  Value made = user(R"("userName":"a","password":"s3cret")");
  EXPECT_EQ(take(made, "password"), Value("s3cret"));
  EXPECT_EQ(plain(made), R"({"userName":"a"})");
  EXPECT_EQ(take(made, "password"), Value());
}

TEST(Resource, WhatIsComputedStandsAtItsPlace) {
  const std::string manager = std::string(enterprise_urn) + ":manager.displayName";
  Value made = user(R"("userName":"a","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"9"}})");
  set_computed(user_type(), made, manager, "Boss");
  set_computed(user_type(), made, provisioning_urn, Object{{"accounts", Array{Object{{"provider", "onelogin"}, {"state", "held"}}}}});
  EXPECT_EQ(json::write(made),
            R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User","urn:rollcall:params:scim:schemas:1.0:Provisioning"],)"
            R"("userName":"a","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"9","displayName":"Boss"}},)"
            R"("urn:rollcall:params:scim:schemas:1.0:Provisioning":{"accounts":[{"provider":"onelogin","state":"held"}]}})");
  set_computed(user_type(), made, provisioning_urn, {});
  EXPECT_EQ(made.find("schemas")->as_array()->size(), 2u);
  Value alone = user(R"("userName":"a")");
  set_computed(user_type(), alone, manager, "Boss");
  EXPECT_EQ(plain(alone), R"({"userName":"a"})");
}

TEST(Resource, ASplicedTextSaysWhatTakingItApartWouldSay) {
  const Meta meta{"User", {}, Instant(std::chrono::milliseconds(7)), "https://x/Users/7", "3"};
  const Object all{{"groups", Array{Object{{"value", "g]\""}}}}, {std::string(provisioning_urn), Object{{"accounts", Array{Object{{"state", "held"}}}}}}};
  const auto sorted = [](Value value) {
    std::sort(value.as_object()->begin(), value.as_object()->end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return value;
  };
  for (const char* members : {R"("userName":"a]\"\u00e4")", R"("userName":"a","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D"})"})
    for (const Object& computed : {Object{}, Object{all[0]}, all}) {
      Value whole = user(members);
      const auto text = spliced(json::write(whole), "7", computed, meta);
      ASSERT_TRUE(text);
      set_id(user_type(), whole, "7");
      for (const auto& each : computed) set_computed(user_type(), whole, each.first, each.second);
      set_meta(user_type(), whole, meta);
      EXPECT_EQ(sorted(json::parse(*text).value()), sorted(whole));
    }
  const Value least(Object{{"schemas", Array{"urn:x"}}});
  EXPECT_EQ(json::parse(*spliced(json::write(least), "7", {}, meta)).value().text("id"), "7");
  for (const char* other : {"", "{}", R"({"userName":"a","schemas":["urn:x"]})", R"({"schemas":["urn:x"])"}) EXPECT_FALSE(spliced(other, "7", {}, meta));
}

TEST(Resource, TimesAreWrittenWithMilliseconds) {
  EXPECT_EQ(timestamp(Instant(std::chrono::milliseconds(1'763'719'200'007))), "2025-11-21T10:00:00.007Z");
}

}  // namespace
}  // namespace rollcall::scim
