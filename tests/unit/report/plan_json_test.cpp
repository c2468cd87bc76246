#include "report/plan_json.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "crypto/hash.hpp"
#include "unit/report/sample_plan.hpp"

namespace rollcall::report {
namespace {

std::string names_of(const json::Value& object) {
  std::string names;
  for (const auto& [name, value] : *object.as_object()) names += (names.empty() ? "" : " ") + name;
  return names;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, text.npos) << from;
  return text.replace(at, from.size(), to);
}

// A file whose digest is right although its content is not what rollcall would write.
std::string with_new_digest(std::string file) {
  file.resize(file.rfind("\"digest\""));
  const std::string digest = crypto::content_id(file);
  return file + "\"digest\": \"" + digest + "\"\n}\n";
}

TEST(PlanJson, HasTheMembersOfTheContractInItsOrder) {
  const json::Value v = to_json(sample_plan());
  EXPECT_EQ(names_of(v), "format id created complete configuration state providers sources warnings");
  const json::Value& p = (*v.find("providers")->as_array())[0];
  EXPECT_EQ(names_of(p), "name type complete detail policy summary cost actions conflicts unmanaged protected");
  EXPECT_EQ(names_of(*p.find("policy")), "on-leave delete-after adopt");
  EXPECT_EQ(names_of(*p.find("summary")),
            "create update assign revoke invite cancel suspend reactivate delete adopt unchanged held waived conflicts "
            "unmanaged protected no-address");
  EXPECT_EQ(names_of((*p.find("actions")->as_array())[0]),
            "id kind phase user name account after changes reason precondition held");
  EXPECT_EQ(names_of((*p.find("conflicts")->as_array())[0]), "kind user records accounts detail settle");
  EXPECT_EQ(names_of((*p.find("unmanaged")->as_array())[0]), "account name user reason");
  EXPECT_EQ(names_of((*v.find("sources")->as_array())[0]), "name complete people groups detail");
  EXPECT_EQ(names_of((*v.find("warnings")->as_array())[0]), "source record detail");
}

TEST(PlanJson, WritesNullForWhatThereIsNot) {
  Plan plan = sample_plan();
  plan.providers[0].delete_after.reset();
  const json::Value v = to_json(plan);
  const json::Value& p = (*v.find("providers")->as_array())[0];
  const json::Value& create = (*p.find("actions")->as_array())[1];
  EXPECT_TRUE(p.find("policy")->find("delete-after")->is_null());
  EXPECT_TRUE(create.find("account")->is_null());
  EXPECT_TRUE(create.find("held")->is_null());
  EXPECT_TRUE((*create.find("changes")->as_array())[0].find("from")->is_null());
}

TEST(PlanJson, LeavesOutWhatAWaiverCovers) {
  Plan plan = sample_plan();
  plan.providers[0].actions[0].waived = true;
  const json::Value v = to_json(plan);
  EXPECT_EQ((*v.find("providers")->as_array())[0].find("actions")->as_array()->size(), 2u);
}

TEST(PlanId, IsTheHashOfTheSortedCompactJsonWithoutIdAndCreated) {
  Plan plan;
  plan.configuration = "c";
  EXPECT_EQ(
      canonical_id(plan),
      crypto::content_id("{\"complete\":true,\"configuration\":\"c\",\"format\":\"rollcall-plan-1\",\"providers\":[],"
                         "\"sources\":[],\"state\":\"\",\"warnings\":[]}"));
}

TEST(PlanId, DoesNotDependOnTheTimeOrOnTheIdItself) {
  Plan later = sample_plan();
  later.created += std::chrono::hours{1};
  later.id = "sha256:else";
  EXPECT_EQ(canonical_id(later), canonical_id(sample_plan()));
}

TEST(PlanId, DependsOnEveryValue) {
  Plan other = sample_plan();
  other.providers[0].actions[1].changes[0].to = "dora@example.com";
  EXPECT_NE(canonical_id(other), canonical_id(sample_plan()));
  other = sample_plan();
  other.state = "state-2";
  EXPECT_NE(canonical_id(other), canonical_id(sample_plan()));
}

TEST(PlanFile, ComesBackAsItWasWritten) {
  const std::string file = write_plan(sample_plan());
  const auto plan = read_plan(file);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(write_plan(*plan), file);
  EXPECT_EQ(plan->id, canonical_id(sample_plan()));
  EXPECT_EQ(plan->created, sample_plan().created);
  EXPECT_EQ(plan->providers[0].actions, sample_plan().providers[0].actions);
  EXPECT_EQ(plan->providers[0].conflicts, sample_plan().providers[0].conflicts);
  EXPECT_EQ(plan->warnings, sample_plan().warnings);
}

TEST(PlanFile, OfAnUndoNamesTheRunAndGivesAccountsBack) {
  Plan plan = sample_plan();
  plan.undo = "0195-run";
  plan.providers[0].actions[0].kind = ActionKind::unlink;
  EXPECT_EQ(names_of(to_json(plan)), "format id created complete configuration state undo providers sources warnings");
  EXPECT_NE(canonical_id(plan), canonical_id(sample_plan()));
  const auto read = read_plan(write_plan(plan));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->undo, "0195-run");
  EXPECT_EQ(read->providers[0].actions[0].kind, ActionKind::unlink);
  EXPECT_EQ(read_plan(write_plan(sample_plan()))->undo, "");
}

