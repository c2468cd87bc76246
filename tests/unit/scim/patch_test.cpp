#include "scim/patch.hpp"

#include "support.hpp"

namespace rollcall::scim {
namespace {

using testing::HasSubstr;

const std::string ext(enterprise_urn);

Value stored() {
  Value out = user(R"("userName":"a","title":"T","name":{"givenName":"G","familyName":"F"},
    "emails":[{"value":"w@x","type":"work","primary":true},{"value":"h@x","type":"home","display":"H"}],
    "addresses":[{"locality":"Oslo","type":"work"}],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D","manager":{"value":"26","$ref":"../Users/26"}})");
  set_id(user_type(), out, "7");
  return out;
}

// One attribute of the resource after the operations, or the error.
std::string shown(const std::string& operations, std::string_view attribute, const Value& from_resource = stored()) {
  auto done = patched(from_resource, operations);
  if (!done) return said(done);
  const Value* const value = done->resource.find(attribute);
  return value ? json::write(*value) : "absent";
}

struct Case {
  std::string operations, attribute, expected;
};
void PrintTo(const Case& c, std::ostream* out) { *out << c.operations; }

class PatchTable : public testing::TestWithParam<Case> {};
TEST_P(PatchTable, DoesWhatTheRfcSays) { EXPECT_EQ(shown(GetParam().operations, GetParam().attribute), GetParam().expected); }

INSTANTIATE_TEST_SUITE_P(
    Add, PatchTable,
    testing::Values(
        Case{R"([{"op":"add","value":{"nickName":"N","emails":[{"value":"o@x"}]}}])", "emails",
             R"([{"value":"w@x","type":"work","primary":true},{"value":"h@x","display":"H","type":"home"},{"value":"o@x"}])"},
        Case{R"([{"op":"add","path":"nickName","value":"N"}])", "nickName", R"("N")"}, Case{R"([{"op":"add","path":"title","value":"U"}])", "title", R"("U")"},
        Case{R"([{"op":"add","path":"name","value":{"middleName":"M"}}])", "name", R"({"familyName":"F","givenName":"G","middleName":"M"})"},
        Case{R"([{"op":"add","path":"name.middleName","value":"M"}])", "name", R"({"familyName":"F","givenName":"G","middleName":"M"})"},
        Case{R"([{"op":"add","path":"roles","value":{"value":"r"}}])", "roles", R"([{"value":"r"}])"},
        Case{R"([{"op":"add","path":"roles","value":["r","r","s"]}])", "roles", R"([{"value":"r"},{"value":"s"}])"},
        Case{R"([{"op":"add","path":"emails","value":{"value":"H@x","type":"home","primary":true}}])", "emails",
             R"([{"value":"w@x","type":"work","primary":false},{"value":"H@x","display":"H","type":"home","primary":true}])"},
        Case{R"([{"op":"add","path":"emails[type eq \"home\"]","value":{"display":"I"}}])", "emails",
             R"([{"value":"w@x","type":"work","primary":true},{"value":"h@x","display":"I","type":"home"}])"},
        Case{R"([{"op":"add","path":"emails[type eq \"home\"].primary","value":"True"}])", "emails",
             R"([{"value":"w@x","type":"work","primary":false},{"value":"h@x","display":"H","type":"home","primary":true}])"},
        Case{R"([{"op":"add","path":"phoneNumbers[type eq \"mobile\"].value","value":"1"}])", "phoneNumbers", R"([{"value":"1","type":"mobile"}])"},
        Case{R"([{"op":"add","path":"roles[primary eq \"True\"].value","value":"r"}])", "roles", R"([{"value":"r","primary":true}])"},
        Case{R"([{"op":"add","path":"addresses[type eq \"home\" and locality eq \"Bergen\"]","value":{"country":"NO"}}])", "addresses",
             R"([{"locality":"Oslo","type":"work"},{"locality":"Bergen","country":"NO","type":"home"}])"},
        Case{R"([{"op":"add","path":"phoneNumbers[type ne \"mobile\"].value","value":"1"}])", "",
             "400 noTarget: Operations[0]: phoneNumbers[type ne \"mobile\"].value: no value matches, and the filter does not say what one would be"},
        Case{R"([{"op":"add","path":"nickName","value":null}])", "nickName", "absent"}, Case{R"([{"op":"add","path":"nickName"}])", "", "400 invalidValue: Operations[0].value is missing"},
        Case{R"([{"op":"add","path":"title","value":[{"value":"old Entra"}]}])", "title", R"("old Entra")"},
        Case{R"([{"op":"add","path":"photos.value","value":"https://x/p"}])", "photos", R"([{"value":"https://x/p"}])"}));

INSTANTIATE_TEST_SUITE_P(
    Replace, PatchTable,
    testing::Values(
        Case{R"([{"op":"replace","value":{"title":"U","displayName":"N"}}])", "displayName", R"("N")"},
        Case{R"([{"op":"replace","path":"nickName","value":"N"}])", "nickName", R"("N")"},
        Case{R"([{"op":"replace","path":"name","value":{"givenName":"X"}}])", "name", R"({"familyName":"F","givenName":"X"})"},
        Case{R"([{"op":"replace","path":"name","value":{"givenName":null,"middleName":"M"}}])", "name", R"({"familyName":"F","middleName":"M"})"},
        Case{R"([{"op":"replace","path":"name","value":{"givenName":null,"familyName":null}}])", "name", "absent"},
        Case{R"([{"op":"replace","path":"name","value":null}])", "name", "absent"},
        Case{R"([{"op":"replace","path":"emails","value":[{"value":"n@x"}]}])", "emails", R"([{"value":"n@x"}])"},
        Case{R"([{"op":"replace","path":"emails","value":[]}])", "emails", "absent"},
        Case{R"([{"op":"replace","path":"emails[type eq \"work\"].value","value":"n@x"}])", "emails",
             R"([{"value":"n@x","type":"work","primary":true},{"value":"h@x","display":"H","type":"home"}])"},
        Case{R"([{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"n@x","display":"W"}}])", "emails",
             R"([{"value":"n@x","display":"W","type":"work","primary":true},{"value":"h@x","display":"H","type":"home"}])"},
        Case{R"([{"op":"replace","path":"emails[type eq \"home\"]","value":[{"display":null}]}])", "emails",
             R"([{"value":"w@x","type":"work","primary":true},{"value":"h@x","type":"home"}])"},
        Case{R"([{"op":"replace","path":"emails[type eq \"none\"].value","value":"n@x"}])", "",
             "400 noTarget: Operations[0]: path `emails[type eq \"none\"].value` matches no value"},
        Case{R"([{"op":"replace","path":"EMAILS[TYPE eq \"WORK\"].VALUE","value":"n@x"}])", "emails",
             R"([{"value":"n@x","type":"work","primary":true},{"value":"h@x","display":"H","type":"home"}])"},
        Case{R"([{"op":"replace","path":"emails.display","value":"all"}])", "emails",
             R"([{"value":"w@x","display":"all","type":"work","primary":true},{"value":"h@x","display":"all","type":"home"}])"},
        Case{R"([{"op":"replace","path":"active","value":"False"}])", "active", "false"},
        Case{R"([{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:title","value":"U"}])", "title", R"("U")"},
        Case{R"([{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User","value":{"title":"U"}}])", "title", R"("U")"},
        Case{R"([{"op":"replace","value":{"favouriteColour":"blue","title":"U"}}])", "title", R"("U")"}));

