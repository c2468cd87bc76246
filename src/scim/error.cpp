#include "scim/error.hpp"

namespace rollcall::scim {

std::string_view to_string(ErrorType type) {
  constexpr std::string_view names[] = {"",           "invalidFilter", "tooMany",       "uniqueness",    "mutability",
                                        "invalidSyntax", "invalidPath",   "noTarget",      "invalidValue",  "invalidVers",
                                        "sensitive",  "invalidCursor", "expiredCursor", "invalidCount"};
  return names[static_cast<int>(type)];
}

tl::unexpected<Failure> refuse(ErrorType type, std::string detail) {
  const int status = type == ErrorType::uniqueness ? 409 : type == ErrorType::sensitive ? 403 : 400;
  return tl::unexpected<Failure>(Failure{status, type, std::move(detail)});
}

tl::unexpected<Failure> refuse(int status, std::string detail) {
  return tl::unexpected<Failure>(Failure{status, ErrorType::none, std::move(detail)});
}

Value error_document(const Failure& failure) {
  Object out{{"schemas", Array{"urn:ietf:params:scim:api:messages:2.0:Error"}}, {"status", std::to_string(failure.status)}};
  if (failure.type != ErrorType::none) out.emplace_back("scimType", to_string(failure.type));
  out.emplace_back("detail", failure.detail);
  return out;
}

}  // namespace rollcall::scim