TEST(PlanFile, DigestCoversEveryByteBeforeItsName) {
  const std::string file = write_plan(sample_plan());
  const std::size_t at = file.rfind("\"digest\": \"");
  EXPECT_EQ(file.substr(at), "\"digest\": \"" + crypto::content_id(file.substr(0, at)) + "\"\n}\n");
}

// Promise 7: a saved plan is applied exactly, or not at all.
TEST(PlanFile, IsRefusedWhenAnyOneByteWasChanged) {
  const std::string file = write_plan(sample_plan());
  for (std::size_t i = 0; i < file.size(); ++i) {
    std::string changed = file;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    ASSERT_FALSE(read_plan(changed)) << "byte " << i << " of " << file.size();
  }
}

TEST(PlanFile, IsRefusedWhenAByteWasAddedOrIsMissing) {
  const std::string file = write_plan(sample_plan());
  EXPECT_FALSE(read_plan(file + "\n"));
  EXPECT_FALSE(read_plan(file + " "));
  EXPECT_FALSE(read_plan(" " + file));
  EXPECT_FALSE(read_plan(file.substr(0, file.size() - 1)));
  for (const std::size_t n : {std::size_t{0}, std::size_t{1}, file.size() / 2})
    EXPECT_FALSE(read_plan(file.substr(0, n)));
}

TEST(PlanFile, SaysThatItWasChangedAfterItWasSaved) {
  const auto plan = read_plan(replaced(write_plan(sample_plan()), "dora.garza", "mara.garza"));
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::refused);
  EXPECT_NE(plan.error().message.find("after it was saved"), std::string::npos) << plan.error().message;
}

TEST(PlanFile, IsRefusedWithANewDigestAndAnOldId) {
  EXPECT_FALSE(read_plan(with_new_digest(replaced(write_plan(sample_plan()), "dora.garza", "mara.garza"))));
}

TEST(PlanFile, IsRefusedWithAMemberThatThisVersionDoesNotKnow) {
  const auto plan =
      read_plan(with_new_digest(replaced(write_plan(sample_plan()), "\"phase\": 1,", "\"phase\": 1, \"x\": 1,")));
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, ErrorKind::refused);
}

