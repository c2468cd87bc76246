#include "unit/store/databases.hpp"

#include <gmock/gmock.h>

#include "crypto/hash.hpp"

namespace rollcall::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Accounts : public Store {
 protected:
  static DesiredRow wanted(const std::string& person) {
    DesiredRow row;
    row.provider = "p", row.person = person, row.in_scope = true, row.hash = "h-" + person, row.body = "{}";
    return row;
  }
  static AccountRow account(const std::string& id, const std::string& person = {}) {
    AccountRow row;
    row.provider = "p", row.id = id, row.person = person, row.hash = "a-" + id, row.status = "active";
    row.link = person.empty() ? Link::none : Link::made;
    return row;
  }
  // Desired and settled with its account.
  void settled(const std::string& person) {
    EXPECT_OK(state_->put_desired(wanted(person), {}));
    EXPECT_OK(state_->put_account(account("id-" + person, person), {}));
    EXPECT_OK(state_->settle("p", person, "h-" + person + ":a-id-" + person, {}));
  }
  std::vector<std::string> open_people(bool all = false, Instant now = at(1000)) {
    std::vector<std::string> people;
    const auto pairs = state_->open_pairs("p", "", 1000, now, all).value();
    for (const auto& pair : pairs) people.push_back(pair.desired.person);
    return people;
  }
};

TEST_P(Accounts, ADesiredRowComesBackAndItsKeysFindIt) {
  DesiredRow row = wanted("d");
  row.leaving = "waiting", row.name = "Dora", row.out_since = at(3), row.due = at(5);
  EXPECT_OK(state_->put_desired(row, {{"email", "d@x"}, {"username", "d"}}));
  const auto back = state_->desired("p", "d").value();
  ASSERT_TRUE(back);
  EXPECT_EQ(
      std::tie(back->in_scope, back->leaving, back->hash, back->name, back->out_since, back->due),
      std::tie(row.in_scope, row.leaving, row.hash, row.name, row.out_since, row.due));
  EXPECT_THAT(state_->people_by_desired_key("p", {"email", "d@x"}).value(), ElementsAre("d"));
  EXPECT_OK(state_->put_desired(row, {{"email", "new@x"}}));
  EXPECT_THAT(state_->people_by_desired_key("p", {"email", "d@x"}).value(), IsEmpty());
  EXPECT_THAT(state_->people_by_desired_key("p", {"username", "d"}).value(), IsEmpty());
  EXPECT_OK(state_->erase_desired("p", "d"));
  EXPECT_THAT(state_->people_by_desired_key("p", {"email", "new@x"}).value(), IsEmpty());
}

TEST_P(Accounts, WhatIsWantedAnewIsOpenWhatIsTheSameStaysSettled) {
  settled("d");
  EXPECT_THAT(open_people(), IsEmpty());
  DesiredRow row = wanted("d");
  row.name = "another name";
  EXPECT_OK(state_->put_desired(row, {}));
  EXPECT_THAT(open_people(), IsEmpty());
  row.hash = "other";
  EXPECT_OK(state_->put_desired(row, {}));
  EXPECT_THAT(open_people(), ElementsAre("d"));
}

TEST_P(Accounts, ScopeAndLeavingOpenAPersonToo) {
  settled("a"), settled("b");
  DesiredRow out = wanted("a"), leaver = wanted("b");
  out.in_scope = false, leaver.leaving = "stated";
  EXPECT_OK(state_->put_desired(out, {}));
  EXPECT_OK(state_->put_desired(leaver, {}));
  EXPECT_THAT(open_people(), ElementsAre("a", "b"));
}

TEST_P(Accounts, AChangedAccountOpensItsPersonAloneAndAnEqualOneNobody) {
  for (const char* person : {"a", "b", "c", "d", "e"}) settled(person);
  EXPECT_OK(state_->put_account(account("id-a", "a"), {}));
  AccountRow content = account("id-b", "b"), status = account("id-c", "c"), link = account("id-d", "d");
  content.hash = "drift", status.status = "suspended", link.link = Link::adopted;
  for (const AccountRow& row : {content, status, link}) EXPECT_OK(state_->put_account(row, {}));
  EXPECT_THAT(open_people(), ElementsAre("b", "c", "d"));
  EXPECT_OK(state_->put_account(account("id-e"), {}));  // unlinked
  EXPECT_OK(state_->erase_account("p", "id-a"));
  EXPECT_THAT(open_people(), ElementsAre("a", "b", "c", "d", "e"));
}

