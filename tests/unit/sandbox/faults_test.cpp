#include "unit/sandbox/support.hpp"

namespace rollcall::sandbox {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

class SandboxFaults : public OneLoginTest {
 protected:
  void order(std::string_view spec) {
    auto faults = parse_faults(spec);
    ASSERT_TRUE(faults) << faults.error().message;
    sandbox->set_faults(std::move(*faults));
  }
  Answer post(const std::string& username) {
    return handle(request("POST", "/api/v3/users.xml", "<user><username>" + username + "</username></user>"));
  }
  bool there(const std::string& username) { return sandbox->tenant().find_by("username", username) != nullptr; }
};

TEST_F(SandboxFaults, LatencyDelaysWhatMatchesAndAddsToTheGeneralOne) {
  sandbox->set_latency(milliseconds(50));
  order("latency=200ms GET users.xml");
  EXPECT_EQ(handle(request("GET", "/api/v3/users.xml")).delay, milliseconds(250));
  EXPECT_EQ(post("a").delay, milliseconds(50));
}

TEST_F(SandboxFaults, AStatusComesWithItsHeadersForSoManyTimesAndWithoutEffect) {
  order("status=429 POST users.xml times=2 retry-after=3 reset=7");
  for (const char* name : {"a", "b"}) {
    const Answer answer = post(name);
    EXPECT_EQ(answer.response.status, 429);
    EXPECT_EQ(header_value(answer.response.headers, "Retry-After"), "3");
    EXPECT_EQ(header_value(answer.response.headers, "X-RateLimit-Reset"), "7");
    EXPECT_FALSE(there(name));
  }
  EXPECT_EQ(post("c").response.status, 201);
}

TEST_F(SandboxFaults, AStatusCanComeAfterTheEffect) {
  order("status=502 POST users.xml nth=1 effect=true");
  EXPECT_EQ(post("a").response.status, 502);
  EXPECT_TRUE(there("a"));
}

TEST_F(SandboxFaults, TheNthRequestAloneFails) {
  order("status=503 POST users.xml nth=2");
  EXPECT_EQ(post("a").response.status, 201);
  EXPECT_EQ(post("b").response.status, 503);
  EXPECT_EQ(post("c").response.status, 201);
}

TEST_F(SandboxFaults, EverySoManyFromTheNthOn) {
  order(R"([{"match":{"method":"POST","nth":2,"every":2},"kind":"status","status":500}])");
  std::string statuses;
  for (const char* name : {"a", "b", "c", "d"}) statuses += std::to_string(post(name).response.status) + " ";
  EXPECT_EQ(statuses, "201 500 201 500 ");
}

TEST_F(SandboxFaults, ADropBeforeHasNoEffectAndADropAfterHasOne) {
  order("drop-before POST users.xml nth=1; drop-after POST users.xml nth=2");
  EXPECT_TRUE(post("before").drop);
  EXPECT_FALSE(there("before"));
  EXPECT_TRUE(post("after").drop);
  EXPECT_TRUE(there("after"));
  EXPECT_FALSE(post("neither").drop);
}

TEST_F(SandboxFaults, AHangSaysNothingForLongWithOrWithoutEffect) {
  order("hang POST users.xml nth=1; hang-after=5s POST users.xml nth=2");
  const Answer before = post("before"), after = post("after");
  EXPECT_TRUE(before.drop);
  EXPECT_EQ(before.delay, std::chrono::seconds(60));
  EXPECT_FALSE(there("before"));
  EXPECT_EQ(after.delay, std::chrono::seconds(5));
  EXPECT_TRUE(there("after"));
}

TEST_F(SandboxFaults, AnHtmlErrorIsAPage) {
  order("html-error=400 PUT users/*");
  const auto id = create("ada");
  const auto response = update(id, "<title>x</title>");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("<!DOCTYPE html>"));
  EXPECT_THAT(std::string(header_value(response.headers, "Content-Type")), HasSubstr("text/html"));
  EXPECT_EQ(account(id).field("title"), nullptr);
}

TEST_F(SandboxFaults, GarbageIsASuccessThatNobodyCanRead) {
  order("garbage POST users.xml times=1");
  const Answer answer = post("a");
  EXPECT_EQ(answer.response.status, 200);
  EXPECT_FALSE(xml::parse(answer.response.body));
  EXPECT_TRUE(there("a"));
}

TEST_F(SandboxFaults, ATruncatedListingIsCutInTheMiddle) {
  sandbox->preload(10, now);
  const std::string whole = ask("GET", "/api/v3/users.xml").body;
  order("truncate GET users.xml");
  const auto response = ask("GET", "/api/v3/users.xml");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, whole.substr(0, whole.size() / 2));
}