INSTANTIATE_TEST_SUITE_P(
    Remove, PatchTable,
    testing::Values(
        Case{R"([{"op":"remove","path":"title"}])", "title", "absent"}, Case{R"([{"op":"remove","path":"title","value":"anything"}])", "title", "absent"},
        Case{R"([{"op":"remove","path":"nickName"}])", "nickName", "absent"},
        Case{R"([{"op":"remove","path":"name.givenName"}])", "name", R"({"familyName":"F"})"},
        Case{R"([{"op":"remove","path":"emails"}])", "emails", "absent"},
        Case{R"([{"op":"remove","path":"emails[type eq \"home\"]"}])", "emails", R"([{"value":"w@x","type":"work","primary":true}])"},
        Case{R"([{"op":"remove","path":"emails[type eq \"home\" or value ew \"@x\"]"}])", "emails", "absent"},
        Case{R"([{"op":"remove","path":"emails[type eq \"home\"].display"}])", "emails",
             R"([{"value":"w@x","type":"work","primary":true},{"value":"h@x","type":"home"}])"},
        Case{R"([{"op":"remove","path":"emails","value":[{"value":"H@X"}]}])", "emails", R"([{"value":"w@x","type":"work","primary":true}])"},
        Case{R"([{"op":"remove","path":"emails","value":[{"value":"h@x","type":"work"}]}])", "emails",
             R"([{"value":"w@x","type":"work","primary":true},{"value":"h@x","display":"H","type":"home"}])"},
        Case{R"([{"op":"remove","path":"emails","value":[]}])", "emails",
             R"([{"value":"w@x","type":"work","primary":true},{"value":"h@x","display":"H","type":"home"}])"},
        Case{R"([{"op":"remove","path":"emails","value":[{"unknown":"x"}]}])", "",
             "400 invalidValue: Operations[0]: emails: the values to remove have no attribute that is known"},
        Case{R"([{"op":"remove","path":"addresses","value":[{"locality":"oslo"}]}])", "addresses", "absent"},
        Case{R"([{"op":"remove","path":"emails[type eq \"none\"]"}])", "", "400 noTarget: Operations[0]: path `emails[type eq \"none\"]` matches no value"},
        Case{R"([{"op":"remove"}])", "", "400 noTarget: Operations[0].path is missing: a remove must say what it removes"},
        Case{R"([{"op":"remove","value":{"title":"T"}}])", "", "400 noTarget: Operations[0].path is missing: a remove must say what it removes"},
        Case{R"([{"op":"remove","path":"userName"}])", "", "400 mutability: Operations[0]: `userName` is required, and cannot be removed or empty"}));

