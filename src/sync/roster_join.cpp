// Roster: which person a record is (contract 4.2).
#include <algorithm>

#include "language/unicode.hpp"
#include "sync/roster.hpp"

namespace rollcall::sync {

// The values by which this record may be recognised elsewhere: [join] keys, and the employee number of somebody who returns.
std::vector<std::pair<std::string, std::string>> Roster::join_keys(const Face& face) const {
  std::vector<std::string> names = house_.settings.join.keys;
  if (std::find(names.begin(), names.end(), "employeeNumber") == names.end()) names.push_back("employeeNumber");
  std::vector<std::pair<std::string, std::string>> keys;
  for (const auto& name : names)
    if (auto it = face.mapped.values.find(name); it != face.mapped.values.end() && !it->second.empty())
      keys.emplace_back(name, language::fold(it->second));
  return keys;
}

// A new record with the employee number of a record of the same source that is gone or inactive: the same person returns.
Result<std::optional<std::string>> Roster::returner(const Face& face) {
  auto number = face.mapped.values.find("employeeNumber");
  if (number == face.mapped.values.end()) return std::nullopt;
  ROLLCALL_TRY(const auto others, state_.records_by_join_key("employeeNumber", language::fold(number->second)));
  for (const auto id : others) {
    if (id == face.row.id) continue;
    ROLLCALL_TRY(const Face other, face_of(id));
    auto active = other.mapped.values.find("active");
    const bool left = other.row.gone || (active != other.mapped.values.end() && active->second == "false");
    if (other.row.source != face.row.source || !left) continue;
    ROLLCALL_TRY(auto person, state_.person_of(id));
    if (!person) continue;
    ROLLCALL_TRY(const bool parted, was_parted(face, *person));
    if (!parted) return person;
  }
  return std::nullopt;
}

// A person said that the record is not this one's.
Result<bool> Roster::was_parted(const Face& face, const std::string& person) {
  ROLLCALL_TRY(const auto decisions, state_.decisions(person));
  return std::any_of(decisions.begin(), decisions.end(), [&](const auto& d) {
    return d.kind == "unjoin" && d.scope == face.row.source && d.subject == face.row.key;
  });
}

// One candidate person against this record: no living record of the same source, and no earlier key that differs.
Result<bool> Roster::may_join(const Face& face, const std::string& person, const std::string& by) {
  ROLLCALL_TRY(const auto row, state_.identity(person));
  if (!row) return false;
  for (const auto id : row->records) {
    ROLLCALL_TRY(const Face other, face_of(id));
    if (other.mapped.gone) continue;
    if (other.row.source == face.row.source) return false;
    for (const auto& key : house_.settings.join.keys) {
      if (key == by) break;
      auto mine = face.mapped.values.find(key), theirs = other.mapped.values.find(key);
      if (mine != face.mapped.values.end() && theirs != other.mapped.values.end() &&
          language::fold(mine->second) != language::fold(theirs->second))
        return false;
    }
  }
  return true;
}

// Keys are consulted, in order, only for a record that is not joined yet (contract 4.2).
Result<Roster::Match> Roster::match(const Face& face) {
  ROLLCALL_TRY(auto back, returner(face));
  if (back) return Match{std::move(back), {}};
  Match out;
  if (house_.sources.size() < 2) return out;
  for (const auto& key : house_.settings.join.keys) {
    auto value = face.mapped.values.find(key);
    if (value == face.mapped.values.end()) continue;
    ROLLCALL_TRY(const auto records, state_.records_by_join_key(key, language::fold(value->second)));
    std::set<std::string> people, contradicted;
    for (const auto id : records) {
      ROLLCALL_TRY(const auto record, state_.record(id));
      ROLLCALL_TRY(const auto person, state_.person_of(id));
      if (!record || !person || record->source == face.row.source || id == face.row.id) continue;
      ROLLCALL_TRY(const bool parted, was_parted(face, *person));
      if (parted) continue;
      ROLLCALL_TRY(const bool fits, may_join(face, *person, key));
      (fits ? people : contradicted).insert(*person);
    }
    if (people.size() == 1) return Match{*people.begin(), {}};
    if (people.size() > 1 || !contradicted.empty()) {
      out.taken_for = people.empty() ? contradicted : people;
      for (const auto& person : out.taken_for) out.ambiguous += (out.ambiguous.empty() ? "" : ", ") + person;
      out.ambiguous = "its " + key + " \"" + value->second + "\" is also that of " + out.ambiguous +
                      (people.empty() ? ", but an earlier key differs" : "");
      return out;
    }
  }
  return out;
}

Result<std::string> Roster::person_for(std::int64_t record, std::string& ambiguous) {
  ROLLCALL_TRY(const auto known, state_.person_of(record));
  if (known && !ambiguous_.contains(*known)) return *known;   // a join is remembered by record ids
  ROLLCALL_TRY(const Face face, face_of(record));
  ROLLCALL_TRY(const Match found, match(face));
  ambiguous = found.ambiguous;
  if (found.person && known && *found.person != *known) ROLLCALL_CHECK(forget(*known));
  if (found.person) return *found.person;
  if (known) return *known;
  // A new person takes the record's id for a key; two sources may use the same id for two people.
  ROLLCALL_TRY(const auto taken, state_.identity(face.row.key));
  return taken ? face.row.source + "/" + face.row.key : face.row.key;
}

Result<void> Roster::note_parted(const store::RecordRow& row, const std::string& person, const std::string& by) {
  return state_.put_decision({"unjoin", person, row.source, row.key, now_, by});
}

Result<std::vector<std::string>> Roster::part(std::int64_t record, const std::string& by) {
  ROLLCALL_TRY(const Face face, face_of(record));
  ROLLCALL_TRY(const auto person, state_.person_of(record));
  if (!person) return fail(ErrorKind::not_found, "the record is nobody's yet; the next run joins it");
  ROLLCALL_TRY(auto row, state_.identity(*person));
  std::vector<std::string> parted;
  if (row && row->records.size() > 1) {
    parted.push_back(*person);
    ROLLCALL_CHECK(note_parted(face.row, *person, by));
    std::erase(row->records, record);
    ROLLCALL_CHECK(state_.put_identity(*row));
    ROLLCALL_CHECK(write_identity_of(*person, {}));
  } else if (ambiguous_.contains(*person)) {
    ROLLCALL_TRY(const Match found, match(face));
    for (const auto& other : found.taken_for) {
      parted.push_back(other);
      ROLLCALL_CHECK(note_parted(face.row, other, by));
    }
  }
  if (!parted.empty()) ROLLCALL_CHECK(refresh_records({record}));
  return parted;
}

// Somebody who stood apart only because it was unclear who they were, and has no account.
Result<void> Roster::forget(const std::string& person) {
  for (const auto& seat : house_.providers) ROLLCALL_CHECK(state_.erase_desired(seat.rules.settings.name, person));
  ambiguous_.erase(person);
  return state_.erase_identity(person);
}

}  // namespace rollcall::sync
