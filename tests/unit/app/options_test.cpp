#include "app/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace rollcall::app {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

struct Parsing {
  std::ostringstream out, err;
  tl::expected<Options, int> result = tl::unexpected(-1);
  explicit Parsing(std::vector<std::string> arguments) { result = parse_options(std::move(arguments), out, err); }
  int code() const { return result ? 0 : result.error(); }
};

TEST(Options, GlobalsStandBeforeOrAfterTheCommand) {
  for (const auto& arguments :
       {std::vector<std::string>{"-c", "x.toml", "-v", "--no-color", "--mappings", "m", "plan"},
        std::vector<std::string>{"plan", "-c", "x.toml", "-v", "--no-color", "--mappings", "m"}}) {
    const Parsing parsing(arguments);
    ASSERT_TRUE(parsing.result) << parsing.err.str();
    EXPECT_EQ(parsing.result->command, Command::plan);
    EXPECT_EQ(parsing.result->file, "x.toml");
    EXPECT_EQ(parsing.result->mappings, "m");
    EXPECT_EQ(parsing.result->verbose, 1);
    EXPECT_TRUE(parsing.result->no_color);
  }
}

TEST(Options, TheConfigurationHasItsDefaultPlace) {
  EXPECT_EQ(Parsing({"check"}).result->file, "/etc/rollcall/rollcall.toml");
}

TEST(Options, APlanTakesWhatTheContractSays) {
  const Parsing parsing({"plan", "--format", "json", "-o", "p.json", "--provider", "one", "--user", "u",
                         "--detailed-exitcode", "--offline"});
  ASSERT_TRUE(parsing.result) << parsing.err.str();
  EXPECT_EQ(parsing.result->format, "json");
  EXPECT_EQ(parsing.result->output, "p.json");
  EXPECT_EQ(parsing.result->provider, "one");
  EXPECT_EQ(parsing.result->user, "u");
  EXPECT_TRUE(parsing.result->exit_code);
  EXPECT_TRUE(parsing.result->offline);
  EXPECT_TRUE(Parsing({"plan", "--exit-code"}).result->exit_code);
  EXPECT_FALSE(Parsing({"plan"}).result->exit_code);
}

TEST(Options, AnUndoIsOnlyShownWhenAFormOrAFileIsNamed) {
  const Parsing parsing({"undo", "0195", "--yes", "--wait", "5m"});
  ASSERT_TRUE(parsing.result) << parsing.err.str();
  EXPECT_EQ(parsing.result->command, Command::undo);
  EXPECT_EQ(parsing.result->run, "0195");
  EXPECT_TRUE(parsing.result->yes);
  EXPECT_FALSE(parsing.result->preview);
  EXPECT_EQ(parsing.result->format, "text");
  EXPECT_TRUE(Parsing({"undo", "0195", "--format", "text"}).result->preview);
  EXPECT_EQ(Parsing({"undo", "0195", "--format", "html"}).result->format, "html");
  EXPECT_TRUE(Parsing({"undo", "0195", "-o", "u.json"}).result->preview);
  EXPECT_EQ(Parsing({"undo"}).code(), 64);
  EXPECT_EQ(Parsing({"undo", "0195", "--format", "xml"}).code(), 64);
}

TEST(Options, ApplyTakesAPlanAndAWait) {
  const Parsing parsing({"apply", "p.json", "--yes", "--wait", "5m"});
  ASSERT_TRUE(parsing.result) << parsing.err.str();
  EXPECT_EQ(parsing.result->plan_file, "p.json");
  EXPECT_TRUE(parsing.result->yes);
  EXPECT_EQ(parsing.result->wait, Duration(5min));
  EXPECT_EQ(Parsing({"apply"}).result->wait, Duration(0));
}

TEST(Options, APersonMayBeCalledLikeACommand) {
  const Parsing parsing({"explain", "plan", "--json"});
  ASSERT_TRUE(parsing.result) << parsing.err.str();
  EXPECT_EQ(parsing.result->command, Command::explain);
  EXPECT_EQ(parsing.result->user, "plan");
  EXPECT_TRUE(parsing.result->json);
}

TEST(Options, SinceIsADurationADateOrAnInstant) {
  EXPECT_EQ(Parsing({"history", "--since", "24h"}).result->since_ago, Duration(24h));
  const Instant midnight{std::chrono::sys_days(std::chrono::year(2026) / 11 / 21)};
  EXPECT_EQ(Parsing({"history", "--since", "2026-11-21"}).result->since, midnight);
  EXPECT_EQ(Parsing({"history", "--since", "2026-11-21T10:00:00Z"}).result->since, midnight + 10h);
  EXPECT_EQ(Parsing({"history", "--since", "yesterday"}).code(), 64);
}

TEST(Options, ADecisionIsAboutSomething) {
  EXPECT_EQ(Parsing({"approve"}).code(), 64);
  EXPECT_EQ(Parsing({"approve", "h1", "--all"}).code(), 64);
  EXPECT_EQ(Parsing({"approve", "--kind", "everything"}).code(), 64);
  EXPECT_EQ(Parsing({"approve", "h1", "h2"}).result->ids, (std::vector<std::string>{"h1", "h2"}));
  EXPECT_TRUE(Parsing({"approve", "--all"}).result->all);
  EXPECT_EQ(Parsing({"approve", "--kind", "read"}).result->kind, "read");
  EXPECT_EQ(Parsing({"reject", "h1"}).result->waive_for, Duration(720h));
  EXPECT_EQ(Parsing({"reject", "h1", "--for", "7d"}).result->waive_for, Duration(168h));
  EXPECT_EQ(Parsing({"approve", "h1", "--for", "7d"}).code(), 64);
}