std::string in_extension(const std::string& operations) { return shown(operations, enterprise_urn); }

TEST(Patch, ExtensionsAreReachedByTheirUrn) {
  const std::string manager = R"("manager":{"value":"26","$ref":"../Users/26"})";
  EXPECT_EQ(in_extension(R"([{"op":"replace","path":")" + ext + R"(:department","value":"E"}])"), R"({"department":"E",)" + manager + "}");
  EXPECT_EQ(in_extension(R"([{"op":"add","value":{")" + ext + R"(":{"costCenter":"C"}}}])"), R"({"costCenter":"C","department":"D",)" + manager + "}");
  EXPECT_EQ(in_extension(R"([{"op":"replace","value":{")" + ext + R"(:DEPARTMENT":"E"}}])"), R"({"department":"E",)" + manager + "}");
  EXPECT_EQ(in_extension(R"([{"op":"replace","path":")" + ext + R"(","value":{"department":null}}])"), "{" + manager + "}");
  EXPECT_EQ(in_extension(R"([{"op":"remove","path":")" + ext + R"("}])"), "absent");
  EXPECT_EQ(in_extension(R"([{"op":"add","value":{")" + ext + R"(":null}}])"), "absent");
  EXPECT_EQ(shown(R"([{"op":"remove","path":")" + ext + R"("}])", "schemas"), R"(["urn:ietf:params:scim:schemas:core:2.0:User"])");
}

TEST(Patch, TheLastAttributeOfAnExtensionTakesItAway) {
  const std::string both = R"([{"op":"remove","path":")" + ext + R"(:department"},{"op":"remove","path":")" + ext + R"(:manager"}])";
  EXPECT_EQ(in_extension(both), "absent");
}