TEST_F(SandboxFaults, AShareOfTheAccountsHidesThroughAllPagesAndAlwaysTheSame) {
  sandbox->preload(1000, now);
  order("hide=0.5 GET users.xml");
  std::vector<std::string> seen;
  for (std::string from = "0";;) {
    const auto page = ids(ask("GET", "/api/v3/users.xml?from_id=" + from));
    if (page.empty()) break;
    seen.insert(seen.end(), page.begin(), page.end());
    from = page.back();
  }
  EXPECT_NEAR(static_cast<double>(seen.size()), 500, 60);
  EXPECT_EQ(ask("GET", "/api/v3/users/100001.xml").status, 200);
  const auto again = ids(ask("GET", "/api/v3/users.xml"));
  EXPECT_TRUE(std::equal(again.begin(), again.end(), seen.begin()));
}

TEST_F(SandboxFaults, AFieldOfEverybodyHides) {
  create("ada");
  order("hide=email,external-id GET users.xml");
  const xml::Element user = document(ask("GET", "/api/v3/users.xml")).children.at(0);
  EXPECT_EQ(user.child("email"), nullptr);
  EXPECT_EQ(user.child("external-id"), nullptr);
  EXPECT_NE(user.child("username"), nullptr);
}

TEST_F(SandboxFaults, OnePersonCanBeMeantByTheBody) {
  order("status=500 POST users.xml body=<username>eve");
  EXPECT_EQ(post("ada").response.status, 201);
  EXPECT_EQ(post("eve").response.status, 500);
}

TEST_F(SandboxFaults, PathsMatchAsAWholeByTheirEndOrByRegularExpression) {
  Match match;
  const auto hit = [&](std::string path, std::string url) {
    match.path = std::move(path);
    return matches(match, request("GET", std::move(url)));
  };
  EXPECT_TRUE(hit("users.xml", "/api/v3/users.xml?from_id=3"));
  EXPECT_FALSE(hit("users.xml", "/api/v3/otherusers.xml"));
  EXPECT_TRUE(hit("/api/v3/users/*", "/api/v3/users/7.xml"));
  EXPECT_FALSE(hit("/users/*", "/api/v3/users/7.xml"));
  EXPECT_TRUE(hit("users/*.xml", "/api/v3/users/7.xml"));
  auto faults = parse_faults("status=500 regex=users/[0-9]+[.]xml$");
  ASSERT_TRUE(faults);
  EXPECT_TRUE(matches((*faults)[0].match, request("GET", "/api/v3/users/7.xml")));
  EXPECT_FALSE(matches((*faults)[0].match, request("GET", "/api/v3/users/x.xml")));
}

TEST(FaultSpec, WhatIsWrongIsNamed) {
  const std::pair<const char*, const char*> wrong[] = {
      {"explode", "explode"},
      {"status", "status"},
      {"status=9 GET", "status"},
      {"status=abc", "status"},
      {"latency", "ms"},
      {"latency=5", "duration"},
      {"latency=99999999h", "duration"},
      {"hide", "share"},
      {"hide=1.5", "share"},
      {"drop-after=3", "takes no value"},
      {"status=500 nth=0", "nth"},
      {"status=500 nth=x", "nth"},
      {"status=500 when=now", "when"},
      {"status=500 regex=(", "regular expression"},
      {"status=500 effect=perhaps", "effect"},
      {"[1]", "object"},
      {"{", "faults"},
      {R"({"kind":"status","status":500,"match":{"methods":"GET"}})", "methods"},
      {R"({"kind":"status","status":500,"matches":{}})", "matches"},
      {R"({"kind":"status","status":500,"headers":{"A":"b\r\nc"}})", "headers.A"},
      {R"({"kind":"status","status":500,"headers":[]})", "headers"},
      {R"({"kind":"hide","fields":[1]})", "fields"},
  };
  for (const auto& [spec, text] : wrong) {
    const auto faults = parse_faults(spec);
    ASSERT_FALSE(faults) << spec;
    EXPECT_THAT(faults.error().message, HasSubstr(text)) << spec;
  }
}

TEST(FaultSpec, NothingIsNoFault) {
  for (const char* spec : {"", " ", ";", "[]", " ; "}) {
    const auto faults = parse_faults(spec);
    ASSERT_TRUE(faults) << spec;
    EXPECT_TRUE(faults->empty());
  }
}

TEST(FaultSpec, DurationsHaveAUnit) {
  EXPECT_EQ(*parse_duration("50ms"), milliseconds(50));
  EXPECT_EQ(*parse_duration("2s"), milliseconds(2000));
  EXPECT_EQ(*parse_duration("5m"), milliseconds(300000));
  for (const char* bad : {"", "5", "ms", "-5s", "5 s", "1.5s", "5d"}) EXPECT_FALSE(parse_duration(bad)) << bad;
}

}  // namespace
}  // namespace rollcall::sandbox
