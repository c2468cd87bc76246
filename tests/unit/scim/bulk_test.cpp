#include "scim/bulk.hpp"

#include "support.hpp"

namespace rollcall::scim {
namespace {

using testing::HasSubstr;

Answer<BulkRequest> request(const std::string& operations, const std::string& more = "") {
  return parse_bulk(from(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],)" + more + "\"Operations\":" + operations + "}"), {});
}

std::string post(const std::string& path, const std::string& id, const std::string& data = "{}") {
  return R"({"method":"POST","path":")" + path + R"(","bulkId":")" + id + R"(","data":)" + data + "}";
}

// "0 2 1- 1+": the operations in their order; `-` leaves references out, `+` adds them.
std::string plan(const std::string& operations) {
  const auto parsed = request(operations);
  EXPECT_TRUE(parsed) << said(parsed);
  std::string out;
  for (const BulkStep& step : plan_bulk(*parsed))
    out += (out.empty() ? "" : " ") + std::to_string(step.operation) + (step.completes ? "+" : step.without.empty() ? "" : "-");
  return out;
}

TEST(Bulk, ReadsARequest) {
  const auto out = request(R"([{"method":"post","path":"/Users","bulkId":"a","data":{"userName":"x"}},{"method":"DELETE","path":"/Users/1","version":"W/\"3\""}])",
                           "\"failOnErrors\":2,");
  ASSERT_TRUE(out) << said(out);
  EXPECT_EQ(out->fail_on_errors, 2);
  EXPECT_EQ(out->operations[0].method, "POST");
  EXPECT_EQ(out->operations[0].data.text("userName"), "x");
  EXPECT_EQ(out->operations[1].version, "W/\"3\"");
  EXPECT_FALSE(out->operations[1].failure);
}

TEST(Bulk, OneBadOperationDoesNotStopTheOthers) {
  const auto out = request(R"([{"method":"POST","path":"/Users","data":{}},{"method":"MOVE","path":"/Users"},"x",{"method":"PUT","path":"Users/1","data":{}},
    {"method":"PATCH","path":"/Users/1"},{"method":"POST","path":"/Users","bulkId":"a","data":{}},{"method":"POST","path":"/Users","bulkId":"a","data":{}},
    {"method":"DELETE","path":"/Users/1"}])");
  ASSERT_TRUE(out) << said(out);
  const char* const expected[] = {"bulkId is missing", "method must be", "must be an object", "path must begin", "data is missing", "", "stands twice", ""};
  for (std::size_t i = 0; i < 8; ++i) EXPECT_THAT(out->operations[i].failure.value_or(Failure{}).detail, HasSubstr(expected[i])) << i;
  EXPECT_FALSE(out->operations[5].failure || out->operations[7].failure);
}

TEST(Bulk, WhatIsNoBulkRequestIsRefused) {
  EXPECT_THAT(said(parse_bulk(from("{}"), {})), HasSubstr("400 invalidSyntax: schemas"));
  EXPECT_THAT(said(request("[]")), HasSubstr("400 invalidSyntax: Operations"));
  EXPECT_THAT(said(request("[{}]", "\"failOnErrors\":\"x\",")), HasSubstr("400 invalidValue: failOnErrors"));
  Limits limits;
  limits.bulk_operations = 1;
  EXPECT_THAT(said(parse_bulk(from(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{},{}]})"), limits)),
              HasSubstr("413 : this request has 2 operations; maxOperations is 1"));
}

TEST(Bulk, WhatIsReferredToComesFirst) {
  EXPECT_EQ(plan("[" + post("/Users", "a") + "," + post("/Groups", "g", R"({"members":[{"value":"bulkId:a"}]})") + "]"), "0 1");
  EXPECT_EQ(plan("[" + post("/Groups", "g", R"({"members":[{"value":"bulkId:a"}]})") + "," + post("/Users", "a") + "]"), "1 0");
  EXPECT_EQ(plan(R"([{"method":"PATCH","path":"/Groups/bulkId:g","data":{}},)" + post("/Groups", "g") + "]"), "1 0");
  EXPECT_EQ(plan(R"([{"method":"DELETE","path":"/Users/9"},)" + post("/Users", "x", R"({"note":"bulkId:nobody"})") + "]"), "0 1");
}

TEST(Bulk, CirclesAreClosedAtTheEnd) {
  const auto in = [](const std::string& id, const std::string& other) {
    return post("/Groups", id, R"({"displayName":")" + id + R"(","members":[{"value":"bulkId:)" + other + "\"}]}");
  };
  EXPECT_EQ(plan("[" + in("a", "b") + "," + in("b", "a") + "]"), "0- 1 0+");
  EXPECT_EQ(plan("[" + in("a", "a") + "]"), "0- 0+");
  EXPECT_EQ(plan("[" + in("x", "a") + "," + in("a", "b") + "," + in("b", "c") + "," + in("c", "a") + "]"), "1- 0 3 2 1+");
}

TEST(Bulk, ReferencesBecomeIds) {
  const auto parsed = request(R"([{"method":"PATCH","path":"/Groups/bulkId:g","data":{"Operations":[
      {"op":"add","path":"members[value eq \"bulkId:a\"].x","value":["bulkId:a",{"value":"bulkId:b","note":"about bulkId:a"}]}]}}])");
  ASSERT_TRUE(parsed);
  const BulkIds ids{{"a", "1"}, {"b", "2"}, {"g", "3"}};
  const auto call = resolve(parsed->operations[0], ids);
  ASSERT_TRUE(call) << said(call);
  EXPECT_EQ(call->path, "/Groups/3");
  EXPECT_EQ(json::write(call->data), R"({"Operations":[{"op":"add","path":"members[value eq \"1\"].x","value":["1",{"value":"2","note":"about bulkId:a"}]}]})");
  EXPECT_THAT(said(resolve(parsed->operations[0], {{"g", "3"}})), HasSubstr("409 : `bulkId:a` refers to a resource that this request did not create"));
}

TEST(Bulk, WhatIsLeftOutIsAddedByAPatch) {
  const auto parsed = request("[" + post("/Users", "a", R"({"userName":"u","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"bulkId:m"},"department":"D"},
      "roles":[{"value":"r"},{"value":"bulkId:m"}]})") + "]");
  ASSERT_TRUE(parsed);
  const auto first = resolve(parsed->operations[0], {}, {"m"});
  ASSERT_TRUE(first) << said(first);
  EXPECT_EQ(json::write(first->data),
            R"({"userName":"u","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":null,"department":"D"},"roles":[{"value":"r"}]})");
  const auto second = completion(parsed->operations[0], {{"m", "9"}}, {"m"});
  ASSERT_TRUE(second) << said(second);
  EXPECT_EQ(json::write(*second->find("Operations")),
            R"([{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":{"value":"9"}},)"
            R"({"op":"add","path":"roles","value":[{"value":"9"}]}])");
  EXPECT_TRUE(parse_patch(*second, {}));
}

TEST(Bulk, TheResponseHasItsStatusAsText) {
  const Value out = bulk_response({{"POST", "a", "W/\"1\"", "https://x/Users/1", 201, {}}, {"POST", "b", "", "", 409, error_document({409, ErrorType::uniqueness, "taken"})}});
  EXPECT_EQ(json::write(out),
            R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],"Operations":[{"method":"POST","bulkId":"a","version":"W/\"1\"",)"
            R"("location":"https://x/Users/1","status":"201"},{"method":"POST","bulkId":"b","status":"409","response":)"
            R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"409","scimType":"uniqueness","detail":"taken"}}]})");
}

}  // namespace
}  // namespace rollcall::scim
