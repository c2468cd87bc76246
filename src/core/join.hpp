// From records to one identity (contract 4.2): which source won each attribute, whether the person is active, whether they have
// left. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "rollcall/clock.hpp"
#include "rollcall/identity.hpp"
#include "rollcall/settings.hpp"

namespace rollcall::core {

struct MappedRecord {
  std::string source, locator, key;
  std::size_t order = 0;                       // the source's place in the file
  std::map<std::string, std::string> values;   // identity attributes
  bool gone = false;                           // its absence is confirmed
  bool missing = false;                        // not seen by the last complete read
};

struct Joined {
  Identity identity;
  std::vector<std::string> warnings;           // disagreements, both sources named
  bool gone = false;                           // no source has the person
  bool missing = false;                        // every record that is not gone is missing
  std::string inactive_in;                     // "hr" when a source says inactive and that decides
};

// `records` belong to one person, at least one. Groups are not filled in.
Joined join(const std::string& person, std::vector<MappedRecord> records, const JoinSettings& settings,
            const std::vector<std::string>& source_order);

// Start and end dates against the clock: ended is a statement, not started delays (contract 4.1).
struct Dates {
  bool ended = false, not_started = false;
  Instant next{};                              // when either changes; 0 never
};
Dates dates(const Identity& identity, Instant now);

}  // namespace rollcall::core