TEST(Patch, AManagerIsSetInEveryWayThatClientsKnow) {
  const auto manager = [](const std::string& rest) { return in_extension(R"([{"path":")" + ext + ":manager" + rest + "}]"); };
  const std::string set = R"({"department":"D","manager":{"value":"27"}})";
  EXPECT_EQ(manager(R"(","op":"Add","value":"27")"), set);
  EXPECT_EQ(manager(R"(","op":"Replace","value":{"value":"27","displayName":"ignored"})"), set);
  EXPECT_EQ(manager(R"(","op":"Replace","value":[{"value":"27"}])"), set);
  EXPECT_EQ(manager(R"(.value","op":"Replace","value":"27")"), set) << "the old URI goes with the old manager";
  EXPECT_EQ(manager(R"(","op":"Remove")"), R"({"department":"D"})");
  EXPECT_EQ(manager(R"(","op":"Replace","value":null)"), R"({"department":"D"})");
  EXPECT_EQ(manager(R"(","op":"Replace","value":{"value":""})"), R"({"department":"D"})");
  EXPECT_EQ(manager(R"(.value","op":"Remove")"), R"({"department":"D"})");
  EXPECT_THAT(manager(R"(.displayName","op":"Replace","value":"X")"), HasSubstr("400 mutability"));
  EXPECT_THAT(manager(R"(","op":"Replace","value":{"displayName":"X"})"), HasSubstr(":manager.value is missing: it says which resource is meant"));
}

// What it read a while ago: as in a PUT, the parts that are readOnly are left aside.
TEST(Patch, AClientMaySendBackAllThatItRead) {
  EXPECT_EQ(shown(R"([{"op":"replace","value":{"id":"7","schemas":["x"],"title":"U","meta":{"resourceType":"User","version":"W/\"3\""},
    "groups":[{"value":"g"}],"urn:rollcall:params:scim:schemas:1.0:Provisioning":{"accounts":[{"provider":"p"}]}}}])", "title"), "\"U\"");
  EXPECT_EQ(shown(R"([{"op":"replace","value":{"title":"U","groups":[{"value":"g"}]}}])", "groups"), "absent");
}

struct Wrong {
  std::string operations, error;
};
void PrintTo(const Wrong& w, std::ostream* out) { *out << w.operations; }
class WrongPatch : public testing::TestWithParam<Wrong> {};
TEST_P(WrongPatch, IsRefused) { EXPECT_THAT(said(patched(stored(), GetParam().operations)), HasSubstr(GetParam().error)); }
INSTANTIATE_TEST_SUITE_P(
    Table, WrongPatch,
    testing::Values(Wrong{"[]", "400 invalidSyntax: Operations must be"}, Wrong{"{}", "400 invalidSyntax: Operations must be"}, Wrong{"[\"x\"]", "400 invalidSyntax: Operations[0] must be an object"},
                    Wrong{"[{}]", "400 invalidSyntax: Operations[0].op must be"}, Wrong{R"([{"op":"move","path":"title","value":"x"}])", "400 invalidSyntax: Operations[0].op"},
                    Wrong{R"([{"op":"","path":"title","value":"x"}])", "400 invalidSyntax"}, Wrong{R"([{"op":"add","path":7,"value":"x"}])", "400 invalidPath: Operations[0].path"},
                    Wrong{R"([{"op":"add","op ":"x","OP":"add","value":{}}])", "400 invalidSyntax: Operations[0].op stands twice"},
                    Wrong{R"([{"op":"replace","path":"emails[","value":"x"}])", "400 invalidPath"}, Wrong{R"([{"op":"replace","path":"name..x","value":"x"}])", "400 invalidPath"},
                    Wrong{R"([{"op":"replace","path":".a","value":"x"}])", "400 invalidPath"}, Wrong{R"([{"op":"replace","path":"emails[type eq]","value":"x"}])", "400 invalidFilter"},
                    Wrong{R"([{"op":"replace","path":"emails[a[b pr]]","value":"x"}])", "400 invalidFilter"},
                    Wrong{R"([{"op":"replace","path":"emails[noSuch eq \"x\"].value","value":"x"}])", "400 invalidFilter"},
                    Wrong{R"([{"op":"replace","path":"emails[type eq \"x\"]value","value":"x"}])", "400 invalidPath"},
                    Wrong{R"([{"op":"replace","path":"emails[type eq \"work\"].noSuch","value":"x"}])", "400 invalidPath"},
                    Wrong{R"([{"op":"replace","path":"name[familyName eq \"F\"]","value":{}}])", "400 invalidPath"},
                    Wrong{R"([{"op":"replace","path":"noSuchAttr","value":"x"}])", "400 invalidPath"}, Wrong{R"([{"op":"replace","path":"name.noSuch","value":"x"}])", "400 invalidPath"},
                    Wrong{R"([{"op":"add","value":{"noSuchAttr":"x"}}])", "400 invalidPath"}, Wrong{R"([{"op":"add","value":"x"}])", "400 invalidValue"},
                    Wrong{R"([{"op":"replace","path":"id","value":"8"}])", "400 mutability"}, Wrong{R"([{"op":"replace","value":{"id":"8"}}])", "400 mutability"},
                    Wrong{R"([{"op":"replace","value":{"groups":[{"value":"g"}]}}])", "400 mutability"},
                    Wrong{R"([{"op":"replace","value":{"title":"U","meta.created":"2026-01-01T00:00:00Z"}}])", "400 mutability"},
                    Wrong{R"([{"op":"replace","value":{"title":"U","id":"8"}}])", "400 mutability"},
                    Wrong{R"([{"op":"replace","path":"meta.created","value":"2026-01-01T00:00:00Z"}])", "400 mutability"},
                    Wrong{R"([{"op":"add","path":"groups","value":[{"value":"g"}]}])", "400 mutability"},
                    Wrong{R"([{"op":"remove","path":"groups[value eq \"g\"]"}])", "400 mutability"},
                    Wrong{R"([{"op":"remove","path":"urn:rollcall:params:scim:schemas:1.0:Provisioning"}])", "400 mutability"},
                    Wrong{R"([{"op":"add","path":"urn:rollcall:params:scim:schemas:1.0:Provisioning:accounts","value":[]}])", "400 mutability"},
                    Wrong{R"([{"op":"replace","path":"active","value":"banana"}])", "400 invalidValue: Operations[0]: active must be true or false"},
                    Wrong{R"([{"op":"replace","path":"displayName","value":{}}])", "400 invalidValue: Operations[0]: displayName must be a string"},
                    Wrong{R"([{"op":"replace","path":"userName","value":""}])", "400 invalidValue"}, Wrong{R"([{"op":"replace","path":"userName","value":null}])", "400 mutability"},
                    Wrong{R"([{"op":"replace","path":"emails","value":"x@y"},{"op":"replace","path":"emails[type eq \"work\"].value","value":7}])", "Operations[1]"},
                    Wrong{R"([{"op":"add","path":"emails","value":[{"value":"1","primary":true},{"value":"2","primary":true}]}])", "more than one value with primary"},
                    Wrong{R"([{"op":"replace","path":"emails.primary","value":true}])", "more than one value with primary"},
                    Wrong{R"([{"op":"remove","path":"urn:ietf:params:scim:schemas:core:2.0:User"}])", "400 noTarget"}));

