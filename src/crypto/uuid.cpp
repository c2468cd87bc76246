#include "crypto/uuid.hpp"

#include "crypto/hash.hpp"

namespace rollcall::crypto {

std::string ordered_uuid(std::int64_t milliseconds) {
  constexpr const char* digits = "0123456789abcdef";
  std::string out = random_uuid();
  for (int i = 0, shift = 44; shift >= 0; ++i, shift -= 4) {
    if (i == 8) ++i;      // the hyphen
    out[static_cast<std::size_t>(i)] = digits[(milliseconds >> shift) & 15];
  }
  out[14] = '7';
  return out;
}

}  // namespace rollcall::crypto
