// Every shipped mapping loads and maps a record as such a server shows it.
#include <gtest/gtest.h>

#include <filesystem>

#include "language/mapping.hpp"

namespace rollcall::language {
namespace {

using Map = std::map<std::string, std::string>;

std::string path(const std::string& name) { return std::string(SOURCE_DIR) + "/mappings/" + name + ".toml"; }

SourceMapping source(const std::string& name, bool scim = false) {
  auto loaded = load_source_mapping(path(name), scim);
  if (!loaded)
    for (const Problem& problem : loaded.error()) ADD_FAILURE() << to_string(problem);
  return loaded ? *loaded : SourceMapping{};
}

ProviderMapping provider(const std::string& name, const std::set<std::string>& fields) {
  auto loaded = load_provider_mapping(path(name), fields, {}, name);
  if (!loaded)
    for (const Problem& problem : loaded.error()) ADD_FAILURE() << to_string(problem);
  return loaded ? *loaded : ProviderMapping{};
}

Map mapped(const SourceMapping& mapping, const Attributes& record) {
  std::vector<std::string> bad;
  Map out = mapping.identity_values(AttributesLookup(record), &bad);
  EXPECT_TRUE(bad.empty()) << bad.front();
  return out;
}

const Attributes inet_person = {{"uid", {"jdoe"}},
                                {"givenName", {"Jane"}},
                                {"sn", {"Doe"}},
                                {"cn", {"Jane Doe"}},
                                {"mail", {"Jane.Doe@Example.ORG", "JD@example.org"}},
                                {"ou", {"Sales"}},
                                {"employeeNumber", {"1007"}},
                                {"title", {"Manager"}},
                                {"entryUUID", {"e1"}},
                                {"nsUniqueId", {"A20408A3-26D54BAC-A1A49F07-D5459084"}},
                                {"ipaUniqueID", {"i1"}}};

TEST(ShippedMappings, OpenLdap) {
  const auto mapping = source("openldap");
  const Map wanted = {{"active", "true"},          {"department", "Sales"},
                      {"displayName", "Jane Doe"}, {"email", "jane.doe@example.org"},
                      {"employeeNumber", "1007"},  {"familyName", "Doe"},
                      {"givenName", "Jane"},       {"title", "Manager"},
                      {"userName", "jdoe"}};
  EXPECT_EQ(mapped(mapping, inet_person), wanted);
  EXPECT_EQ(mapping.shape().person_key(inet_person), "e1");
  EXPECT_EQ(mapping.shape().member_attributes, (std::vector<std::string>{"member", "uniqueMember", "memberUid"}));
  EXPECT_EQ(mapping.people_filter, "(objectClass=inetOrgPerson)");
}

TEST(ShippedMappings, OpenLdapTakesAnAdministratorsLockForALeaveAndAPassingLockForNone) {
  auto record = inet_person;
  record["pwdAccountLockedTime"] = {"000001010000Z"};
  EXPECT_EQ(mapped(source("openldap"), record)["active"], "false");
  record["pwdAccountLockedTime"] = {"20261121100000Z"};
  EXPECT_EQ(mapped(source("openldap"), record)["active"], "true");
}

const Attributes ad_person = {
    {"objectGUID", {std::string("\xa3\x08\x04\xa2\xd5\x26\xac\x4b\xa1\xa4\x9f\x07\xd5\x45\x90\x84", 16)}},
    {"sAMAccountName", {"jdoe"}},
    {"userPrincipalName", {"jdoe@corp.example.org"}},
    {"givenName", {"Jane"}},
    {"sn", {"Doe"}},
    {"cn", {"Jane Doe"}},
    {"displayName", {"Doe, Jane"}},
    {"mail", {"Jane.Doe@example.org"}},
    {"department", {"Sales"}},
    {"company", {"Example"}},
    {"employeeID", {"1007"}},
    {"userAccountControl", {"512"}},
    {"accountExpires", {"9223372036854775807"}},
    {"manager", {"CN=Boss,OU=People,DC=corp,DC=example,DC=org"}}};

TEST(ShippedMappings, ActiveDirectory) {
  const auto mapping = source("active-directory");
  const Map wanted = {{"active", "true"},           {"department", "Sales"},
                      {"displayName", "Doe, Jane"}, {"email", "jane.doe@example.org"},
                      {"employeeNumber", "1007"},   {"familyName", "Doe"},
                      {"givenName", "Jane"},        {"manager", "CN=Boss,OU=People,DC=corp,DC=example,DC=org"},
                      {"organization", "Example"},  {"userName", "jdoe@corp.example.org"}};
  EXPECT_EQ(mapped(mapping, ad_person), wanted);
  EXPECT_EQ(mapping.shape().person_key(ad_person), "a20408a3-26d5-4bac-a1a4-9f07d5459084");
  EXPECT_EQ(mapping.group_filter, "(objectClass=group)");
  EXPECT_EQ(mapping.shape().member_attributes, (std::vector<std::string>{"member"}));
}

TEST(ShippedMappings, ActiveDirectoryKnowsDisabledAndExpiringPeopleAndNoLockouts) {
  auto record = ad_person;
  record["userAccountControl"] = {"514"};
  record["accountExpires"] = {"134397288000000000"};
  auto values = mapped(source("active-directory"), record);
  EXPECT_EQ(values["active"], "false");
  EXPECT_EQ(values["endDate"], "2026-11-21T10:00:00Z");
  record["userAccountControl"] = {"528"};
  EXPECT_EQ(mapped(source("active-directory"), record)["active"], "true");
}

TEST(ShippedMappings, ActiveDirectorysFilterLeavesOutWhatIsNobody) {
  const std::string filter = source("active-directory").people_filter;
  for (const char* part : {"(!(objectClass=computer))", "(!(objectClass=msDS-ManagedServiceAccount))",
                           "(!(objectClass=msDS-GroupManagedServiceAccount))", "(!(objectClass=contact))",
                           "(!(isCriticalSystemObject=TRUE))"})
    EXPECT_NE(filter.find(part), std::string::npos) << part;
}

TEST(ShippedMappings, DirectoryServer389) {
  const auto mapping = source("389ds");
  EXPECT_EQ(mapping.shape().person_key(inet_person), "a20408a3-26d5-4bac-a1a4-9f07d5459084");
  auto record = inet_person;
  EXPECT_EQ(mapped(mapping, record)["active"], "true");
  record["nsAccountLock"] = {"TRUE"};
  EXPECT_EQ(mapped(mapping, record)["active"], "false");
  EXPECT_EQ(mapped(mapping, record)["userName"], "jdoe");
}

TEST(ShippedMappings, FreeIpa) {
  const auto mapping = source("freeipa");
  EXPECT_EQ(mapping.shape().person_key(inet_person), "i1");
  auto record = inet_person;
  record["nsaccountlock"] = {"true"};
  record["krbPrincipalExpiration"] = {"20261121100000Z"};
  auto values = mapped(mapping, record);
  EXPECT_EQ(values["active"], "false");
  EXPECT_EQ(values["endDate"], "2026-11-21T10:00:00Z");
}

class ScimRecord : public Lookup {
 public:
  explicit ScimRecord(std::map<std::string, Values> values) : values_(std::move(values)) {}
  Values values(std::string_view name) const override {
    const auto it = values_.find(std::string(name));
    return it == values_.end() ? Values{} : it->second;
  }

