#include "report/listing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/status.hpp"

namespace rollcall::report {
namespace {

using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

const Instant ten{1795255200s};  // 2026-11-21T10:00:00Z

store::HoldRow held_suspend() {
  return {.id = "h1",
          .provider = "onelogin",
          .person = "key-lee",
          .kind = "suspend",
          .name = "Lee Left",
          .reason = "12 suspends exceed the limit of 10",
          .since = ten,
          .state = "held"};
}

std::string names_of(const json::Value& object) {
  std::string names;
  for (const auto& [name, value] : *object.as_object()) names += (names.empty() ? "" : " ") + name;
  return names;
}

TEST(HoldsJson, HasTheMembersOfTheContract) {
  const json::Value v = holds_json({held_suspend()});
  EXPECT_EQ(json::write(v),
            "[{\"id\":\"h1\",\"state\":\"held\",\"until\":null,\"provider\":\"onelogin\",\"source\":null,\"kind\":"
            "\"suspend\","
            "\"user\":\"key-lee\",\"name\":\"Lee Left\",\"reason\":\"12 suspends exceed the limit of 10\","
            "\"since\":\"2026-11-21T10:00:00Z\",\"role\":null,\"by\":null}]");
}

TEST(HoldsJson, ShowsWaiversWithTheirEndAndLeavesOutWhatWasApproved) {
  store::HoldRow waived = held_suspend(), approved = held_suspend();
  waived.state = "waived";
  waived.until = ten + 720h;
  approved.state = "approved";
  const json::Value v = holds_json({waived, approved});
  ASSERT_EQ(v.as_array()->size(), 1u);
  EXPECT_EQ((*v.as_array())[0].text("until"), "2026-12-21T10:00:00Z");
}

TEST(HoldsJson, NamesTheSourceOfAHeldRead) {
  const json::Value v =
      holds_json({{.id = "h2", .source = "corp", .kind = "read", .reason = "size", .since = ten, .state = "held"}});
  EXPECT_EQ((*v.as_array())[0].text("source"), "corp");
  EXPECT_TRUE((*v.as_array())[0].find("provider")->is_null());
  EXPECT_TRUE((*v.as_array())[0].find("user")->is_null());
}

TEST(HoldsText, AlignsColumnsAndSaysWhy) {
  store::HoldRow read{
      .id = "h22222", .source = "corp", .kind = "read", .reason = "size", .since = ten, .state = "held"};
  EXPECT_THAT(holds_text({held_suspend(), read}),
              testing::StartsWith("ID      STATE  PROVIDER  KIND     SINCE                 WHO\n"
                                  "h1      held   onelogin  suspend  2026-11-21T10:00:00Z  Lee Left (key-lee)\n"
                                  "    12 suspends exceed the limit of 10\n"
                                  "h22222  held   -         read     2026-11-21T10:00:00Z  source corp\n"
                                  "    size\n"));
}

TEST(HoldsText, ShowsNamesThatCouldFoolATerminalEscaped) {
  store::HoldRow row = held_suspend();
  row.name = "a\033[2J\u202e";
  row.reason = "b\nc";
  const std::string text = holds_text({row});
  EXPECT_THAT(text, HasSubstr("a\\u{1b}[2J\\u{202e} (key-lee)"));
  EXPECT_THAT(text, HasSubstr("b\\nc"));
}

TEST(HoldsText, SaysWhenNothingIsHeld) {
  EXPECT_EQ(holds_text({}), "Nothing is held.\n");
  EXPECT_EQ(json::write(holds_json({})), "[]");
}

TEST(InvitationsJson, HasTheMembersOfTheContract) {
  const json::Value v = invitations_json(
      {{.provider = "p", .person = "k", .state = "sent", .email = "d@x", .sent = ten, .reminders = 2}});
  EXPECT_EQ(
      json::write(v),
      "[{\"provider\":\"p\",\"user\":\"k\",\"email\":\"d@x\",\"state\":\"sent\",\"sent\":\"2026-11-21T10:00:00Z\","
      "\"reminders\":2,\"expires\":null,\"detail\":\"\"}]");
}

TEST(InvitationsText, ListsThemAndSaysWhenThereAreNone) {
  EXPECT_THAT(invitations_text({{.provider = "p", .person = "k", .state = "pending", .email = "d@x"}}),
              HasSubstr("pending  p         k     d@x    -     0          -\n"));
  EXPECT_EQ(invitations_text({}), "No invitations.\n");
}

HistoryRun one_run() {
  return {{.id = "run-1",
           .started = ten,
           .finished = ten + 65s,
           .mode = "apply",
           .plan_id = "sha256:p",
           .result = "failed"},
          {{.run = "run-1",
            .provider = "onelogin",
            .person = "key-dora",
            .kind = "create",
            .name = "Dora Garza",
            .outcome = "failed",
            .detail = "HTTP 422: email is taken"}}};
}

TEST(HistoryJson, HasTheMembersOfTheContract) {
  const json::Value v = history_json({one_run()});
  const json::Value& run = (*v.as_array())[0];
  EXPECT_EQ(names_of(run), "run started finished result actions mode plan detail");
  EXPECT_EQ(run.text("finished"), "2026-11-21T10:01:05Z");
  const json::Value& action = (*run.find("actions")->as_array())[0];
  EXPECT_EQ(names_of(action), "kind provider user account outcome detail name reason finished");
  EXPECT_EQ(action.text("outcome"), "failed");
  EXPECT_TRUE(action.find("account")->is_null());
}

TEST(HistoryJson, CallsAnActionWithoutAnOutcomePlannedAndARunningRunUnfinished) {
  HistoryRun run = one_run();
  run.run.finished = Instant{};
  run.actions[0].outcome.clear();
  const json::Value v = history_json({run});
  EXPECT_TRUE((*v.as_array())[0].find("finished")->is_null());
  EXPECT_EQ((*(*v.as_array())[0].find("actions")->as_array())[0].text("outcome"), "planned");
}

TEST(HistoryText, ShowsRunsWithTheirActions) {
  EXPECT_EQ(history_text({one_run()}),
            "run run-1  apply  failed  2026-11-21T10:00:00Z, took 1m 5s\n"
            "  OUTCOME  KIND    PROVIDER  ACCOUNT  WHO\n"
            "  failed   create  onelogin  -        Dora Garza (key-dora)\n"
            "      HTTP 422: email is taken\n");
  EXPECT_EQ(history_text({}), "No runs.\n");
  EXPECT_THAT(history_text({{one_run().run, {}}}), HasSubstr("  no actions\n"));
}

Status one_status() {
  Status s;
  s.now = ten;
  s.sources = {{.name = "corp",
                .last_read = ten,
                .last_complete = ten - 2h,
                .people = 98,
                .groups = 12,
                .detail = "size limit"}};
  s.providers = {{{.name = "onelogin",
                   .last_complete = ten - 5min,
                   .accounts = 97,
                   .circuit = "8 of 10 calls failed",
                   .retry_at = ten + 60s},
                  3,
                  1,
                  0,
                  {{"sent", 2}, {"failed", 0}}}};
  s.runs = {one_run().run};
  s.problems = {{"corp could not be read", ten, false}, {"role `Sales` is missing", ten - 24h, true}};
  return s;
}

TEST(StatusText, ShowsNewProblemsApartFromKnownOnesAndFirst) {
  const std::string text = status_text(one_status());
  EXPECT_THAT(text, HasSubstr("New problems\n  ! corp could not be read (since 2026-11-21T10:00:00Z)\n"
                              "\nKnown problems\n  ! role `Sales` is missing (since 2026-11-20T10:00:00Z)\n"));
}

TEST(StatusText, ShowsReadsPendingWorkAndQuarantine) {
  const std::string text = status_text(one_status());
  EXPECT_THAT(text, HasSubstr("No daemon is running"));
  EXPECT_THAT(text, HasSubstr("corp    incomplete  2h ago         98      12\n    size limit\n"));
  EXPECT_THAT(text, HasSubstr("quarantined: 8 of 10 calls failed; next attempt 2026-11-21T10:01:00Z"));
  EXPECT_THAT(text, HasSubstr("2 sent\n"));
  EXPECT_THAT(text, Not(HasSubstr("0 failed")));
}

TEST(StatusText, OfAnEmptyStateSaysThatThereWasNoRun) {
  EXPECT_EQ(status_text(Status{}), "No daemon is running; this is what the state says.\n\nNo run yet.\n");
}

TEST(StatusJson, HoldsTheSame) {
  const json::Value v = status_json(one_status());
  EXPECT_EQ(names_of(v), "daemon leading sources providers runs problems");
  const json::Value& p = (*v.find("providers")->as_array())[0];
  EXPECT_EQ(*p.find("pending")->as_int(), 3);
  EXPECT_EQ(p.text("quarantine"), "8 of 10 calls failed");
  EXPECT_EQ(*p.find("invitations")->find("sent")->as_int(), 2);
}

}  // namespace
}  // namespace rollcall::report
