// Short forms for the tests of this room: JSON in raw strings, and what is expected of an answer.
#pragma once

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scim/members.hpp"
#include "scim/patch.hpp"
#include "scim/resource.hpp"

namespace rollcall::scim {

inline Value from(std::string_view text) {
  auto value = json::parse(text);
  EXPECT_TRUE(value) << text << ": " << (value ? "" : value.error().message);
  return value ? *value : Value();
}

// `{"schemas":[...],` and the members that are given.
inline Value user_body(const std::string& members) {
  return from(R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],)" + members + "}");
}
inline Value group_body(const std::string& members) {
  return from(R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],)" + members + "}");
}

template <class T>
std::string said(const Answer<T>& answer) {
  if (answer) return "no error";
  return std::to_string(answer.error().status) + " " + std::string(to_string(answer.error().type)) + ": " + answer.error().detail;
}

inline Value must(Answer<Value> answer) {
  EXPECT_TRUE(answer) << said(answer);
  return answer ? std::move(*answer) : Value();
}
inline Value user(const std::string& members) { return must(create(user_type(), user_body(members))); }
inline Value group(const std::string& members) { return must(create(group_type(), group_body(members))); }

inline Answer<Patched> patched(const Value& stored, const std::string& operations, const ResourceType& type = user_type(),
                               const PatchOptions& options = {}) {
  ROLLCALL_TRY(const Patch patch,
               parse_patch(from(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":)" + operations + "}"), {}));
  return apply(patch, type, stored, {}, options);
}

// The resource after the operations, without `schemas`, as text.
inline std::string after(const Value& stored, const std::string& operations, const ResourceType& type = user_type()) {
  auto done = patched(stored, operations, type);
  if (!done) return said(done);
  take(done->resource, "schemas");
  return json::write(done->resource);
}
inline std::string plain(Value resource) {
  take(resource, "schemas");
  return json::write(resource);
}

}  // namespace rollcall::scim
