#include "app/commands/check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "unit/app/folder.hpp"

namespace rollcall::app {
namespace {

using testing::HasSubstr;

class Check : public testing::Test {
 protected:
  Folder folder;
  Options options;
  std::ostringstream out, err;
  int connected = 0;

  int run(const std::string& text) {
    options.file = folder.write("rollcall.toml", text);
    options.mappings = SOURCE_DIR;
    return check(options, out, err, [&](const Configuration&) { return ++connected, exit_nothing_done; });
  }
};

TEST_F(Check, ASoundConfigurationIsSummedUpOnStandardOutput) {
  Variable key("KEY", "hunter2");
  EXPECT_EQ(run(good_source + good_provider), exit_done);
  EXPECT_THAT(
      out.str(),
      HasSubstr(
          "configuration is valid: 1 source (corp: ldap), 1 provider (onelogin: onelogin-v3), 1 secret readable"));
  EXPECT_THAT(out.str(), HasSubstr("mapping " SOURCE_DIR "/mappings/openldap.toml"));
  EXPECT_EQ(err.str(), "");
  EXPECT_EQ(connected, 0);
}

TEST_F(Check, AProblemExits78AndStandsOnStandardError) {
  EXPECT_EQ(run(good_source + "bogus = 1\n"), exit_configuration);
  EXPECT_EQ(out.str(), "");
  EXPECT_THAT(err.str(), HasSubstr("rollcall.toml:7:1: source.corp.bogus: unknown key"));
}

TEST_F(Check, EverySecretThatCannotBeReadIsNamedAndExits78) {
  Variable key("KEY", nullptr);
  EXPECT_EQ(run("[state]\nkey = { file = 'none' }\n" + good_source + good_provider), exit_configuration);
  EXPECT_THAT(err.str(),
              HasSubstr("rollcall.toml:12:11: provider.onelogin.api-key: the environment variable KEY is not set\n"));
  EXPECT_THAT(err.str(), HasSubstr("rollcall.toml:2:7: state.key: the secret file " + folder.path("none")));
}

TEST_F(Check, ConnectFollowsOnlyASoundCheckAndGivesTheExitCode) {
  options.connect = true;
  EXPECT_EQ(run("bogus = 1\n"), exit_configuration);
  EXPECT_EQ(connected, 0);
  Variable key("KEY", "hunter2");
  EXPECT_EQ(run(good_source + good_provider), exit_nothing_done);
  EXPECT_EQ(connected, 1);
}

}  // namespace
}  // namespace rollcall::app