TEST_P(Accounts, AnOpenPairBringsTheLinkedAccount) {
  EXPECT_OK(state_->put_desired(wanted("a"), {}));
  EXPECT_OK(state_->put_desired(wanted("b"), {}));
  EXPECT_OK(state_->put_account(account("7", "b"), {}));
  EXPECT_OK(state_->put_account(account("8"), {}));
  const auto pairs = state_->open_pairs("p", "", 10, at(0), false).value();
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_FALSE(pairs[0].account);
  ASSERT_TRUE(pairs[1].account);
  EXPECT_EQ(pairs[1].account->id, "7");
  EXPECT_EQ(pairs[1].account->link, Link::made);
  EXPECT_EQ(pairs[1].desired.hash, "h-b");
}

TEST_P(Accounts, DuePeopleAreOpenOnceTheirTimeHasCome) {
  for (const char* person : {"a", "b"}) settled(person);
  EXPECT_OK(state_->settle("p", "b", "h-b:a-id-b", at(500)));
  EXPECT_THAT(open_people(false, at(499)), IsEmpty());
  EXPECT_THAT(open_people(false, at(500)), ElementsAre("b"));
  EXPECT_THAT(open_people(true, at(500)), ElementsAre("b"));
}

TEST_P(Accounts, TheFullComparisonFindsWhatNoLongerAgrees) {
  settled("a"), settled("b");
  EXPECT_OK(state_->settle("p", "b", "h-b:another", {}));
  EXPECT_OK(state_->put_desired(wanted("c"), {}));  // no account: desired hash and nothing
  EXPECT_OK(state_->settle("p", "c", "h-c:", {}));
  EXPECT_THAT(open_people(false), IsEmpty());
  EXPECT_THAT(open_people(true), ElementsAre("b"));
  EXPECT_OK(state_->unsettle_all("p"));
  EXPECT_THAT(open_people(), ElementsAre("a", "b", "c"));
}

TEST_P(Accounts, PagesMissAndRepeatNobody) {
  for (int i = 0; i < 25; ++i) {
    const std::string person = "p" + std::to_string(100 + i);
    settled(person);
    if (i % 3 == 0) EXPECT_OK(state_->settle("p", person, "", {}));
    if (i % 4 == 0) EXPECT_OK(state_->settle("p", person, i % 3 ? "h-" + person + ":a-id-" + person : "", at(1)));
  }
  for (const bool all : {false, true}) {
    std::vector<std::string> people;
    for (std::string after;;) {
      const auto page = state_->open_pairs("p", after, 2, at(10), all).value();
      if (page.empty()) break;
      for (const auto& pair : page) people.push_back(pair.desired.person);
      after = people.back();
    }
    EXPECT_EQ(people.size(), 13u);  // 0 3 4 6 8 9 12 15 16 18 20 21 24
    EXPECT_TRUE(std::is_sorted(people.begin(), people.end()));
  }
}

TEST_P(Accounts, FiguresCountScopeAndWhatIsDone) {
  settled("a"), settled("b");
  EXPECT_OK(state_->settle("p", "b", "", {}));
  DesiredRow out = wanted("c");
  out.in_scope = false;
  EXPECT_OK(state_->put_desired(out, {}));
  EXPECT_EQ(state_->count_in_scope("p").value(), 2);
  EXPECT_EQ(state_->count_settled("p").value(), 1);
  EXPECT_EQ(state_->count_in_scope("q").value(), 0);
}

TEST_P(Accounts, AnAccountComesBackWithEveryMember) {
  AccountRow row = account("7", "d");
  row.link = Link::adopted, row.body = "{\"a\":1}", row.written = "{}", row.missing_runs = 2,
  row.suspended_by_us = true;
  row.suspended_at = at(8), row.status_before = "1", row.audited = at(9), row.created_by_run = "r";
  EXPECT_OK(state_->put_account(row, {}));
  const auto back = state_->account_of("p", "d").value();
  ASSERT_TRUE(back);
  EXPECT_EQ(std::tie(back->id, back->link, back->hash, back->body, back->written, back->status, back->missing_runs),
            std::tie(row.id, row.link, row.hash, row.body, row.written, row.status, row.missing_runs));
  EXPECT_EQ(
      std::tie(back->suspended_by_us, back->suspended_at, back->status_before, back->audited, back->created_by_run),
      std::tie(row.suspended_by_us, row.suspended_at, row.status_before, row.audited, row.created_by_run));
  EXPECT_FALSE(state_->account_of("p", "").value());
  EXPECT_FALSE(state_->account("q", "7").value());
}

