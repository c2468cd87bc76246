// Promise 4, at random: a directory that lives, a provider that loses answers, refuses and answers twice, and a process that is killed
// at any instant of any run - before or after the effect of a call, while a mail goes out, while it recovers. Afterwards: one account a
// person, the exact roles, at most one living invitation. ROLLCALL_SEEDS=100 tries a hundred times as many; the sum is printed.
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <random>

#include "support/engine.hpp"

namespace rollcall::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

struct Tally {
  int runs = 0, kills = 0, faults = 0, lives = 0;
  ~Tally() {
    if (runs) std::cout << lives << " lives, " << runs << " runs, " << kills << " kills, " << faults << " faults: nothing lost\n";
  }
} tally;

// What is left of a process at the instant of its death: the files of the state, and the world outside.
struct Remains {
  Folder folder;
  std::map<std::string, Account> accounts;
  std::vector<MemoryProvider::Invitation> invitations;
  std::vector<Mail> mails;

  explicit Remains(const Engine& e) : accounts(e.provider.accounts), invitations(e.provider.invitations), mails(e.mailbox.mails) {
    copy(e.folder.path(), folder.path());
    fs::remove(folder.path() + "/state.db-shm");
  }
  void rise(Engine& e) const {
    e.state.reset();
    for (const auto& file : fs::directory_iterator(e.folder.path()))
      if (file.path().filename().string().starts_with("state.db")) fs::remove(file.path());
    copy(folder.path(), e.folder.path());
    e.provider.accounts = accounts;
    e.provider.invitations = invitations;
    e.mailbox.mails = mails;
    e.mailbox.failures.clear();
    e.reopen();
  }
  static void copy(const std::string& from, const std::string& to) {
    for (const auto& file : fs::directory_iterator(from))
      if (file.path().filename().string().starts_with("state.db")) fs::copy(file.path(), to + "/" + file.path().filename().string());
  }
};

class Life {
 public:
  Life(Engine& e, unsigned seed) : e_(e), dice_(seed) {
    for (const char* role : {"Sales", "Staff"}) e.provider.add_role(role);
    e.role("Staff", "", "title ne \"Guest\"");
    e.role("Sales", "sales");
    e.invites();
    for (const char* kind : {"suspend", "revoke", "reactivate", "invite", "recreate"}) e.limit(kind, 1000);
    for (int i = 0; i < 4; ++i) come();
  }

  void go_on() {
    for (int i = 0; i < 2; ++i) {
      const std::string id = somebody();
      switch (dice_() % 5) {
        case 0: come(); break;
        case 1: e_.set(id, "locked", dice_() % 2 ? "yes" : ""); break;
        case 2: e_.set(id, "title", dice_() % 2 ? "Clerk" : "Guest"); break;
        case 3: e_.set(id, "sn", "Doe" + std::to_string(dice_() % 9)); break;
        default: regroup();
      }
    }
  }

  void trouble() {
    const char* const verbs[] = {"create", "update", "set_roles", "invite", "find", "list", "suspend", "reactivate"};
    for (unsigned i = dice_() % 3; i > 0; --i) {
      Fault fault = dice_() % 2 ? lost_answer(verbs[dice_() % 8]) : dropped(verbs[dice_() % 8]);
      if (dice_() % 3 == 0) fault.error = dice_() % 2 ? rate_limited(1s) : unavailable();
      if (!fault.error.in_doubt) fault.after_effect = false;
      fault.skip = static_cast<int>(dice_() % 4);
      e_.faulty.on_cue(fault);
      ++tally.faults;
    }
    if (dice_() % 4 == 0) e_.mailbox.failures.push_back(unavailable(dice_() % 2 == 0));
  }

