// Answers that are kept are never older than the last commit, whoever made it.
#include "endpoint/scim/reading.hpp"
#include "unit/endpoint/service.hpp"

namespace rollcall::endpoint {
namespace {

class ScimReading : public ScimEndpoint {
 protected:
  // Looked up anew: a question with If-None-Match is answered past what is kept.
  std::string anew(const std::string& path) {
    return call("GET", path, "", {{"If-None-Match", "W/\"none\""}}).text;
  }
};

TEST_F(ScimReading, WhatIsKeptIsWhatWouldBeAnsweredAnew) {
  const auto ada = add_user("ada", R"("displayName":"Ada","emails":[{"value":"ada@example.com"}])");
  const auto team = add_group("team", R"("members":[{"value":")" + ada + "\"}]");
  for (const std::string& path : {"/Users/" + ada, "/Users/" + ada + "?attributes=userName", "/Users/" + ada + "?excludedAttributes=groups",
                                  "/Groups/" + team, "/Groups/" + team + "?excludedAttributes=members", std::string("/Users?filter=userName%20eq%20%22ADA%22"),
                                  std::string("/Users?count=1"), std::string("/Schemas"), std::string("/ResourceTypes/User")}) {
    const Answered first = call("GET", path), second = call("GET", path);
    EXPECT_EQ(first.status, 200) << path;
    EXPECT_EQ(second.text, first.text);
    EXPECT_EQ(second.headers, first.headers);
    EXPECT_EQ(anew(path), first.text);
  }
}

TEST_F(ScimReading, TheAnswerToAWriteIsWhatAGetSays) {
  const Answered made = call("POST", "/Users", user("ada"));
  const std::string path = "/Users/" + made.body.text("id");
  EXPECT_EQ(call("GET", path).text, made.text);
  add_group("team", R"("members":[{"value":")" + made.body.text("id") + "\"}]");
  const Answered patched = call("PATCH", path, patch(R"({"op":"add","path":"title","value":"Clerk"})"));
  EXPECT_EQ(call("GET", path).text, patched.text);
  EXPECT_NE(patched.body.find("groups"), nullptr);
  const Answered replaced = call("PUT", path + "?attributes=title,groups", user("ada"));
  EXPECT_EQ(call("GET", path + "?attributes=title,groups").text, replaced.text);
}

TEST_F(ScimReading, ACommitOfAnybodyEndsWhatIsKept) {
  const auto ada = add_user("ada");
  const std::string path = "/Users/" + ada;
  EXPECT_EQ(call("GET", path).text, call("GET", path).text);
  auto row = state_->resource("hr", ada).value().value();       // another connection, as another process has it
  row.body = R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"Eve"})";
  ASSERT_TRUE(state_->put_resource(row, {}));
  EXPECT_EQ(call("GET", path).body.text("userName"), "Eve");
  EXPECT_EQ(call("PATCH", path, patch(R"({"op":"replace","path":"userName","value":"bob"})")).status, 200);
  EXPECT_EQ(call("GET", path).body.text("userName"), "bob");
  EXPECT_EQ(call("DELETE", path).status, 204);
  EXPECT_EQ(call("GET", path).status, 404);
}

TEST_F(ScimReading, ARevokedTokenIsRefusedAtOnce) {
  const auto ada = add_user("ada");
  EXPECT_EQ(call("GET", "/Users/" + ada).status, 200);
  ASSERT_TRUE(state_->erase_token(last_token_id_).value());
  EXPECT_EQ(call("GET", "/Users/" + ada).status, 401);
}

TEST_F(ScimReading, SourcesShareNoAnswer) {
  const auto ada = add_user("ada");
  EXPECT_EQ(call("GET", "/Users/" + ada).status, 200);
  token_ = give_token("other");
  EXPECT_EQ(call("GET", "/Users/" + ada).status, 404);
}

TEST_F(ScimReading, ANewConfigurationEndsWhatIsKept) {
  const auto ada = add_user("ada");
  const auto providers = [&] { return call("GET", "/Users/" + ada).text.find("\"provider\":\"second\"") != std::string::npos; };
  EXPECT_FALSE(providers());
  auto more = std::make_shared<Catalogue>(*catalogue());
  more->providers.push_back("second");
  handler_->adopt(more);
  EXPECT_TRUE(providers());
}

TEST_F(ScimReading, WhatIsKeptIsBounded) {
  auto reading = std::make_shared<Reading>(io_.get_executor(), store::State::open(url_, store::Access::read).value());
  const std::string half(Reading::largest / 2, 'x');
  reading->keep("large", {"Users", "", half + half});
  EXPECT_EQ(reading->find("large"), nullptr);
  std::size_t kept = 0;
  for (int i = 0; i == 0 || reading->find("0"); ++i, ++kept) {
    ASSERT_LT(kept, 2 * Reading::most / half.size());
    reading->keep(std::to_string(i), {"Users", "", half});
  }
  EXPECT_GT(kept, Reading::most / Reading::largest);
  EXPECT_NE(reading->find(std::to_string(kept - 1)), nullptr);
  io_.restart();
  io_.run();
}

TEST_F(ScimReading, WhatComesTogetherIsAnsweredFromOneInstant) {
  auto reading = std::make_shared<Reading>(io_.get_executor(), store::State::open(url_, store::Access::read).value());
  EXPECT_EQ(reading->now().tokens().value().size(), 1u);
  give_token("hr");
  EXPECT_EQ(reading->now().tokens().value().size(), 1u);
  io_.restart();
  io_.run();                                    // the turn ends
  EXPECT_EQ(reading->now().tokens().value().size(), 2u);
  io_.restart();
  io_.run();
}

}  // namespace
}  // namespace rollcall::endpoint
