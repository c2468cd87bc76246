// The input is the body of a POST. Laws: what was made is its own normal form; a PUT of it changes nothing; it is shown whole by default
// and without a password; nothing in it is null or empty.
#include <cstdint>

#include "law.hpp"
#include "scim/projection.hpp"
#include "scim/resource.hpp"

namespace {

using namespace rollcall;
using namespace rollcall::scim;

bool has_nothing(const Value& value) {
  if (value.is_null()) return true;
  const auto* array = value.as_array();
  const auto* object = value.as_object();
  if (array && array->empty()) return true;
  if (object && object->empty()) return true;
  if (array)
    for (const Value& each : *array)
      if (has_nothing(each)) return true;
  if (object)
    for (const auto& member : *object)
      if (has_nothing(member.second)) return true;
  return false;
}

void check(const ResourceType& type, const Value& body) {
  const auto made = create(type, body);
  if (!made) return fuzz::law(made.error().status == 400 && !made.error().detail.empty(), "a body that is refused says why");
  const std::string text = json::write(*made);
  const auto again = create(type, *made);
  fuzz::law(again && *again == *made, "what was made is its own normal form", text);
  const auto put = replace(type, *made, *made);
  fuzz::law(put && *put == *made, "a PUT of what is there changes nothing", text);
  fuzz::law(!has_nothing(*made), "what is unassigned is left out", text);
  fuzz::law(made->text("id").empty() && !made->find("meta") && !made->find("groups"), "readOnly attributes are not taken", text);
  Value open = *made;
  take(open, "password");
  fuzz::law(Projection(type, {}, {}).apply(*made) == open, "by default all is shown but the password", text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto body = parse_body(std::string_view(reinterpret_cast<const char*>(data), size), {});
  if (!body) return 0;
  check(user_type(), *body);
  check(group_type(), *body);
  return 0;
}