TEST(PlanFile, NamesTheMemberWhoseTypeIsWrong) {
  const std::string file = write_plan(sample_plan());
  const std::pair<std::pair<const char*, const char*>, const char*> cases[] = {
      {{"\"complete\": false", "\"complete\": \"no\""}, "complete"},
      {{"\"created\": \"2026", "\"created\": \"x026"}, "created"},
      {{"\"configuration\": \"sha256:cc\"", "\"configuration\": 1"}, "configuration"},
      {{"\"kind\": \"suspend\"", "\"kind\": \"destroy\""}, "providers[0].actions[0].kind"},
      {{"\"phase\": 0", "\"phase\": 6"}, "providers[0].actions[0].phase"},
      {{"\"account\": \"123\"", "\"account\": 123"}, "providers[0].actions[0].account"},
      {{"\"from\": \"active\"", "\"from\": []"}, "providers[0].actions[0].changes[0].from"},
      {{"\"id\": \"h1\"", "\"id\": null"}, "providers[0].actions[0].held.id"},
      {{"\"held\": {", "\"hold\": {"}, "providers[0].actions[0].held"},
      {{"\"a1\"\n", "1\n"}, "providers[0].actions[2].after[0]"},
      {{"\"calls\": 9", "\"calls\": 9.5"}, "providers[0].cost.calls"},
      {{"\"create\": 1", "\"create\": \"1\""}, "providers[0].summary.create"},
      {{"\"people\": 98", "\"people\": true"}, "sources[0].people"},
      {{"\"sources\": [", "\"springs\": ["}, "sources"},
  };
  for (const auto& [change, where] : cases) {
    const auto plan = read_plan(with_new_digest(replaced(file, change.first, change.second)));
    ASSERT_FALSE(plan) << change.second;
    EXPECT_NE(plan.error().message.find(std::string(": ") + where + ": "), std::string::npos) << plan.error().message;
  }
}

TEST(PlanFile, SaysWhenItIsNoPlanAtAll) {
  for (const char* text : {"", "no JSON", "[]", "null", "{}", "{\"format\": 1}", "{\"format\": \"rollcall-plan-2\"}"}) {
    const auto plan = read_plan(text);
    ASSERT_FALSE(plan) << text;
    EXPECT_NE(plan.error().message.find("not a plan of rollcall"), std::string::npos) << plan.error().message;
  }
}

TEST(PlanFile, CarriesHostileTextUnharmed) {
  Plan plan = sample_plan();
  plan.providers[0].actions[0].name = "\"digest\": \"sha256:0\"\n}\n\u202e<script>\x01\\";
  const auto read = read_plan(write_plan(plan));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->providers[0].actions[0].name, plan.providers[0].actions[0].name);
}

TEST(PlanFile, WithInvalidUtf8IsStillReadable) {
  Plan plan = sample_plan();
  plan.providers[0].actions[0].name = "a\xff";
  const auto read = read_plan(write_plan(plan));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->providers[0].actions[0].name, "a\ufffd");
}

class SavedPlan : public testing::Test {
 protected:
  SavedPlan() {
    std::string name = testing::TempDir() + "rollcall-plan-XXXXXX";
    folder_ = ::mkdtemp(name.data());
  }
  ~SavedPlan() override { std::filesystem::remove_all(folder_); }
  std::string content(const std::filesystem::path& path) const {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  std::filesystem::path folder_;
};

TEST_F(SavedPlan, IsForItsOwnerOnlyWhateverStoodThereBefore) {
  const auto path = folder_ / "plan.json";
  std::ofstream(path) << "old";
  ::chmod(path.c_str(), 0666);
  ASSERT_TRUE(save_plan(path, sample_plan()));
  struct stat found {};
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 0600u);
  EXPECT_EQ(content(path), write_plan(sample_plan()));
}

TEST_F(SavedPlan, LeavesNothingElseBehind) {
  ASSERT_TRUE(save_plan(folder_ / "plan.json", sample_plan()));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(SavedPlan, ReplacesWhatALinkNamesAndKeepsTheLink) {
  std::ofstream(folder_ / "real.json") << "old";
  std::filesystem::create_symlink("real.json", folder_ / "link.json");
  ASSERT_TRUE(save_plan(folder_ / "link.json", sample_plan()));
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ / "link.json"));
  EXPECT_EQ(content(folder_ / "real.json"), write_plan(sample_plan()));
}

TEST_F(SavedPlan, IsWrittenThroughADeviceNotInItsPlace) {
  EXPECT_TRUE(save_plan("/dev/null", sample_plan()));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST_F(SavedPlan, SaysWhereItCouldNotBeWritten) {
  for (const auto& path : {folder_ / "missing" / "plan.json", folder_}) {
    const auto saved = save_plan(path, sample_plan());
    ASSERT_FALSE(saved);
    EXPECT_NE(saved.error().message.find(path.string()), std::string::npos) << saved.error().message;
  }
}

}  // namespace
}  // namespace rollcall::report
