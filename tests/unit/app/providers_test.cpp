#include "app/commands/providers.hpp"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/json.hpp"
#include "rollcall/provider.hpp"

namespace rollcall::app {
namespace {

std::string line_of(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const auto& cell : cells) line += " " + cell + " |";
  return line;
}

std::string readme() {
  std::ifstream file(std::string(SOURCE_DIR) + "/src/providers/README.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Providers, TheTableInTheReadmeIsWhatTheCodeSays) {
  std::string expected = line_of(capability_heads()) + "\n|";
  for (std::size_t i = 0; i < capability_heads().size(); ++i) expected += "---|";
  for (const auto& row : capability_rows()) expected += "\n" + line_of(row);
  EXPECT_NE(readme().find(expected + "\n\n"), std::string::npos) << "src/providers/README.md should hold:\n\n" << expected;
}

TEST(Providers, TheTextNamesEveryTypeAndItsLimits) {
  std::ostringstream out;
  EXPECT_EQ(providers(Options(), out), exit_done);
  for (const auto& row : capability_rows())
    for (const auto& cell : row) EXPECT_THAT(out.str(), testing::HasSubstr(cell));
}

TEST(Providers, TheJsonHasAnObjectForEachTypeWithItsKeysAndFields) {
  Options options;
  options.json = true;
  std::ostringstream out;
  providers(options, out);
  const auto all = json::parse(out.str()).value();
  ASSERT_EQ(all.as_array()->size(), provider_types().size());
  for (std::size_t i = 0; i < provider_types().size(); ++i) {
    const auto& one = (*all.as_array())[i];
    const auto& type = provider_types()[i];
    EXPECT_EQ(one.text("type"), type.name);
    EXPECT_EQ(*one.find("suspends")->as_bool(), type.capabilities.suspends);
    EXPECT_EQ(one.find("fields")->as_array()->size(), type.fields.size());
    EXPECT_EQ(one.find("keys")->as_array()->size(), type.options.size());
  }
}

}  // namespace
}  // namespace rollcall::app
