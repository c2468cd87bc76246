// One entry as it came from a server or a file, reduced to the attributes that the mapping wants, and the table that
// says which these are. An Entry holds views: good until its message is freed. Owned by the read in progress; one
// thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/record.hpp"
#include "rollcall/source.hpp"
#include "sources/attribute_type.hpp"

namespace rollcall::sources {

inline constexpr std::size_t max_entry_octets = 1 << 20;  // of mapped values, members aside

struct EntryValue {
  std::size_t slot = 0;  // see Wanted
  std::string_view value;
};

struct Entry {
  std::string_view dn;
  std::vector<EntryValue> values;

  void clear() {
    dn = {};
    values.clear();
  }
};

// The attributes that are asked for of one kind: first those of the record, then, for groups, those that may hold the
// members.
class Wanted {
 public:
  Wanted(const RecordShape& shape, RecordKind kind);

  std::size_t record_attributes() const {
    return record_attributes_;
  }  // slots below are attributes, from there on members
  std::size_t size() const { return names_.size(); }
  const std::string& name(std::size_t slot) const { return names_[slot]; }  // as the mapping spells it
  const std::string& lower(std::size_t slot) const { return lower_[slot]; }
  std::size_t slot_of_type(std::string_view lower_case_type) const;  // none, if it is not wanted

  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  struct Place {
    std::size_t slot = none;
    bool ranged = false;  // only a part of the values, or no value with a part beside it
  };
  // Where the values of an attribute description go. Remembers the spellings and the order of the entry before: servers
  // repeat both.
  Place place(std::string_view description);

 private:
  struct Known {
    std::string description;
    Place place;
  };
  Place look_up(std::string_view description) const;

  std::vector<std::string> names_, lower_;
  std::size_t record_attributes_ = 0;
  std::vector<Known> known_;
  std::size_t next_ = 0;
};

}  // namespace rollcall::sources
