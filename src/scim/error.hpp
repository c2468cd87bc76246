// What a SCIM request is refused with (RFC 7644 section 3.12): an HTTP status, a scimType and a text for the person who reads the
// client's log. The text names the attribute and never its value. Values; any thread.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "json/json.hpp"

namespace rollcall::scim {

using json::Array;
using json::Object;
using json::Value;

enum class ErrorType {  // RFC 7644 table 9; the last three: RFC 9865 section 2.1
  none,
  invalid_filter,
  too_many,
  uniqueness,
  mutability,
  invalid_syntax,
  invalid_path,
  no_target,
  invalid_value,
  invalid_version,
  sensitive,
  invalid_cursor,
  expired_cursor,
  invalid_count,
};
std::string_view to_string(ErrorType type);  // as on the wire; empty for none

struct Failure {
  int status = 400;
  ErrorType type = ErrorType::none;
  std::string detail;
  bool operator==(const Failure&) const = default;
};

// ROLLCALL_TRY and ROLLCALL_CHECK work with it.
template <class T>
using Answer = tl::expected<T, Failure>;

// The status belongs to the type: 409 uniqueness, 403 sensitive, 400 the others.
tl::unexpected<Failure> refuse(ErrorType type, std::string detail);
tl::unexpected<Failure> refuse(int status, std::string detail);  // without a scimType: 404, 412, 413 ...

Value error_document(const Failure& failure);

}  // namespace rollcall::scim