TEST(Options, InvitationsListOrResendOrCancel) {
  const Parsing list({"invitations", "--provider", "one", "--user", "u", "--state", "in-doubt", "--json"});
  ASSERT_TRUE(list.result) << list.err.str();
  EXPECT_EQ(list.result->command, Command::invitations);
  EXPECT_EQ(list.result->provider, "one");
  EXPECT_EQ(list.result->user, "u");
  EXPECT_EQ(list.result->state, "in-doubt");
  EXPECT_TRUE(list.result->json);
  const Parsing resend({"invitations", "resend", "cancel", "--provider", "one", "-c", "x.toml"});
  ASSERT_TRUE(resend.result) << resend.err.str();
  EXPECT_EQ(resend.result->command, Command::invitations_resend);
  EXPECT_EQ(resend.result->user, "cancel");
  EXPECT_EQ(resend.result->provider, "one");
  EXPECT_EQ(resend.result->file, "x.toml");
  EXPECT_EQ(Parsing({"invitations", "cancel", "u"}).result->command, Command::invitations_cancel);
  for (const auto& wrong : {std::vector<std::string>{"invitations", "resend"}, {"invitations", "frob", "u"}, {"invitations", "--state", "gone"},
                            {"invitations", "--json", "cancel", "u"}, {"invitations", "resend", "u", "--state", "sent"}})
    EXPECT_EQ(Parsing(wrong).code(), 64) << testing::PrintToString(wrong);
}

TEST(Options, TokensAreCreatedListedAndRevoked) {
  const Parsing create({"token", "create", "--expires", "90d", "--allow", "10.0.0.0/8", "--allow", "::1", "hr"});
  ASSERT_TRUE(create.result) << create.err.str();
  EXPECT_EQ(create.result->command, Command::token_create);
  EXPECT_EQ(create.result->source, "hr");
  EXPECT_EQ(create.result->expires, std::chrono::days(90));
  EXPECT_EQ(create.result->allow, (std::vector<std::string>{"10.0.0.0/8", "::1"}));
  EXPECT_TRUE(Parsing({"token", "list", "--json"}).result->json);
  EXPECT_EQ(Parsing({"token", "revoke", "abc"}).result->token, "abc");
  for (const auto& wrong : {std::vector<std::string>{"token"}, {"token", "create"}, {"token", "create", "hr", "--allow", "ten"},
                            {"token", "create", "hr", "--expires", "soon"}, {"token", "revoke"}})
    EXPECT_EQ(Parsing(wrong).code(), 64) << testing::PrintToString(wrong);
}

TEST(Options, EveryListingSpeaksJson) {
  for (const auto& arguments :
       {std::vector<std::string>{"status"}, {"explain", "u"}, {"history"}, {"holds"}, {"invitations"}, {"test-mapping", "m"}}) {
    auto with = arguments;
    with.push_back("--json");
    EXPECT_TRUE(Parsing(with).result->json) << arguments[0];
    EXPECT_FALSE(Parsing(arguments).result->json) << arguments[0];
  }
}

TEST(Options, WrongUsageExits64AndSpeaksToStandardError) {
  for (const auto& arguments : {std::vector<std::string>{},
                                {"frobnicate"},
                                {"plan", "--frmat", "json"},
                                {"plan", "--format", "yaml"},
                                {"plan", "extra"},
                                {"explain"},
                                {"explain", "a", "b"},
                                {"plan", "apply"},
                                {"-c"},
                                {"apply", "--wait", "soon"},
                                {"test-mapping"},
                                {"check", "--json"}}) {
    const Parsing parsing(arguments);
    EXPECT_EQ(parsing.code(), 64) << testing::PrintToString(arguments);
    EXPECT_TRUE(parsing.out.str().empty());
    EXPECT_THAT(parsing.err.str(), HasSubstr("--help")) << testing::PrintToString(arguments);
  }
}

TEST(Options, AWordThatIsNoCommandIsNamed) {
  EXPECT_THAT(Parsing({"-v", "plam"}).err.str(), HasSubstr("plam is not a command"));
  EXPECT_THAT(Parsing({"invitations", "resned"}).err.str(), HasSubstr("resned"));
}

TEST(Options, HelpAndVersionExitZeroAndSpeakToStandardOutput) {
  for (const auto& arguments :
       {std::vector<std::string>{"--help"}, {"plan", "--help"}, {"--version"}, {"plan", "--version"}}) {
    const Parsing parsing(arguments);
    ASSERT_FALSE(parsing.result);
    EXPECT_EQ(parsing.code(), 0);
    EXPECT_TRUE(parsing.err.str().empty());
    EXPECT_THAT(parsing.out.str(), HasSubstr("rollcall"));
  }
  EXPECT_THAT(Parsing({"plan", "--help"}).out.str(), testing::AllOf(HasSubstr("--offline"), HasSubstr("--mappings")));
  EXPECT_THAT(Parsing({"--help"}).out.str(),
              testing::AllOf(HasSubstr("test-mapping"), HasSubstr("Examples:"), HasSubstr("Exit codes:")));
}

}  // namespace
}  // namespace rollcall::app