TEST(Patch, TheMessageItselfIsChecked) {
  const auto parsed = [](const char* text) { return said(parse_patch(from(text), {})); };
  EXPECT_EQ(parsed(R"({"operations":[{"OP":"Add","Path":"title","VALUE":"x"}]})"), "no error");
  EXPECT_THAT(parsed(R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"Operations":[]})"), HasSubstr("400 invalidSyntax: schemas must name"));
  EXPECT_THAT(parsed(R"({"Operations":[],"operations":[]})"), HasSubstr("Operations stands twice"));
  EXPECT_THAT(parsed("[]"), HasSubstr("400 invalidSyntax"));
  Limits limits;
  limits.patch_operations = 1;
  const Value two = from(R"({"Operations":[{"op":"remove","path":"title"},{"op":"remove","path":"title"}]})");
  EXPECT_THAT(said(parse_patch(two, limits)), HasSubstr("413 : this PATCH has 2 operations; at most 1"));
  limits.filter.length = 20;
  EXPECT_THAT(said(parse_patch(from(R"({"Operations":[{"op":"remove","path":"emails[type eq \"work\"]"}]})"), limits)), HasSubstr("longer than 20 bytes"));
}

TEST(Patch, OperationsAreAppliedInOrderOnTopOfEachOther) {
  EXPECT_EQ(shown(R"([{"op":"add","path":"nickName","value":"a"},{"op":"replace","path":"nickName","value":"b"},{"op":"remove","path":"emails"},
    {"op":"add","path":"emails","value":{"value":"n@x"}}])", "emails"), R"([{"value":"n@x"}])");
}

TEST(Patch, SeveralAddsBuildOneElement) {
  EXPECT_EQ(shown(R"([{"op":"Add","path":"addresses[type eq \"home\"].locality","value":"Bergen"},{"op":"Add","path":"addresses[type eq \"home\"].country","value":"NO"}])",
                  "addresses"),
            R"([{"locality":"Oslo","type":"work"},{"locality":"Bergen","country":"NO","type":"home"}])");
}

