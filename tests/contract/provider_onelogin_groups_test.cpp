// The field `group` of OneLogin /1 and /2: a name for what the user has as a number, for one call a listing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "rollcall/provider.hpp"
#include "sandbox/emulator.hpp"
#include "sandbox/sandbox.hpp"
#include "support/run.hpp"
#include "support/scripted_http.hpp"

namespace rollcall::test {
namespace {

using testing::HasSubstr;

constexpr std::string_view base = "https://api.us.onelogin.test";

class OneLoginGroups : public testing::TestWithParam<const char*> {
 protected:
  OneLoginGroups() {
    const sandbox::Vendor& vendor = *sandbox::find_vendor("onelogin-v1");
    auto settings = sandbox::default_settings(vendor);
    settings["api-key"] = "s3cret";
    sandbox_ = sandbox::Sandbox::make(vendor, settings).value();
    sandbox_->tenant().groups = {7, 9};                 // the sandbox calls them "Group 7" and "Group 9"
    std::map<std::string, Secret> secrets;
    secrets.emplace("client-secret", Secret("s3cret"));
    provider_ = find_provider_type(GetParam())->make(std::string(base), std::chrono::seconds(7), {{"client-id", "me"}}, secrets, http_);
  }
  template <class T>
  T run(boost::asio::awaitable<T> work) {
    return test::run(context_, std::move(work));
  }
  Result<Account> create(const std::string& name, Fields more) {
    NewAccount account;
    account.fields = {{"username", name}, {"email", name + "@example.com"}, {"firstname", "Zo\xC3\xAB"}, {"lastname", "M\xC3\xBCller"}};
    account.fields.merge(more);
    return run(provider_->create(std::move(account)));
  }
  std::string group_of(const std::string& id) {
    const std::string* group = sandbox_->tenant().find(std::stoll(id))->field("group_id");
    return group ? *group : "none";
  }
  std::string shown(const std::string& id) {
    const auto found = run(provider_->find(LookupBy::id, id));
    EXPECT_TRUE(found && *found);
    const auto group = (*found)->fields.find("group");
    return group == (*found)->fields.end() ? "not shown" : group->second;
  }
  long group_calls() const {
    return std::count_if(http_.requests.begin(), http_.requests.end(), [](const auto& request) { return request.url.find("/groups") != request.url.npos; });
  }

  std::unique_ptr<sandbox::Sandbox> sandbox_;
  boost::asio::io_context context_{1};
  ScriptedHttp http_{[this](HttpRequest request) {
    request.url = request.url.substr(base.size());
    return sandbox_->handle(request, system_now()).response;
  }};
  std::unique_ptr<Provider> provider_;
};

TEST_P(OneLoginGroups, AreWrittenAndReadBackByName) {
  provider_->enforces({"group"});
  const auto made = create("zoe", {{"group", "Group 7"}});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->fields.at("group"), "Group 7");
  EXPECT_EQ(group_of(made->id), "7");
  ASSERT_TRUE(run(provider_->update(made->id, {{"group", "Group 9"}})));
  EXPECT_EQ(group_of(made->id), "9");
  EXPECT_EQ(shown(made->id), "Group 9");
  ASSERT_TRUE(run(provider_->update(made->id, {{"group", ""}})));
  EXPECT_EQ(group_of(made->id), "none");
  EXPECT_EQ(shown(made->id), "");
  EXPECT_EQ(group_calls(), 1);
}

TEST_P(OneLoginGroups, ShowInAListingForOneCall) {
  provider_->enforces({"group"});
  for (const auto& [name, group] : {std::pair("a", "Group 7"), std::pair("b", "Group 9"), std::pair("c", "")}) ASSERT_TRUE(create(name, {{"group", group}}));
  http_.requests.clear();
  const auto page = run(provider_->list(""));
  ASSERT_TRUE(page) << page.error().message;
  std::vector<std::string> groups;
  for (const auto& account : page->accounts) groups.push_back(account.fields.at("group"));
  EXPECT_THAT(groups, testing::ElementsAre("Group 7", "Group 9", ""));
  EXPECT_EQ(group_calls(), 1);
}

TEST_P(OneLoginGroups, CostNothingWhereNobodyMapsThem) {
  provider_->enforces({"group_id"});
  const auto made = create("zoe", {{"group_id", "9"}});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(group_of(made->id), "9");
  EXPECT_EQ(shown(made->id), "not shown");
  EXPECT_FALSE(run(provider_->list(""))->accounts.at(0).fields.contains("group"));
  EXPECT_EQ(group_calls(), 0);
}

TEST_P(OneLoginGroups, ThatAreMissingAreNamedAndAskedForOnce) {
  for (const char* name : {"zoe", "ada"}) {
    const auto made = create(name, {{"group", "\xE7\x8E\x8B"}});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind, ErrorKind::invalid);
    EXPECT_THAT(made.error().message, HasSubstr("OneLogin has no group \"\xE7\x8E\x8B\""));
  }
  EXPECT_TRUE(sandbox_->tenant().accounts().empty());
  EXPECT_EQ(group_calls(), 1);
}

TEST_P(OneLoginGroups, AreMappedByNameOrByNumber) {
  provider_->enforces({"group", "group_id"});
  const auto made = create("zoe", {{"group_id", "9"}});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("map one of the two"));
}

INSTANTIATE_TEST_SUITE_P(OneLogin, OneLoginGroups, testing::Values("onelogin-v1", "onelogin-v2"), [](const auto& type) { return type.index == 0 ? "v1" : "v2"; });

}  // namespace
}  // namespace rollcall::test
