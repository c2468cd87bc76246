#include "app/commands/test_mapping.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "app/commands/record_input.hpp"
#include "unit/app/folder.hpp"

namespace rollcall::app {
namespace {

using testing::HasSubstr;

class TestMapping : public testing::Test {
 protected:
  Folder folder;
  Options options;
  std::ostringstream out, err;

  int run(const std::string& mapping, const std::string& input) {
    options.mapping = mapping;
    options.file = folder.path("rollcall.toml");
    options.mappings = SOURCE_DIR;
    std::istringstream in(input);
    return test_mapping(options, in, out, err);
  }
};

const std::string person = R"(dn: uid=dgarza,ou=people,dc=example
objectClass: inetOrgPerson
entryUUID: 0b9a4b1c-0000-4000-8000-000000000001
uid: dgarza
givenName: Dora
sn: Garza
mail: Dora.Garza@Example.com
title;lang-de: Leiterin

dn: uid=other,dc=example
uid: other
)";

TEST_F(TestMapping, AnLdifRecordIsShownStepByStep) {
  EXPECT_EQ(run("openldap", person), 0) << err.str();
  EXPECT_THAT(out.str(), HasSubstr("record  uid=dgarza,ou=people,dc=example"));
  EXPECT_THAT(out.str(), HasSubstr("email = {mail | lower}"));
  EXPECT_THAT(out.str(), HasSubstr("\"Dora.Garza@Example.com\""));
  EXPECT_THAT(out.str(), HasSubstr("=> \"dora.garza@example.com\""));
  EXPECT_THAT(out.str(), HasSubstr("userName    \"dgarza\""));
  EXPECT_THAT(out.str(), testing::Not(HasSubstr("Leiterin")));
  EXPECT_THAT(out.str(), testing::Not(HasSubstr("other")));
}

TEST_F(TestMapping, ARecordMayBeJson) {
  EXPECT_EQ(
      run("openldap",
          R"({"dn": "uid=x", "entryUUID": "1", "uid": ["x"], "mail": ["b@x", "a@x"], "sn": {"base64": "R2FyemE="}})"),
      0)
      << err.str();
  EXPECT_THAT(out.str(), HasSubstr("=> \"a@x\""));
  EXPECT_THAT(out.str(), HasSubstr("\"Garza\""));
}

TEST_F(TestMapping, JsonOutputHoldsStepsAndIdentity) {
  options.json = true;
  EXPECT_EQ(run("openldap", person), 0) << err.str();
  const auto value = json::parse(out.str());
  ASSERT_TRUE(value) << value.error().message;
  EXPECT_EQ(value->text("side"), "person");
  EXPECT_EQ(value->find("identity")->text("email"), "dora.garza@example.com");
  EXPECT_FALSE(value->find("steps")->as_array()->empty());
}

TEST_F(TestMapping, AGroupIsShownAsAGroup) {
  EXPECT_EQ(run("openldap", "dn: cn=sales,dc=x\nentryUUID: 1\ncn: sales\nmember: uid=a,dc=x\n"), 0) << err.str();
  EXPECT_THAT(out.str(), HasSubstr("group\n  name  \"sales\""));
}

TEST_F(TestMapping, AnIdentityIsShownThroughAProvidersMapping) {
  EXPECT_EQ(
      run("onelogin-v3",
          R"({"userName": "dgarza", "email": {"value": "d@x", "source": "corp"}, "givenName": "Dora", "familyName": "Garza", "active": true, "groups": ["sales"]})"),
      0)
      << err.str();
  EXPECT_THAT(out.str(), HasSubstr("firstname  \"Dora\""));
  EXPECT_THAT(out.str(), HasSubstr("set once at the creation"));
}

TEST_F(TestMapping, AScimResourceIsReadByScimPaths) {
  EXPECT_EQ(
      run("scim",
          R"({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "7", "userName": "dora", "name": {"familyName": "Garza"}, "active": false,
    "emails": [{"type": "home", "value": "h@x"}, {"type": "Work", "value": "W@x"}],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Sales", "manager": {"value": "9"}}})"),
      0)
      << err.str();
  EXPECT_THAT(out.str(), HasSubstr("\n  email          \"w@x\""));
  EXPECT_THAT(out.str(), HasSubstr("\n  personalEmail  \"h@x\""));
  EXPECT_THAT(out.str(), HasSubstr("\n  department     \"Sales\""));
  EXPECT_THAT(out.str(), HasSubstr("\n  active         \"false\""));
}

TEST_F(TestMapping, AMappingThatIsNotThereOrNotSoundExits78) {
  EXPECT_EQ(run("nowhere", person), 78);
  EXPECT_EQ(run(folder.write("bad.toml", "[person]\nid='{entryUUID}'\nuserName='{uid | lowr}'\n"), person), 78);
  EXPECT_THAT(err.str(), HasSubstr("bad.toml:3:"));
  EXPECT_EQ(out.str(), "");
}

TEST_F(TestMapping, ARecordThatCannotBeReadExits1) {
  for (const char* input : {"", "{\"uid\": ", "uid: nobody\n", "[1]", "{\"uid\": {\"a\": 1}}"})
    EXPECT_EQ(run("openldap", input), 1) << input;
  options.input = folder.path("none.ldif");
  EXPECT_EQ(run("openldap", ""), 1);
  options.input = folder.path();
  EXPECT_EQ(run("openldap", ""), 1);
  options.input.clear();
  EXPECT_EQ(run("onelogin-v3", person), 1);
  EXPECT_EQ(out.str(), "");
}

TEST_F(TestMapping, HostileValuesReachTheTerminalEscaped) {
  EXPECT_EQ(run("openldap", R"({"entryUUID": "1", "uid": "x", "sn": "a\u001b[2Jb", "title": "\u202eevil"})"), 0)
      << err.str();
  EXPECT_EQ(out.str().find('\x1b'), std::string::npos);
  EXPECT_EQ(out.str().find("\xe2\x80\xae"), std::string::npos);
}

}  // namespace
}  // namespace rollcall::app
