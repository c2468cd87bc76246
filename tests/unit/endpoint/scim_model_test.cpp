// Random operations beside a plain model in memory: what the endpoint says is what the model says, also after it was opened anew.
// ROLLCALL_SEEDS=20 does twenty times as many.
#include <cstdlib>
#include <random>
#include <set>

#include "unit/endpoint/service.hpp"

namespace rollcall::endpoint {
namespace {

class ScimModel : public ScimEndpoint {
 public:      // steps are called by pointer
  struct User {
    std::string name, title;
  };

  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }
  template <class Map>
  std::string any(const Map& map) {
    if (map.empty() || pick(20) == 0) return "00000000-0000-0000-0000-000000000000";
    auto it = map.begin();
    std::advance(it, pick(static_cast<int>(map.size())));
    return it->first;
  }
  bool taken(const std::string& name, const std::string& but) const {
    return std::any_of(users_.begin(), users_.end(), [&](const auto& u) { return u.first != but && u.second.name == name; });
  }
  std::string name() { return "user" + std::to_string(pick(60)); }

  void post_user() {
    const User user{name(), "t" + std::to_string(pick(5))};
    const Answered made = call("POST", "/Users", ScimEndpoint::user(user.name, R"("title":")" + user.title + "\""));
    ASSERT_EQ(made.status, taken(user.name, "") ? 409 : 201) << made.text;
    if (made.status == 201) users_[made.body.text("id")] = user;
  }
  void put_user() {
    const std::string id = any(users_);
    const User user{name(), ""};
    const Answered put = call("PUT", "/Users/" + id, ScimEndpoint::user(user.name));
    ASSERT_EQ(put.status, !users_.contains(id) ? 404 : taken(user.name, id) ? 409 : 200) << put.text;
    if (put.status == 200) users_[id] = user;
  }
  void patch_user() {
    const std::string id = any(users_), title = "t" + std::to_string(pick(5));
    const Answered patched = call("PATCH", "/Users/" + id, patch(R"({"op":"replace","path":"title","value":")" + title + "\"}"));
    ASSERT_EQ(patched.status, users_.contains(id) ? 200 : 404) << patched.text;
    if (patched.status == 200) users_[id].title = title;
  }
  void delete_user() {
    const std::string id = any(users_);
    ASSERT_EQ(call("DELETE", "/Users/" + id).status, users_.contains(id) ? 204 : 404);
    users_.erase(id);
    for (auto& [_, members] : groups_) members.erase(id);
  }
  void post_group() {
    if (groups_.size() > 8) return;
    groups_[add_group("g" + std::to_string(pick(5)))] = {};
  }
  void change_members() {
    const std::string id = any(groups_), member = any(users_);
    if (!groups_.contains(id) || !users_.contains(member)) return;
    const bool add = pick(2) == 0;
    const std::string operation = add ? R"({"op":"add","path":"members","value":[{"value":")" + member + "\"}]}"
                                      : R"({"op":"remove","path":"members[value eq \")" + member + R"(\"]"})";
    ASSERT_EQ(call("PATCH", "/Groups/" + id, patch(operation)).status, 204);
    add ? static_cast<void>(groups_[id].insert(member)) : static_cast<void>(groups_[id].erase(member));
  }
  void delete_group() {
    const std::string id = any(groups_);
    if (pick(5) > 0) return;
    ASSERT_EQ(call("DELETE", "/Groups/" + id).status, groups_.contains(id) ? 204 : 404);
    groups_.erase(id);
  }

  void compare() {
    std::set<std::string> with_title;
    for (const auto& [id, user] : users_) {
      const Answered got = call("GET", "/Users/" + id);
      ASSERT_EQ(got.status, 200);
      EXPECT_EQ(got.body.text("userName"), user.name);
      EXPECT_EQ(got.body.text("title"), user.title);
      if (user.title == "t1") with_title.insert(id);
    }
    const auto listed = found("/Users?count=200", "id");
    EXPECT_EQ(std::set<std::string>(listed.begin(), listed.end()).size(), users_.size());
    const auto filtered = found("/Users?count=200&filter=title+eq+%22t1%22", "id");
    EXPECT_EQ(std::set<std::string>(filtered.begin(), filtered.end()), with_title);
    for (const auto& [id, wanted] : groups_) {
      const auto shown = members(id);
      EXPECT_EQ(std::set<std::string>(shown.begin(), shown.end()), wanted);
    }
  }

  std::minstd_rand random_{7};
  std::map<std::string, User> users_;
  std::map<std::string, std::set<std::string>> groups_;
};

TEST_F(ScimModel, RandomOperationsAgreeWithAPlainModel) {
  const char* times = std::getenv("ROLLCALL_SEEDS");
  const int rounds = 5 * std::max(1, times ? std::atoi(times) : 1);
  ScimSettings settings;
  settings.rate.count = 0;
  open(settings);
  for (int round = 0; round < rounds; ++round) {
    for (int i = 0; i < 100; ++i) {
      void (ScimModel::*const steps[])() = {&ScimModel::post_user, &ScimModel::put_user, &ScimModel::patch_user, &ScimModel::change_members,
                                            &ScimModel::delete_user, &ScimModel::post_group, &ScimModel::change_members, &ScimModel::delete_group};
      (this->*steps[pick(8)])();
      if (HasFatalFailure()) return;
    }
    open(settings);
    compare();
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace rollcall::endpoint
