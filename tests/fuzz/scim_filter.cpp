// The input is a filter. Laws: what is understood gives the same answer twice; `not (f)` gives the opposite; a term that every match
// must satisfy is satisfied where it matches.
#include <cstdint>

#include "law.hpp"
#include "scim/filter.hpp"
#include "scim/resource.hpp"

namespace {

using namespace rollcall;
using namespace rollcall::scim;

const Value& person() {
  static const Value out = [] {
    Value made = *create(user_type(), *json::parse(R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"bjensen","active":true,"title":"T",
      "name":{"familyName":"J"},"emails":[{"value":"a@x","type":"work","primary":true},{"value":"b@y","type":"home"}],
      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"7","manager":{"value":"26"}}})"));
    set_id(user_type(), made, "1");
    set_meta(user_type(), made, {"User", {}, {}, "https://x/Users/1", "1"});
    return made;
  }();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto filter = Filter::parse(text, user_type());
  if (!filter) {
    fuzz::law(filter.error().type == ErrorType::invalid_filter && !filter.error().detail.empty(), "a filter that is refused says why");
    return 0;
  }
  const bool matches = filter->matches(person());
  fuzz::law(matches == filter->matches(person()), "a filter gives one answer");
  if (const auto opposite = Filter::parse("not (" + text + ")", user_type())) fuzz::law(opposite->matches(person()) != matches, "`not` gives the opposite");
  for (const Equality& each : filter->equalities()) {
    const auto term = Filter::parse(each.path + " eq " + json::quote(each.value), user_type());
    fuzz::law(term.has_value(), "an equality is a filter", each.path);
    fuzz::law(!matches || term->matches(person()), "a match satisfies its equalities", each.path);
  }
  const auto everywhere = Filter::parse(text, resource_types());
  fuzz::law(everywhere && everywhere->at(0).matches(person()) == matches, "a filter over all types says the same of a user");
  return 0;
}
