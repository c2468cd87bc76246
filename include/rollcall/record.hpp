// A record is what one source said of one person or group, verbatim. Values; no thread rule.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall {

// 128 bits of SHA-256; see crypto/fingerprint.hpp for how content is hashed.
struct Fingerprint {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  auto operator<=>(const Fingerprint&) const = default;
};

// ASCII case-insensitive order: attribute names (RFC 4512 section 1.4, RFC 7643 section 2.1).
struct FoldLess {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const {
    auto fold = [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : static_cast<int>(c); };
    for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
      if (int x = fold(a[i]), y = fold(b[i]); x != y) return x < y;
    return a.size() < b.size();
  }
};

using Values = std::vector<std::string>;  // octets; no order is meant
using Attributes = std::map<std::string, Values, FoldLess>;

enum class RecordKind { person, group };

struct Record {
  RecordKind kind = RecordKind::person;
  std::string key;          // the immutable id as the mapping's `id` yields it; unique in its source and kind
  std::string locator;      // the DN as the server spelt it, or the SCIM path: for people and for messages
  std::string normal_locator;  // the DN in its one normal form (sources/dn.hpp), what members are compared with
  Attributes attributes;    // exactly the attributes that the mapping reads, members aside; options and tags are not here
  std::vector<std::string> members;  // groups: raw member values as the server spelt them
  Fingerprint content;      // over locator and attributes, whatever the order of values
  Fingerprint members_hash; // over the members: the sum of the members' hashes
  std::uint64_t has = 0;    // bit i: RecordShape::attributes[i] had a value (the first 64 only)

  bool operator==(const Record&) const = default;
};

}  // namespace rollcall