TEST_P(Accounts, OnePersonHasOneAccountAProvider) {
  EXPECT_OK(state_->put_account(account("1", "d"), {}));
  EXPECT_EQ(state_->put_account(account("2", "d"), {}).error().kind, ErrorKind::conflict);
  EXPECT_FALSE(state_->account("p", "2").value());
  EXPECT_OK(state_->put_account(account("1"), {}));
  EXPECT_OK(state_->put_account(account("2", "d"), {}));
}

TEST_P(Accounts, KeysFindAccountsAndPagesSplitThem) {
  EXPECT_OK(state_->put_account(account("1", "a"), {{"email", "x@x"}}));
  EXPECT_OK(state_->put_account(account("2"), {{"email", "x@x"}, {"username", "two"}}));
  EXPECT_OK(state_->put_account(account("3", "c"), {}));
  EXPECT_EQ(state_->accounts_by_key("p", {"email", "x@x"}).value().size(), 2u);
  EXPECT_EQ(state_->accounts_by_key("p", {"username", "two"}).value().at(0).id, "2");
  EXPECT_EQ(state_->accounts_page("p", true, "", 10).value().size(), 2u);
  EXPECT_EQ(state_->accounts_page("p", true, "1", 10).value().at(0).id, "3");
  EXPECT_EQ(state_->accounts_page("p", false, "", 10).value().at(0).id, "2");
  EXPECT_EQ(state_->count_accounts("p", true).value(), 2);
  EXPECT_EQ(state_->count_accounts("p", false).value(), 1);
}

TEST_P(Accounts, ChangedKeysOfAnAccountLeaveNoTraceOfTheOldOnes) {
  const std::string odd =
      "a\x1f"
      "b\x1e"
      "c";
  EXPECT_OK(state_->put_account(account("1"), {{"email", "old@x"}, {"username", odd}, {"email", "second@x"}}));
  EXPECT_EQ(state_->accounts_by_key("p", {"email", "second@x"}).value().size(), 1u);
  EXPECT_THAT(state_->accounts_by_key("p", {"b", "c"}).value(), IsEmpty());
  EXPECT_OK(state_->put_account(account("1"), {{"email", "new@x"}}));
  for (const char* old : {"old@x", "second@x"})
    EXPECT_THAT(state_->accounts_by_key("p", {"email", old}).value(), IsEmpty());
  EXPECT_THAT(state_->accounts_by_key("p", {"username", "abc"}).value(), IsEmpty());
  EXPECT_OK(state_->erase_account("p", "1"));
  EXPECT_OK(state_->put_account(account("1"), {}));
  EXPECT_THAT(state_->accounts_by_key("p", {"email", "new@x"}).value(), IsEmpty());
}

TEST_P(Accounts, TheAuditTakesThoseUnseenLongestFirst) {
  AccountRow late = account("1", "a"), early = account("2", "b"), never = account("3", "c");
  late.audited = at(9), early.audited = at(5);
  for (const AccountRow& row : {late, early, never, account("0")}) EXPECT_OK(state_->put_account(row, {}));
  EXPECT_THAT(state_->sample_linked("p", 2).value(), ElementsAre("3", "2"));
}

TEST_P(Accounts, KnownAccountsAreFingerprintsInOrder) {
  for (const char* id : {"1", "2", "3"}) EXPECT_OK(state_->put_account(account(id), {}));
  const auto known = state_->known_accounts("p").value();
  ASSERT_EQ(known.size(), 3u);
  EXPECT_LT(known[0].id, known[1].id);
  EXPECT_LT(known[1].id, known[2].id);
  const auto one =
      std::find_if(known.begin(), known.end(), [](const auto& k) { return k.id == crypto::fingerprint("2"); });
  ASSERT_NE(one, known.end());
  EXPECT_EQ(one->hash, "a-2");
}

TEST_P(Accounts, ProvidersKeepTheirCircuit) {
  ProviderRow row{.name = "p",
                  .config_hash = "h",
                  .last_complete = at(1),
                  .last_success = at(2),
                  .accounts = 3,
                  .complete = true,
                  .detail = "d",
                  .circuit = "down",
                  .retry_at = at(4)};
  EXPECT_OK(state_->put_provider(row));
  const auto back = state_->provider("p").value();
  ASSERT_TRUE(back);
  EXPECT_EQ(std::tie(back->circuit, back->retry_at, back->accounts, back->complete),
            std::tie(row.circuit, row.retry_at, row.accounts, row.complete));
}

ON_BOTH_BACKENDS(Accounts);

}  // namespace
}  // namespace rollcall::store
