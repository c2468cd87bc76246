// The port of a source: reads everything, compares with what is known while it reads, and tells how far the answer can be
// trusted. Implemented in src/sources (ldap, ldif). The SCIM endpoint is no Source: it writes records itself.
// Thread rule: one thread calls read() at a time; cancel() may be called from any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "rollcall/clock.hpp"
#include "rollcall/record.hpp"
#include "rollcall/result.hpp"

namespace rollcall {

// What the mapping wants to be read. The id functions get one entry's attributes (lower-case look-up works, values as read)
// and answer the record's key, or nothing when the entry has no usable id.
using KeyOf = std::function<std::optional<std::string>(const Attributes&)>;
struct RecordShape {
  std::vector<std::string> attributes;        // of a person, sorted, without duplicates; derived from the mapping
  std::vector<std::string> group_attributes;  // of a group, members aside
  std::vector<std::string> member_attributes; // in order of preference: the first that has a value holds the members
  std::string people_filter, group_filter;    // RFC 4515, of the mapping (the configuration's own filter wins)
  KeyOf person_key, group_key;
  std::vector<std::string> key_attributes;    // what the two look at, so that only it is handed to them; empty: all attributes
};

// Fingerprints of what the store has, immutable, shared with the reading thread. `key` is crypto's fingerprint of the key text.
struct KnownRow {
  Fingerprint key, content, members;
  std::uint64_t has = 0;
  std::int64_t row = 0;  // the store's id
};
struct Known {
  std::vector<KnownRow> people, groups;  // sorted by key
};

struct Warning {
  std::string source;   // or the provider's name
  std::string record;   // DN, account, file:line
  std::string detail;   // what is wrong, and what to do
  auto operator<=>(const Warning&) const = default;
};

struct ReadReport {
  bool complete = false;
  std::string detail;                       // why not, for people; empty when complete
  bool reached = true;                      // false: nothing could be read at all (no server, no file)
  std::int64_t people = 0, groups = 0;      // usable records seen, changed or not
  std::vector<bool> seen_people, seen_groups;  // by index in Known
  std::vector<std::int64_t> lacking;        // per attribute of RecordShape::attributes (first 64): known rows that had it and lost it
  std::vector<std::string> unusable;        // keys of known people whose record was there but could not be used: unknown, not absent
  std::vector<std::string> unusable_locators;  // the same by normal DN, people and groups, where not even the key could be read
  std::int64_t bad_records = 0;             // records that could not be used: people and groups, not searches
  std::vector<Warning> warnings;            // bad records by name, referrals, unusable values
  std::string content_id;                   // ldif: a hash of the file (absence needs different content); else empty
};

// Called on the reading thread, once for each record that is new or differs from Known.
using RecordSink = std::function<void(Record&&)>;

class Source {
 public:
  virtual ~Source() = default;
  virtual const std::string& name() const = 0;
  // Never throws; every error ends in report.detail with complete = false. What the sink got stays valid either way.
  virtual ReadReport read(const Known& known, const RecordSink& sink) = 0;
  // Binds (or opens the file) and answers a line for people about what was reached.
  virtual Result<std::string> probe() = 0;
  // Ends a running read as incomplete soon (closes its socket).
  virtual void cancel() = 0;
};

}  // namespace rollcall
