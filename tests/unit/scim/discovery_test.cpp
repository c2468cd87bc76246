#include "scim/discovery.hpp"

#include "scim/response.hpp"
#include "support.hpp"

namespace rollcall::scim {
namespace {

using testing::HasSubstr;

bool has_null(const Value& value) {
  if (value.is_null()) return true;
  if (const Array* array = value.as_array()) return std::any_of(array->begin(), array->end(), has_null);
  const Object* const object = value.as_object();
  return object && std::any_of(object->begin(), object->end(), [](const json::Member& m) { return has_null(m.second); });
}

// A document with what it says about itself aside is a resource of the schema that describes it: everything in it is described.
void expect_described(const Attribute& scope, const Value& value, const std::string& where) {
  if (const Array* array = value.as_array()) {
    EXPECT_TRUE(scope.multi_valued) << where;
    for (const Value& each : *array) expect_described(scope, each, where);
  } else if (const Object* object = value.as_object()) {
    EXPECT_EQ(scope.type, Type::complex) << where;
    for (const json::Member& member : *object) {
      if (member.first == "subAttributes" && !scope.find("subAttributes")) continue;
      const Attribute* const sub = scope.find(member.first);
      ASSERT_TRUE(sub) << where << "." << member.first;
      EXPECT_EQ(sub->name, member.first);
      expect_described(*sub, member.second, where + "." + member.first);
    }
    for (const Attribute& sub : scope.sub_attributes) EXPECT_TRUE(!sub.required || value.find(sub.name)) << where << "." << sub.name << " is required";
  }
}

TEST(Discovery, EveryDocumentFitsItsOwnSchema) {
  const auto check = [](const Value& document, std::string_view urn) {
    EXPECT_FALSE(has_null(document)) << json::write(document);
    const ResourceType type = make_resource_type({.name = "x", .core = find_schema(urn)});
    expect_described(type.root, document, std::string(urn));
  };
  Service service;
  service.documentation = "https://x/help";
  check(service_provider_config(service), "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig");
  for (const ResourceType* type : resource_types()) check(resource_type_document(*type, "https://x"), "urn:ietf:params:scim:schemas:core:2.0:ResourceType");
  for (const Schema* schema : schemas()) check(schema_document(*schema, "https://x"), "urn:ietf:params:scim:schemas:core:2.0:Schema");
}

TEST(Discovery, TheConfigSaysWhatTheSettingsAllow) {
  Service service;
  service.base = "https://x/scim/v2";
  service.limits.bulk_operations = 7;
  service.max_payload = 4096;
  service.change_password = true;
  const std::string text = json::write(service_provider_config(service));
  EXPECT_THAT(text, HasSubstr(R"("patch":{"supported":true},"bulk":{"supported":true,"maxOperations":7,"maxPayloadSize":4096},"filter":{"supported":true,"maxResults":200})"));
  EXPECT_THAT(text, HasSubstr(R"("changePassword":{"supported":true},"sort":{"supported":true},"etag":{"supported":true})"));
  EXPECT_THAT(text, HasSubstr(R"("location":"https://x/scim/v2/ServiceProviderConfig")"));
  service.change_password = service.bulk = service.cursor = false;
  const std::string without = json::write(service_provider_config(service));
  EXPECT_THAT(without, HasSubstr(R"("bulk":{"supported":false,"maxOperations":0,"maxPayloadSize":0})"));
  EXPECT_THAT(without, HasSubstr(R"("changePassword":{"supported":false})"));
  EXPECT_THAT(without, HasSubstr(R"("pagination":{"cursor":false,"index":true,"defaultPaginationMethod":"index")"));
}

const Value* named(const Value& schema, std::string_view name) {
  for (const Value& each : *schema.find("attributes")->as_array())
    if (each.text("name") == name) return &each;
  return nullptr;
}

TEST(Discovery, TheUserSchemaHasTheCharacteristicsOfTheRfc) {
  const Value document = schema_document(*find_schema("URN:ietf:params:scim:schemas:core:2.0:user"), "https://x");
  EXPECT_EQ(document.text("id"), user_urn);
  const Value& name = *named(document, "userName");
  EXPECT_EQ(*name.find("required"), Value(true));
  EXPECT_EQ(*name.find("caseExact"), Value(false));
  EXPECT_EQ(name.text("uniqueness"), "server");
  const Value& password = *named(document, "password");
  EXPECT_EQ(password.text("mutability") + " " + password.text("returned"), "writeOnly never");
  EXPECT_EQ(named(document, "groups")->text("mutability"), "readOnly");
  EXPECT_EQ(named(document, "id"), nullptr) << "common attributes are in no schema";
  EXPECT_EQ(named(document, "meta"), nullptr);
}

TEST(Discovery, ListsAreListResponses) {
  const Value types = from(resource_types_document("https://x"));
  EXPECT_EQ(*types.find("totalResults"), Value(2));
  EXPECT_EQ(types.find("Resources")->as_array()->size(), 2u);
  EXPECT_EQ((*types.find("Resources")->as_array())[0].text("endpoint"), "/Users");
  const Value all = from(schemas_document("https://x"));
  EXPECT_EQ(all.find("Resources")->as_array()->size(), schemas().size());
  EXPECT_FALSE(find_schema("urn:nope:1"));
  EXPECT_EQ(find_resource_type("group"), &group_type());
}

TEST(Response, AListIsCompleteEvenWhenItIsEmpty) {
  EXPECT_EQ(list_response(Page{0, 1, {}, {}}, std::vector<std::string>{}),
            R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]})");
  EXPECT_EQ(list_response(Page{9, {}, "n-1", "p"}, std::vector<std::string_view>{"{\"id\":\"1\"}", "{}"}),
            R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":9,"itemsPerPage":2,"previousCursor":"p","nextCursor":"n-1",)"
            R"("Resources":[{"id":"1"},{}]})");
}

TEST(Response, VersionsAreNamedInEveryForm) {
  EXPECT_EQ(etag("5"), "W/\"5\"");
  for (const char* header : {"*", " * ", "W/\"5\"", "\"5\"", "w/\"5\"", "5", "\"4\", W/\"5\"", "\"a,b\",\"5\"", "W/\"4\" , \"5\" "}) EXPECT_TRUE(names_version(header, "5")) << header;
  for (const char* header : {"", "\"4\"", "W/", "\"", ",", "\"55\"", ",,", "\"a,5\""})
    EXPECT_FALSE(names_version(header, "5")) << header;
}

TEST(Response, MediaTypesThatAreRead) {
  for (const char* type : {"application/scim+json", "application/json", "Application/SCIM+JSON; charset=UTF-8", "application/json;charset=\"utf-8\"", "application/json; v=1"})
    EXPECT_TRUE(is_json_media_type(type)) << type;
  for (const char* type : {"", "text/plain", "application/xml", "application/json; charset=utf-16", "application/jsonx"}) EXPECT_FALSE(is_json_media_type(type)) << type;
}

TEST(Error, HasItsStatusAsTextAndItsTypeOnlyWhereThereIsOne) {
  EXPECT_EQ(json::write(error_document({404, ErrorType::none, "no User 7"})),
            R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404","detail":"no User 7"})");
  EXPECT_EQ(refuse(ErrorType::uniqueness, "").value().status, 409);
  EXPECT_EQ(refuse(ErrorType::sensitive, "").value().status, 403);
  EXPECT_EQ(to_string(ErrorType::invalid_count), "invalidCount");
}

}  // namespace
}  // namespace rollcall::scim
