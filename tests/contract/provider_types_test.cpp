#include <algorithm>

#include <gtest/gtest.h>

#include "rollcall/provider.hpp"

namespace rollcall {
namespace {

TEST(ProviderTypes, AreFoundByName) {
  for (const ProviderType& type : provider_types()) EXPECT_EQ(find_provider_type(type.name), &type);
  EXPECT_EQ(find_provider_type("onelogin"), nullptr);
}

TEST(ProviderTypes, AreCompleteAndAgreeWithThemselves) {
  ASSERT_FALSE(provider_types().empty());
  for (const ProviderType& type : provider_types()) {
    EXPECT_NE(type.make, nullptr) << type.name;
    EXPECT_FALSE(type.default_rate.empty()) << type.name;
    EXPECT_FALSE(type.default_mapping.empty()) << type.name;
    EXPECT_EQ(type.can_deliver, type.capabilities.sends_invitations) << type.name;
    const Capabilities& can = type.capabilities;
    for (const auto& field : {can.user_name_field, can.email_field, can.external_id_field})
      EXPECT_TRUE(field.empty() || type.fields.contains(field)) << type.name << ": " << field;
    for (const auto& names : {can.required_any, can.listed_fields, can.case_insensitive_fields, can.set_only})
      for (const auto& field : names) EXPECT_TRUE(type.fields.contains(field)) << type.name << ": " << field;
    for (const OptionSpec& option : type.options)
      EXPECT_TRUE(option.choices.empty() ||
                  std::count(option.choices.begin(), option.choices.end(), option.default_value) == 1)
          << type.name << ": " << option.key;
  }
}

TEST(ProviderTypes, OneLoginV3TakesTheContractsOptions) {
  const ProviderType* type = find_provider_type("onelogin-v3");
  ASSERT_NE(type, nullptr);
  std::map<std::string, std::string> defaults;
  for (const OptionSpec& option : type->options) defaults[option.key] = option.default_value;
  EXPECT_EQ(defaults, (std::map<std::string, std::string>{{"api-key", ""}, {"audit", "2%"}, {"roles", "replace"}}));
  EXPECT_EQ(type->default_rate, "4000/h");
  EXPECT_TRUE(type->fields.contains("external_id"));
  EXPECT_EQ(type->field_prefixes, std::vector<std::string>{"custom_attribute_"});
}

TEST(ProviderTypes, OneLoginV1AndV2TakeTheContractsOptions) {
  for (const char* name : {"onelogin-v1", "onelogin-v2"}) {
    const ProviderType* type = find_provider_type(name);
    ASSERT_NE(type, nullptr);
    std::map<std::string, std::string> defaults;
    for (const OptionSpec& option : type->options) defaults[option.key] = option.default_value;
    EXPECT_EQ(defaults, (std::map<std::string, std::string>{{"client-id", ""}, {"client-secret", ""}, {"revoke-on-exit", "false"}}));
    EXPECT_EQ(type->default_rate, "4000/h");
    EXPECT_EQ(type->default_mapping, name);
    EXPECT_EQ(type->field_prefixes, std::vector<std::string>{"custom_attributes."});
  }
}

}  // namespace
}  // namespace rollcall
