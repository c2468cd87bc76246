// The control API and the state as JSON.
#include "sandbox/state.hpp"
#include "unit/sandbox/support.hpp"

namespace rollcall::sandbox {
namespace {

using ::testing::HasSubstr;

class Control : public OneLoginTest {
 protected:
  HttpResponse accounts(const std::string& body) { return ask("POST", "/_sandbox/accounts", body); }
};

TEST_F(Control, TheStateShowsAccountsWithRolesInvitationsMailsAndRequests) {
  const auto id = create("ada");
  update(id, "<roles type='array'><role>" + std::to_string(sales) + "</role></roles>");
  ask("POST", "/api/v3/invites/send_invite_link", R"({"api_key":"key","email":"ada@example.com"})");
  const json::Value all = state();
  const json::Value& ada = (*all.find("accounts")->as_array())[0];
  EXPECT_EQ(ada.text("username"), "ada");
  EXPECT_EQ(*ada.find("roles"), json::Value(json::Array{json::Value("Sales")}));
  EXPECT_EQ(all.find("invitations")->as_array()->size(), 1u);
  EXPECT_EQ((*all.find("mails")->as_array())[0].text("to"), "ada@example.com");
  const json::Value* patterns = all.find("requests")->find("by-pattern");
  EXPECT_EQ(*patterns->find("POST users.xml")->find("count"), json::Value(1));
  EXPECT_EQ(*patterns->find("PUT users/{id}.xml")->find("200"), json::Value(1));
  EXPECT_EQ(*all.find("requests")->find("total"), json::Value(3));
}

TEST_F(Control, ItNeedsNoKeyIsNotCountedAndFeelsNoFault) {
  sandbox->set_faults(*parse_faults("status=500"));
  sandbox->set_latency(Duration(50));
  const Answer answer = handle(request("GET", "/_sandbox/requests"));
  EXPECT_EQ(answer.response.status, 200);
  EXPECT_EQ(answer.delay, Duration(0));
  EXPECT_EQ(sandbox->traffic().total(), 0);
}

TEST_F(Control, AccountsAreMadeChangedAndDeletedBehindTheClientsBack) {
  EXPECT_EQ(
      accounts(
          R"({"create":[{"id":77,"username":"ada","email":"a@b","status":1,"roles":["Sales"]},{"username":"bob"}]})")
          .status,
      200);
  EXPECT_EQ(account(77).roles, std::set<std::int64_t>{sales});
  EXPECT_EQ(accounts(R"({"patch":[{"find":{"username":"ada"},"set":{"phone":"1","email":null,"roles":[]}}]})").status,
            200);
  EXPECT_EQ(*account(77).field("phone"), "1");
  EXPECT_EQ(account(77).field("email"), nullptr);
  EXPECT_EQ(*account(77).field("username"), "ada");
  EXPECT_TRUE(account(77).roles.empty());
  EXPECT_EQ(accounts(R"({"delete":[{"id":77}]})").status, 200);
  EXPECT_EQ(sandbox->tenant().find(77), nullptr);
  EXPECT_EQ(ids(ask("GET", "/api/v3/users.xml")).size(), 1u);
}

TEST_F(Control, WrongRequestsAreRefusedWithAReason) {
  create("ada");
  const std::pair<const char*, const char*> wrong[] = {
      {"{", "body"},
      {"[]", "expected"},
      {R"({"create":{}})", "array"},
      {R"({"destroy":[{}]})", "destroy"},
      {R"({"create":[{"username":"Ada"}]})", "belongs to"},
      {R"({"create":[{"id":100001}]})", "there already"},
      {R"({"create":[{"username":"x","roles":["Nobody"]}]})", "Nobody"},
      {R"({"create":[{"username":["x"]}]})", "username"},
      {R"({"create":[{"created-at":"yesterday"}]})", "created-at"},
      {R"({"patch":[{"find":{"username":"eve"},"set":{}}]})", "eve"},
      {R"({"patch":[{"find":{"username":"ada"}}]})", "find"},
      {R"({"patch":[{"find":{"username":"ada"},"set":{"id":5}}]})", "id"},
      {R"({"delete":[5]})", "no account"},
  };
  for (const auto& [body, text] : wrong) {
    const auto response = accounts(body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_THAT(response.body, HasSubstr(text)) << body;
  }
  EXPECT_EQ(sandbox->tenant().accounts().size(), 1u);
}

TEST_F(Control, FaultsAreSetAndShownWithTheirCounts) {
  EXPECT_EQ(ask("POST", "/_sandbox/faults", "status=503 GET users.xml times=1").status, 200);
  EXPECT_EQ(ask("GET", "/api/v3/users.xml").status, 503);
  EXPECT_EQ(ask("GET", "/api/v3/users.xml").status, 200);
  const json::Value faults = *json::parse(ask("GET", "/_sandbox/faults").body);
  EXPECT_EQ(*(*faults.as_array())[0].find("seen"), json::Value(2));
  EXPECT_EQ(*(*faults.as_array())[0].find("fired"), json::Value(1));
  EXPECT_EQ(ask("POST", "/_sandbox/faults", "nonsense").status, 400);
  EXPECT_EQ(ask("POST", "/_sandbox/faults", "[]").status, 200);
  EXPECT_EQ(json::parse(ask("GET", "/_sandbox/faults").body)->as_array()->size(), 0u);
}

TEST_F(Control, CountsCanBeReset) {
  ask("GET", "/api/v3/users.xml");
  EXPECT_EQ(ask("POST", "/_sandbox/reset-counts").status, 200);
  EXPECT_EQ(sandbox->traffic().total(), 0);
  EXPECT_EQ(ask("GET", "/_sandbox/nothing").status, 404);
}

TEST_F(Control, AStateThatIsReadBackIsTheSame) {
  sandbox->tenant().custom_attributes = {{"skype", "Skype name"}};
  sandbox->tenant().groups = {3};
  const auto id = create("ada",
                         "<custom_attribute_skype>\"x\"</custom_attribute_skype>"
                         "<password>Secret123</password><password_confirmation>Secret123</password_confirmation>");
  update(id, "<roles type='array'><role>" + std::to_string(engineering) + "</role></roles><status>2</status>");
  ask("POST", "/api/v3/invites/send_invite_link", R"({"api_key":"key","email":"ada@example.com"})");
  const std::int64_t gone = create("gone");
  sandbox->tenant().remove(gone);

  Tenant other({"username", "email"});
  const std::string text = write_state(sandbox->tenant());
  ASSERT_TRUE(read_state(text, other)) << text;
  EXPECT_EQ(other.accounts(), sandbox->tenant().accounts());
  EXPECT_EQ(write_state(other), text);
  EXPECT_EQ(other.next_id(), gone + 1);
}

TEST_F(Control, AStateThatIsBrokenIsRefused) {
  for (const char* text :
       {"", "{}", "[]", R"({"accounts":[5]})", R"({"accounts":[],"roles":[{"name":"x"}]})",
        R"({"accounts":[{"id":1,"username":"a"},{"id":2,"username":"A"}]})", R"({"accounts":[],"invitations":[{}]})"}) {
    Tenant other({"username", "email"});
    EXPECT_FALSE(read_state(text, other)) << text;
  }
}

TEST(StateTime, IsReadAsItIsWritten) {
  EXPECT_EQ(write_time(noon + Duration(7)), "2024-05-17T12:00:00.007Z");
  EXPECT_EQ(read_time("2024-05-17T12:00:00.007Z"), noon + Duration(7));
  EXPECT_EQ(read_time("2024-05-17T12:00:00Z"), noon);
  for (const char* bad : {"", "2024-05-17", "2024-13-17T12:00:00Z", "2024-05-17T12:00:00", "2024-05-17T25:00:00Z",
                          "2024-05-17T12:00:00.7Z", "2024-05-17T12:00:00Zx"})
    EXPECT_FALSE(read_time(bad)) << bad;
}

}  // namespace
}  // namespace rollcall::sandbox
