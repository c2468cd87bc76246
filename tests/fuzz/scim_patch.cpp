// The input is the body of a PATCH. Laws: what comes out is a valid resource in its normal form, with the same id; a PATCH that changes
// nothing says so; and where the members of a group can be split off, both ways lead to the same group.
#include <cstdint>
#include <set>

#include "law.hpp"
#include "scim/members.hpp"

namespace {

using namespace rollcall;
using namespace rollcall::scim;

Value made(const ResourceType& type, const char* body) {
  Value out = *create(type, *json::parse(body));
  set_id(type, out, "id-1");
  return out;
}

const Value& person() {
  static const Value out = made(user_type(), R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"a","title":"T","name":{"givenName":"G","familyName":"F"},
    "emails":[{"value":"w@x","type":"work","primary":true},{"value":"h@x","type":"home","display":"H"}],"roles":[{"value":"r"}],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D","manager":{"value":"26","$ref":"../Users/26"}}})");
  return out;
}
const Value& guides() {
  static const Value out = made(group_type(), R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g","members":["1","2",{"value":"3","type":"User"}]})");
  return out;
}

std::set<std::string> ids(Value group) {
  std::set<std::string> out;
  for (const auto& [id, element] : take_members(group).added) out.insert(id);
  return out;
}

void check(const Patch& patch, const ResourceType& type, const Value& stored) {
  const auto done = apply(patch, type, stored);
  if (!done) return fuzz::law(done.error().status == 400 && !done.error().detail.empty(), "a PATCH that is refused says why");
  const std::string text = json::write(done->resource);
  fuzz::law(done->changed == (done->resource != stored), "a PATCH knows whether it changed anything", text);
  fuzz::law(done->resource.text("id") == "id-1", "the id stays", text);
  const auto again = replace(type, done->resource, stored);
  fuzz::law(again && *again == done->resource, "what comes out is in its normal form", text);
}

void check_split(const Patch& patch) {
  const auto whole = apply(patch, group_type(), guides());
  const auto split = split_members(patch);
  if (split && !*split) return;
  Value without = guides();
  take(without, "members");
  const auto rest = split ? apply((*split)->rest, group_type(), without) : Answer<Patched>(tl::unexpected(split.error()));
  fuzz::law(whole.has_value() == rest.has_value(), "both ways agree on what is refused", whole ? rest.error().detail : whole.error().detail);
  if (!whole) return;
  const MemberChange& change = (*split)->members;
  std::set<std::string> now = change.replaced ? std::set<std::string>() : ids(guides());
  for (const std::string& id : change.removed) now.erase(id);
  for (const auto& [id, element] : change.added) now.insert(id);
  fuzz::law(now == ids(whole->resource), "both ways lead to the same members", json::write(whole->resource));
  Value left = whole->resource;
  take(left, "members");
  fuzz::law(left == rest->resource, "both ways lead to the same rest", json::write(left) + "\n" + json::write(rest->resource));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto body = parse_body(std::string_view(reinterpret_cast<const char*>(data), size), {});
  const auto patch = body ? parse_patch(*body, {}) : Answer<Patch>(tl::unexpected(body.error()));
  if (!patch) return 0;
  check(*patch, user_type(), person());
  check(*patch, group_type(), guides());
  check_split(*patch);
  return 0;
}
