// The LDAP source against what servers do on bad days, and against what only Active Directory does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_ldap.hpp"
#include "support/source_reading.hpp"

namespace rollcall::test {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using namespace std::chrono_literals;

constexpr auto people_base = "ou=People,dc=x", groups_base = "ou=Groups,dc=x";

SourceSettings settings_of(std::vector<std::string> uris) {
  SourceSettings out;
  out.name = "corp";
  out.uris = std::move(uris);
  out.bind_dn = "cn=reader,dc=x";
  out.people.base = people_base;
  out.timeout = 1s;
  return out;
}
Reading read_people(const FakeLdap& fake) { return read(settings_of({fake.uri()}), "secret"); }
Reading read_both(const FakeLdap& fake, const Known& known = {}) {
  SourceSettings settings = settings_of({fake.uri()});
  settings.groups.base = groups_base;
  return read(settings, "secret", known);
}

std::string person(const LdapRequest& to, const std::string& id) {
  return search_entry(to, "uid=" + id + ",ou=People,dc=x", {{"entryUUID", {id}}, {"uid", {id}}});
}

// Binds succeed; searches are answered by the function.
FakeLdap::Answer searches(std::function<std::string(const LdapRequest&, bool&)> answer) {
  return [answer = std::move(answer)](const LdapRequest& request, bool& close) {
    if (request.operation == 0x60) return bind_result(request);
    return request.operation == 0x63 ? answer(request, close) : std::string();
  };
}

// A group of `count` members that come `step` at a time, as Active Directory gives them.
struct RangedGroup {
  int count, step;
  std::vector<std::string> stamps = {"1"};  // uSNChanged, one answer after the other; the last stays
  int fails_at = -1;                        // this answer is an error
  std::size_t asked = 0;

