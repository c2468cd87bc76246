// Search filters: their form checked before a server is asked, and evaluated by ourselves for files. Without a schema:
// text is compared without case, DNs as DNs, numbers as numbers; what is absent is false; objectClass knows the values
// in the entry only. Immutable; any thread. RFC 4515 (text form), RFC 4511 section 4.5.1.7 (meaning),
// MS-ADTS 3.1.1.3.4.4 (the bit rules).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/record.hpp"
#include "rollcall/result.hpp"

namespace rollcall::sources {

class Filter {
 public:
  // Refuses matching rules that we cannot evaluate; check() leaves them to the server.
  static Result<Filter> parse(std::string_view text);
  static Result<void> check(std::string_view text);

  // Names in `entry` are plain ones, without options.
  bool matches(const Attributes& entry) const;

  struct Node;

 private:
  std::shared_ptr<const Node> root_;
};

}  // namespace rollcall::sources