 private:
  std::map<std::string, Values> values_;
};

TEST(ShippedMappings, ScimAsASource) {
  const ScimRecord record({{"id", {"s1"}},
                           {"userName", {"jdoe"}},
                           {"name.givenName", {"Jane"}},
                           {"name.familyName", {"Doe"}},
                           {"name.formatted", {"Jane Doe"}},
                           {"emails.value", {"Z@x", "A@x"}},
                           {"active", {"false"}},
                           {"phoneNumbers[type eq \"mobile\"].value", {"+1"}},
                           {"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", {"Sales"}}});
  const auto mapping = source("scim", true);
  const Map wanted = {{"active", "false"}, {"department", "Sales"}, {"displayName", "Jane Doe"},
                      {"email", "a@x"},    {"familyName", "Doe"},   {"givenName", "Jane"},
                      {"mobile", "+1"},    {"userName", "jdoe"}};
  EXPECT_EQ(mapping.identity_values(record), wanted);
  EXPECT_EQ(mapping.id.text(record), "s1");
  EXPECT_EQ(mapping.member_attributes, (std::vector<std::string>{"members.value"}));
}

Identity jane() {
  Identity out;
  out.values = {{"userName", "jdoe"}, {"givenName", "Jane"}, {"familyName", "Doe"}, {"email", "j@x"}};
  return out;
}

TEST(ShippedMappings, ScimAsAProvider) {
  const auto mapping = provider(
      "scim", {"userName", "name.givenName", "name.familyName", "displayName", "emails[type eq \"work\"].value", "password"});
  const Fields wanted = {{"displayName", "jdoe"},
                         {"emails[type eq \"work\"].value", "j@x"},
                         {"name.familyName", "Doe"},
                         {"name.givenName", "Jane"},
                         {"userName", "jdoe"}};
  EXPECT_EQ(mapping.enforced(jane()), wanted);
  EXPECT_EQ(mapping.password_field, "password");
}

TEST(ShippedMappings, OneLoginV3) {
  const auto mapping = provider("onelogin-v3", {"username", "email", "firstname", "lastname", "openid_name", "password"});
  EXPECT_EQ(mapping.enforced(jane()),
            (Fields{{"email", "j@x"}, {"firstname", "Jane"}, {"lastname", "Doe"}, {"username", "jdoe"}}));
  EXPECT_EQ(mapping.created_with(jane()), (Fields{{"openid_name", "jdoe"}}));
}

TEST(ShippedMappings, OneLoginV1AndV2) {
  const Fields wanted = {{"email", "j@x"}, {"firstname", "Jane"}, {"lastname", "Doe"}, {"username", "jdoe"}};
  EXPECT_EQ(provider("onelogin-v1", {"username", "email", "firstname", "lastname", "openid_name", "password"}).enforced(jane()), wanted);
  EXPECT_EQ(provider("onelogin-v2", {"username", "email", "firstname", "lastname", "password"}).enforced(jane()), wanted);
}

TEST(ShippedMappings, Zitadel) {
  const auto mapping = provider("zitadel", {"username", "email", "profile.givenName", "profile.familyName", "profile.displayName"});
  const Fields made = mapping.enforced(jane());
  EXPECT_EQ(made.at("username"), "jdoe");
  EXPECT_EQ(made.at("email"), "j@x");
  EXPECT_EQ(made.at("profile.givenName"), "Jane");
  EXPECT_EQ(made.at("profile.familyName"), "Doe");
}

TEST(ShippedMappings, LoginRadius) {
  const auto mapping = provider("loginradius", {"Email", "FirstName", "LastName"});
  EXPECT_EQ(mapping.enforced(jane()), (Fields{{"Email", "j@x"}, {"FirstName", "Jane"}, {"LastName", "Doe"}}));
}

TEST(ShippedMappings, EverySourceGoesWithEveryProvider) {
  for (const char* from : {"openldap", "active-directory", "389ds", "freeipa", "scim"})
    for (const char* to : {"onelogin-v3", "onelogin-v1", "onelogin-v2", "loginradius", "zitadel", "scim"}) {
      const auto problems =
          unset_uses(provider(to, {}), source(from, std::string(from) == "scim").identity_attributes());
      EXPECT_TRUE(problems.empty()) << from << " to " << to << ": " << to_string(problems.front());
    }
}

TEST(ShippedMappings, EveryFileOfTheFolderLoads) {
  for (const auto& entry : std::filesystem::directory_iterator(std::string(SOURCE_DIR) + "/mappings")) {
    if (entry.path().extension() != ".toml") continue;
    const std::string file = entry.path().string();
    const bool reads = load_source_mapping(file, false) || load_source_mapping(file, true);
    const bool writes = load_provider_mapping(file, {}, {}, "").has_value();
    EXPECT_TRUE(reads || writes) << file;
  }
}

}  // namespace
}  // namespace rollcall::language