  std::string answer(const LdapRequest& to, bool whole) {
    const std::size_t now = asked++;
    if (static_cast<int>(now) == fails_at) return search_done(to, 1, "no more");
    int from = 0;
    for (const std::string& name : to.attributes)
      if (name.starts_with("member;range=")) from = std::stoi(name.substr(13));
    std::vector<std::string> members;
    for (int i = from; i < std::min(from + step, count); ++i)
      members.push_back("uid=" + std::to_string(i) + ",ou=People,dc=x");
    const std::string to_text = from + step >= count ? "*" : std::to_string(from + step - 1);
    FakeAttributes attributes = {{"uSNChanged", {stamps[std::min(now, stamps.size() - 1)]}}};
    if (from == 0) attributes.insert(attributes.end(), {{"entryUUID", {"big"}}, {"member", {}}});
    attributes.push_back({"Member;Range=" + std::to_string(from) + "-" + to_text, members});
    if (whole) attributes.erase(attributes.begin());
    return search_entry(to, "cn=big,ou=Groups,dc=x", attributes) + search_done(to);
  }
};

FakeLdap::Answer with_group(RangedGroup& group) {
  return searches([&group](const LdapRequest& request, bool&) {
    if (request.base == people_base) return person(request, "a") + search_done(request);
    if (request.base == groups_base) {
      const RangedGroup before = group;
      std::string out = group.answer(request, true);
      group = before;
      return out;
    }
    return group.answer(request, false);
  });
}

TEST(LdapRanges, AreReadToTheEnd) {
  for (const int count : {1501, 3000, 3001, 4999}) {
    RangedGroup group{count, 1500};
    FakeLdap fake(with_group(group));
    const Reading reading = read_both(fake);
    EXPECT_TRUE(reading.report.complete) << reading.report.detail;
    ASSERT_THAT(reading.keys(), ElementsAre("a", "big"));
    EXPECT_THAT(reading.records[1].members, SizeIs(count));
    EXPECT_EQ(std::adjacent_find(reading.records[1].members.begin(), reading.records[1].members.end()),
              reading.records[1].members.end());
  }
}

TEST(LdapRanges, HashAsTheSameMembersInOnePiece) {
  RangedGroup parts{40, 10}, one{40, 10};
  FakeLdap ranged(with_group(parts));
  FakeLdap plain(searches([&](const LdapRequest& request, bool&) {
    if (request.base == people_base) return person(request, "a") + search_done(request);
    std::vector<std::string> members;
    for (int i = 39; i >= 0; --i) members.push_back("uid=" + std::to_string(i) + ",ou=People,dc=x");
    return search_entry(request, "cn=big,ou=Groups,dc=x", {{"member", members}, {"entryUUID", {"big"}}}) +
           search_done(request);
  }));
  const Reading first = read_both(ranged);
  const Reading second = read_both(plain, known_of(first.records));
  EXPECT_TRUE(second.report.complete);
  EXPECT_THAT(second.records, IsEmpty());
}

TEST(LdapRanges, BeginAnewWhenTheGroupChangesMeanwhile) {
  RangedGroup group{30, 10, {"1", "1", "2", "2"}};
  FakeLdap fake(with_group(group));
  const Reading reading = read_both(fake);
  EXPECT_TRUE(reading.report.complete) << reading.report.detail;
  EXPECT_EQ(group.asked, 6u);  // two of the first attempt and a third that differed, then three
  EXPECT_THAT(reading.records.back().members, SizeIs(30));
}

TEST(LdapRanges, ThatFailMakeTheGroupUnknownAndTheReadIncomplete) {
  RangedGroup good{50, 10};
  FakeLdap before(with_group(good));
  const Known known = known_of(read_both(before).records);
  RangedGroup group{50, 10};
  group.fails_at = 2;
  FakeLdap fake(with_group(group));
  const Reading reading = read_both(fake, known);
  EXPECT_FALSE(reading.report.complete);
  EXPECT_THAT(reading.report.detail, HasSubstr("cn=big,ou=Groups,dc=x"));
  EXPECT_THAT(reading.records, IsEmpty());
  EXPECT_THAT(reading.report.unusable_locators, ElementsAre("cn=big,ou=groups,dc=x"));
}

TEST(LdapRanges, ThatNeverSettleEndAsIncomplete) {
  RangedGroup group{30, 10};
  group.stamps.clear();
  for (int i = 0; i < 100; ++i) group.stamps.push_back(std::to_string(i));
  FakeLdap fake(with_group(group));
  EXPECT_THAT(read_both(fake).report.detail, HasSubstr("cn=big"));
}

TEST(LdapAnswers, KeepBinaryIdsAsTheyAre) {
  const std::string guid("\xa3\x08\x04\xa2\xd5\x26\xac\x4b\xa1\xa4\x9f\x07\xd5\x45\x00\x84", 16);
  FakeLdap fake(searches([&](const LdapRequest& request, bool&) {
    return search_entry(request, "CN=J\xC3\xB6rg,dc=x",
                        {{"OBJECTGUID", {guid}},
                         {"objectGUID;x-other", {"no"}},
                         {"cn;lang-ja", {"no"}},
                         {"sn;binary", {"yes"}},
                         {"commonName", {"J"}}}) +
           search_done(request);
  }));
  const Reading reading = read(settings_of({fake.uri()}), "secret", {}, shape_by("objectGUID"));
  ASSERT_THAT(reading.keys(), ElementsAre(guid));
  EXPECT_EQ(reading.records[0].attributes, (Attributes{{"cn", {"J"}}, {"objectGUID", {guid}}, {"sn", {"yes"}}}));
}

TEST(LdapAnswers, WithReferencesAreWarnedOfOnceAndNotFollowed) {
  FakeLdap elsewhere(searches([](const LdapRequest& r, bool&) { return search_done(r); }));
  FakeLdap fake(searches([&](const LdapRequest& r, bool&) {
    const std::string there = elsewhere.uri() + "/dc=y";
    return search_reference(r, there) + person(r, "a") + search_reference(r, there) + search_done(r);
  }));
  const Reading reading = read_people(fake);
  EXPECT_TRUE(reading.report.complete);
  ASSERT_THAT(reading.report.warnings, SizeIs(1));
  EXPECT_THAT(reading.report.warnings[0].detail, HasSubstr("2 references to other servers were not followed"));
  EXPECT_THAT(elsewhere.requests(), IsEmpty());
}

TEST(LdapAnswers, ThatEndInAnErrorMakeTheReadIncomplete) {
  for (const int code : {1, 3, 4, 10, 11, 12, 32, 50, 51, 52, 80}) {
    FakeLdap fake(searches([&](const LdapRequest& r, bool&) { return person(r, "a") + search_done(r, code); }));
    const Reading reading = read_people(fake);
    EXPECT_FALSE(reading.report.complete) << code;
    EXPECT_TRUE(reading.report.reached) << code;
    EXPECT_THAT(reading.report.detail, HasSubstr(std::to_string(code) + " ")) << code;
    EXPECT_THAT(reading.keys(), ElementsAre("a"));
  }
}

TEST(LdapAnswers, OfAFullPageWithoutACookieAreTheEndAndShortOrEmptyPagesWithOneAreNot) {
  FakeLdap fake(searches([&](const LdapRequest& r, bool&) {
    if (r.cookie.empty()) return person(r, "a") + page_done(r, "one");
    if (r.cookie == "one") return page_done(r, "two");
    return person(r, "b") + page_done(r, "");
  }));
  const Reading reading = read_people(fake);
  EXPECT_TRUE(reading.report.complete) << reading.report.detail;
  EXPECT_THAT(reading.keys(), ElementsAre("a", "b"));
}

TEST(LdapAnswers, ThatRepeatAPersonCountThemOnce) {
  FakeLdap fake(searches([](const LdapRequest& r, bool&) {
    return person(r, "a") + person(r, "a") + search_entry(r, "uid=new,dc=x", {{"entryUUID", {"a"}}}) + search_done(r);
  }));
  const Reading reading = read_people(fake);
  EXPECT_EQ(reading.report.people, 1);
  EXPECT_THAT(reading.keys(), ElementsAre("a"));
  ASSERT_THAT(reading.report.warnings, SizeIs(1));
  EXPECT_EQ(reading.report.warnings[0].record, "uid=new,dc=x");
}

TEST(LdapAnswers, WithAnEntryWithoutIdLeaveOutOnlyThat) {
  FakeLdap fake(searches([](const LdapRequest& r, bool&) {
    return person(r, "a") + search_entry(r, "uid=Odd,dc=x", {{"uid", {"odd"}}}) + person(r, "b") + search_done(r);
  }));
  const Reading reading = read_people(fake);
  EXPECT_TRUE(reading.report.complete);
  EXPECT_THAT(reading.keys(), ElementsAre("a", "b"));
  EXPECT_THAT(reading.report.unusable_locators, ElementsAre("uid=odd,dc=x"));
}

TEST(LdapFaults, AConnectionCutWithinAnEntryIsIncomplete) {
  FakeLdap fake(searches([](const LdapRequest& r, bool& close) {
    close = true;
    const std::string next = person(r, "b");
    return person(r, "a") + next.substr(0, next.size() / 2);
  }));
  const Reading reading = read_people(fake);
  EXPECT_FALSE(reading.report.complete);
  EXPECT_THAT(reading.keys(), ElementsAre("a"));
}

TEST(LdapFaults, AnAnswerThatIsNoLdapIsIncomplete) {
  for (const std::string& garbage :
       {std::string("HTTP/1.1 400 Bad Request\r\n\r\n"), std::string("\x30\x84\xff\xff\xff\xff", 6),
        std::string("\x30\x03\x02\x01\x02", 5), std::string(100, '\0')}) {
    FakeLdap fake(searches([&](const LdapRequest&, bool& close) {
      close = true;
      return garbage;
    }));
    EXPECT_FALSE(read_people(fake).report.complete);
  }
}

TEST(LdapFaults, ASilentServerIsLeftWithinTheTimeOut) {
  if (::access("/etc/ssl/certs/ca-certificates.crt", R_OK) != 0) GTEST_SKIP() << "ca-certificates is not installed";
  FakeLdap silent([](const LdapRequest&, bool&) { return std::string(); });
  for (const auto& [scheme, start_tls] : {std::pair{"ldap", false}, {"ldap", true}, {"ldaps", false}}) {
    SourceSettings settings = settings_of({silent.uri(scheme)});
    settings.start_tls = start_tls;
    const Reading reading = read(settings, "secret");
    EXPECT_FALSE(reading.report.reached);
    EXPECT_LT(reading.took, 20s) << scheme << start_tls;
    EXPECT_THAT(reading.report.detail, AllOf(HasSubstr("no answer"), HasSubstr(silent.uri(scheme))))
        << scheme << start_tls;
  }
}

TEST(LdapFaults, AServerThatFallsSilentMidwayIsIncompleteWithinTheTimeOut) {
  FakeLdap fake(searches([](const LdapRequest& r, bool&) { return person(r, "a"); }));
  const Reading reading = read_both(fake);
  EXPECT_FALSE(reading.report.complete);
  EXPECT_TRUE(reading.report.reached);
  EXPECT_LT(reading.took, 20s);
  EXPECT_THAT(reading.report.detail, HasSubstr("fell silent"));
  EXPECT_THAT(reading.keys(), ElementsAre("a"));
}

TEST(LdapFaults, TheNextServerIsTriedWhenOneIsRefusedBusyOrSilent) {
  FakeLdap good(searches([](const LdapRequest& r, bool&) { return person(r, "a") + search_done(r); }));
  FakeLdap silent([](const LdapRequest&, bool&) { return std::string(); });
  for (const int code : {51, 52, 53}) {
    FakeLdap busy([&](const LdapRequest& r, bool&) { return bind_result(r, code); });
    auto source = sources::make_ldap_source(settings_of({"ldap://127.0.0.1:1", busy.uri(), silent.uri(), good.uri()}),
                                            shape_by("entryUUID"), Secret("secret"));
    ASSERT_TRUE(source);
    EXPECT_TRUE(read(**source).report.complete);
    const std::size_t asked = silent.requests().size();
    EXPECT_TRUE(read(**source).report.complete);
    EXPECT_EQ(silent.requests().size(), asked);  // who failed of late is not waited for again
  }
}

TEST(LdapFaults, EveryServerThatFailedIsNamed) {
  FakeLdap busy([&](const LdapRequest& r, bool&) { return bind_result(r, 51, "later"); });
  const Reading reading = read(settings_of({"ldap://127.0.0.1:1", busy.uri()}), "secret");
  EXPECT_FALSE(reading.report.reached);
  EXPECT_THAT(reading.report.detail, AllOf(HasSubstr("ldap://127.0.0.1:1: no connection: it was refused"),
                                           HasSubstr(busy.uri()), HasSubstr("later")));
}

TEST(LdapFaults, WhatActiveDirectorySaysOfARefusedBindIsTold) {
  FakeLdap fake([](const LdapRequest& r, bool&) {
    return bind_result(r, 49,
                       "80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 775, v4563");
  });
  FakeLdap other(searches([](const LdapRequest& r, bool&) { return search_done(r); }));
  const Reading reading = read(settings_of({fake.uri(), other.uri()}), "secret");
  EXPECT_THAT(reading.report.detail, HasSubstr("the account is locked out"));
  EXPECT_THAT(other.requests(), IsEmpty());  // no second attempt that locks the account further
}

TEST(LdapFaults, GssapiWithoutATicketIsAnErrorForPeople) {
  FakeLdap fake([](const LdapRequest& r, bool&) { return bind_result(r, 7); });
  SourceSettings settings = settings_of({fake.uri()});
  settings.bind_dn.clear();
  settings.sasl = "GSSAPI";
  const Reading reading = read(settings, "");
  EXPECT_FALSE(reading.report.reached);
  EXPECT_THAT(reading.report.detail, HasSubstr("SASL GSSAPI"));
}

}  // namespace
}  // namespace rollcall::test
