// From records to people: joins, memberships, and what each provider should hold of each person (identity and desired rows).
// Thread rule: the reconciling thread.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/desired.hpp"
#include "core/join.hpp"
#include "store/state.hpp"
#include "sync/bodies.hpp"
#include "sync/house.hpp"

namespace rollcall::sync {

class Roster {
 public:
  // Loads the catalogue of groups, and when each source was last read completely.
  static Result<Roster> open(store::State& state, const House& house, Instant now);

  const core::GroupCatalogue& catalogue() const { return catalogue_; }
  const core::RoleBook& book(const std::string& provider) const { return books_.at(provider); }

  // The people behind these records: joined, mapped, and written to the state.
  Result<void> refresh_records(const std::set<std::int64_t>& records);
  Result<void> refresh_person(const std::string& person);
  Result<void> refresh_everybody();
  // This record is not its person's, nor anybody's whom it could be taken for (`rollcall unjoin`). Answers the keys of these people;
  // none: it stands alone and nobody doubts it.
  Result<std::vector<std::string>> part(std::int64_t record, const std::string& by);

 private:
  Roster(store::State& state, const House& house, Instant now) : state_(state), house_(house), now_(now) {}

  struct GroupEntry {
    GroupRef ref;
    std::string dn_ref;
    bool gone = false;
  };
  struct Face {                                  // one record of a person, mapped
    store::RecordRow row;
    core::MappedRecord mapped;
    std::vector<std::string> bad;
  };

  struct Match {
    std::optional<std::string> person;
    std::string ambiguous;
    std::set<std::string> taken_for;             // when ambiguous
  };

  Result<void> load_catalogue();
  Result<void> load_ambiguous();
  std::vector<std::pair<std::string, std::string>> join_keys(const Face& face) const;
  Result<std::optional<std::string>> returner(const Face& face);
  Result<bool> was_parted(const Face& face, const std::string& person);
  Result<void> note_parted(const store::RecordRow& row, const std::string& person, const std::string& by);
  Result<bool> may_join(const Face& face, const std::string& person, const std::string& by);
  Result<Match> match(const Face& face);
  Result<void> forget(const std::string& person);
  Result<std::string> person_for(std::int64_t record, std::string& ambiguous);
  Result<Face> face_of(std::int64_t record);
  static std::string deleted_in(const std::vector<Face>& faces);
  Result<std::vector<GroupRef>> groups_of(const store::RecordRow& record, bool nested);
  Result<void> write_identity_of(const std::string& person, std::vector<std::int64_t> records);
  Result<void> write_desired_of(const store::IdentityRow& row, const IdentityBody& body);
  void judge_leaving(const ProviderSeat& seat, const store::IdentityRow& row, const IdentityBody& body, bool ended, bool known_before,
                     store::DesiredRow& out) const;
  Result<void> write_desired_at(const ProviderSeat& seat, const store::IdentityRow& row, const IdentityBody& body);
  std::optional<Instant> last_look(const Identity& identity) const;
  Duration absent_for(const Identity& identity) const;

  store::State& state_;
  const House& house_;
  Instant now_;
  std::map<std::string, Instant> read_at_;         // sources whose last read was complete: when
  std::map<std::int64_t, GroupEntry> groups_;
  core::GroupCatalogue catalogue_;
  std::map<std::string, core::RoleBook> books_;
  std::map<std::string, std::string> ambiguous_;   // person -> why it is unclear whose record it is
};

}  // namespace rollcall::sync