TEST(Patch, OneBadOperationLeavesTheResourceAsItWas) {
  const Value before = stored();
  const Value copy = before;
  EXPECT_FALSE(patched(before, R"([{"op":"replace","path":"title","value":"X"},{"op":"remove","path":"emails"},{"op":"replace","path":"noSuch","value":1}])"));
  EXPECT_EQ(before, copy);
}

TEST(Patch, WhatIsThereAlreadyIsNoChange) {
  for (const char* operations :
       {R"([{"op":"add","path":"emails","value":{"value":"w@x","type":"work"}}])", R"([{"op":"add","path":"title","value":"T"}])",
        R"([{"op":"replace","path":"name.givenName","value":"G"}])", R"([{"op":"remove","path":"nickName"}])", R"([{"op":"add","value":{"id":"7"}}])", R"([{"op":"replace","value":{"id":"7","groups":[],"meta":null,"title":"T"}}])",
        R"([{"op":"replace","path":"emails[type eq \"work\"].primary","value":true}])", R"([{"op":"add","path":"schemas","value":["urn:x"]}])",
        R"([{"op":"replace","path":"title","value":"X"},{"op":"replace","path":"title","value":"T"}])"}) {
    const auto done = patched(stored(), operations);
    ASSERT_TRUE(done) << operations << said(done);
    EXPECT_FALSE(done->changed) << operations;
    EXPECT_EQ(done->resource, stored()) << operations;
  }
  EXPECT_TRUE(patched(stored(), R"([{"op":"replace","path":"title","value":"t"}])")->changed);
}

TEST(Patch, AReplaceOfAMissingValueCreatesItWhereTheClientIsLikeThat) {
  PatchOptions options;
  options.replace_creates = true;
  const auto done = patched(user(R"("userName":"a")"), R"([{"op":"Replace","path":"emails[type eq \"work\"].value","value":"n@x"}])", user_type(), options);
  ASSERT_TRUE(done) << said(done);
  EXPECT_EQ(plain(done->resource), R"({"userName":"a","emails":[{"value":"n@x","type":"work"}]})");
}

TEST(Patch, APasswordIsInTheResult) {
  auto done = patched(stored(), R"([{"op":"replace","path":"password","value":"s3cret"}])");
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->changed);
  EXPECT_EQ(take(done->resource, "password"), Value("s3cret"));
  EXPECT_EQ(done->resource, stored());
}

}  // namespace
}  // namespace rollcall::scim