  // One run that is killed at an instant of chance, if it lives that long.
  void run_and_die() {
    const unsigned fatal = 1 + dice_() % 24;
    unsigned instant = 0;
    std::unique_ptr<Remains> remains;
    e_.witness->told = e_.mailbox.told = [&](const std::string&) {
      if (++instant == fatal) remains = std::make_unique<Remains>(e_);
    };
    run();
    e_.witness->told = e_.mailbox.told = nullptr;
    if (!remains) return;
    ++tally.kills;
    remains->rise(e_);
  }
  void run() {
    ++tally.runs;
    e_.later(1min);
  }

  // What the directory says now, of everybody who was ever there.
  std::string expected_roles(const std::string& id) const {
    const auto& attributes = e_.corp->people.at(id).attributes;
    std::string out;
    if (sales_.contains(id)) out = "Sales";
    if (attributes.at("title").front() != "Guest") out += out.empty() ? "Staff" : " Staff";
    return out;
  }
  bool active(const std::string& id) const {
    const auto& attributes = e_.corp->people.at(id).attributes;
    const auto it = attributes.find("locked");
    return it == attributes.end() || it->second.front() != "yes";
  }

 private:
  void come() { e_.person("u" + std::to_string(next_++)); }
  std::string somebody() {
    auto it = e_.corp->people.begin();
    std::advance(it, dice_() % e_.corp->people.size());
    return it->first;
  }
  void regroup() {
    sales_.clear();
    for (const auto& [id, _] : e_.corp->people)
      if (dice_() % 2) sales_.insert(id);
    if (sales_.empty()) sales_.insert(e_.corp->people.begin()->first);      // an emptied group counts as absence
    e_.group("sales", {sales_.begin(), sales_.end()});
  }

  Engine& e_;
  std::minstd_rand dice_;
  int next_ = 100;
  std::set<std::string> sales_;
};

void expect_right(Engine& e, const Life& life) {
  std::map<std::string, int> owners;
  for (const auto& [_, account] : e.provider.accounts) EXPECT_EQ(++owners[account.fields.at("userName")], 1);
  for (const auto& [id, _] : e.corp->people) {
    SCOPED_TRACE(id);
    const Account* account = e.account(id);
    if (!account) {
      EXPECT_FALSE(life.active(id));
      continue;
    }
    EXPECT_EQ(account->status == AccountStatus::suspended, !life.active(id));
    if (life.active(id)) {
      EXPECT_EQ(e.roles_of(id), life.expected_roles(id));
    }
    const auto row = e.state->account_of("idp", id).value();
    ASSERT_TRUE(row);
    EXPECT_EQ(row->id, account->id);
    int living = 0;
    const auto invitations = e.state->invitations("idp", "").value();
    for (const auto& i : invitations) living += i.person == id && (i.state == "sent" || i.state == "pending" || i.state == "in-doubt");
    EXPECT_LE(living, 1);
  }
  // A mail goes out once for an invitation, whatever happened.
  std::map<std::string, int> sent;
  for (const auto& mail : e.mailbox.mails) EXPECT_EQ(++sent[mail.message_id], 1) << mail.to;
}

class Kill : public testing::TestWithParam<bool> {};

TEST_P(Kill, Promise4AtAnyInstantOfAnyRunNothingIsLostOrDoneTwice) {
  for (unsigned seed = 1; seed <= last_seed(1, 12) && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    ++tally.lives;
    Engine e(GetParam() ? MemoryProvider::everything() : like_onelogin());
    Life life(e, seed);
    for (int turn = 0; turn < 8; ++turn) {
      life.go_on();
      life.trouble();
      life.run_and_die();
    }
    e.faulty.clear();
    e.mailbox.failures.clear();
    for (int i = 0; i < 4; ++i) {
      life.run();
      e.approve_all();
    }
    expect_right(e, life);
    EXPECT_EQ(lines(e.plan()), Lines{});
  }
}

INSTANTIATE_TEST_SUITE_P(Providers, Kill, testing::Bool(), [](const auto& info) { return std::string(info.param ? "All" : "LikeOneLogin"); });

}  // namespace
}  // namespace rollcall::test
