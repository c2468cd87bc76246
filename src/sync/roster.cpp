#include "sync/roster.hpp"

#include <algorithm>

#include "json/json.hpp"
#include "language/lookup.hpp"
#include "language/unicode.hpp"

namespace rollcall::sync {
namespace {

constexpr int page = 1000;

std::string value_of(const Identity& identity, const char* name) {
  const auto* value = identity.find(name);
  return value ? *value : std::string();
}

// The names by which others are compared with this person: the `match` fields, and the unique names whatever `match` says.
std::vector<store::DesiredKey> desired_keys(const ProviderSeat& seat, const std::string& person, const DesiredAccount& desired) {
  std::vector<store::DesiredKey> keys;
  for (const auto& key : core::match_keys(desired, person, seat.rules, seat.capabilities))
    keys.push_back({key.name, language::fold(key.value)});
  for (const auto& field : {seat.capabilities.user_name_field, seat.capabilities.email_field})
    for (const Fields* fields : {&desired.enforced, &desired.on_create})
      if (auto it = fields->find(field); it != fields->end() && !it->second.empty())
        keys.push_back({field, language::fold(it->second)});
  std::sort(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return std::tie(a.name, a.value) < std::tie(b.name, b.value); });
  keys.erase(std::unique(keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.name == b.name && a.value == b.value; }),
             keys.end());
  return keys;
}

void fill(store::IdentityRow& row, const IdentityBody& body) {
  row.active = body.identity.active;
  row.body = write_identity(body);
  row.questioned = !body.ambiguous.empty();
  row.hash = hash_of(row.body);
  row.user_name = language::fold(value_of(body.identity, "userName"));
  row.email = language::fold(value_of(body.identity, "email"));
  row.name = value_of(body.identity, "displayName");
}

}  // namespace

Result<Roster> Roster::open(store::State& state, const House& house, Instant now) {
  Roster roster(state, house, now);
  for (const auto& seat : house.sources) {
    ROLLCALL_TRY(const auto row, state.source(seat.settings.name));
    if (row && row->complete) roster.read_at_[row->name] = row->last_complete;
  }
  ROLLCALL_CHECK(roster.load_catalogue());
  ROLLCALL_CHECK(roster.load_ambiguous());
  for (const auto& seat : house.providers)
    roster.books_[seat.rules.settings.name] = core::role_book(seat.rules, roster.catalogue_);
  return roster;
}

Result<void> Roster::load_catalogue() {
  for (const auto& seat : house_.sources) {
    std::int64_t after = 0;
    while (true) {
      ROLLCALL_TRY(const auto rows, state_.records_page(seat.settings.name, RecordKind::group, after, page));
      for (const auto& row : rows) {
        after = row.id;
        GroupEntry entry{{row.source, row.key, row.name, row.locator}, row.dn_ref, row.gone};
        if (!row.gone) catalogue_.push_back(entry.ref);
        groups_.emplace(row.id, std::move(entry));
      }
      if (rows.size() < page) break;
    }
  }
  std::sort(catalogue_.begin(), catalogue_.end());
  return {};
}

// Whose record could be somebody else's is asked again whenever it is looked at.
Result<void> Roster::load_ambiguous() {
  if (house_.sources.size() < 2) return {};
  ROLLCALL_TRY(const auto people, state_.questioned_people());
  for (const auto& person : people) {
    ROLLCALL_TRY(const auto row, state_.identity(person));
    if (!row) continue;
    ROLLCALL_TRY(const IdentityBody body, read_identity(row->body));
    if (!body.ambiguous.empty()) ambiguous_[person] = body.ambiguous;
  }
  return {};
}

Result<Roster::Face> Roster::face_of(std::int64_t record) {
  ROLLCALL_TRY(auto row, state_.record(record));
  if (!row) return fail(ErrorKind::not_found, "record " + std::to_string(record) + " is not in the state");
  const SourceSeat* seat = house_.source(row->source);
  Face face;
  face.mapped.source = row->source;
  face.mapped.locator = row->locator;
  face.mapped.key = row->key;
  face.mapped.missing = row->absent_since != Instant{};
  // A source that the configuration no longer names has nobody.
  face.mapped.gone = row->gone || !seat;
  face.mapped.order = seat ? seat->order : house_.sources.size();
  if (seat) {
    ROLLCALL_TRY(const Attributes attributes, json::read_attributes(row->body));
    face.mapped.values = seat->mapping.identity_values(language::AttributesLookup(attributes), &face.bad);
    if (!face.mapped.values.contains("userName") && face.bad.empty())
      face.bad.push_back("the mapping yields no user name for " + row->locator);
  }
  face.row = std::move(*row);
  return face;
}

Result<std::vector<GroupRef>> Roster::groups_of(const store::RecordRow& record, bool nested) {
  std::set<std::int64_t> found;
  std::vector<std::string> todo;
  for (const auto& ref : {record.dn_ref, language::fold(record.key), record.user_ref})
    if (!ref.empty()) todo.push_back(ref);
  std::set<std::string> asked(todo.begin(), todo.end());
  while (!todo.empty()) {
    const std::string ref = std::move(todo.back());
    todo.pop_back();
    ROLLCALL_TRY(const auto ids, state_.groups_with(record.source, ref));
    for (const auto id : ids) {
      auto it = groups_.find(id);
      if (it == groups_.end() || it->second.gone || !found.insert(id).second) continue;
      // Upwards from group to group; what was asked is not asked again, so a circle ends (ldap.md section 7).
      if (nested && !it->second.dn_ref.empty() && asked.insert(it->second.dn_ref).second) todo.push_back(it->second.dn_ref);
    }
  }
  std::vector<GroupRef> out;
  for (const auto id : found) out.push_back(groups_.at(id).ref);
  return out;
}

// ---- identity ----

// Where clients stated the deletion, if that is how every record went (contract 4.1); "" when one was only not found.
std::string Roster::deleted_in(const std::vector<Face>& faces) {
  std::string out;
  for (const Face& face : faces) {
    if (!face.row.gone || face.row.absent_reads > 0) return {};
    if (out.find(face.row.source) == std::string::npos) out += (out.empty() ? "" : ", ") + face.row.source;
  }
  return out;
}

Result<void> Roster::write_identity_of(const std::string& person, std::vector<std::int64_t> records) {
  ROLLCALL_TRY(const auto old_row, state_.identity(person));
  IdentityBody old;
  if (old_row) {
    ROLLCALL_TRY(old, read_identity(old_row->body));
    records.insert(records.end(), old_row->records.begin(), old_row->records.end());
  }
  std::sort(records.begin(), records.end());
  records.erase(std::unique(records.begin(), records.end()), records.end());

  std::vector<core::MappedRecord> mapped;
  IdentityBody body;
  std::vector<GroupRef> groups;
  std::map<std::string, std::int64_t> newest;      // records of one source never join each other: a returner's old one is over
  std::vector<Face> faces;
  for (const auto id : records) {
    ROLLCALL_TRY(Face face, face_of(id));
    if (!face.mapped.gone) newest[face.row.source] = id;
    if (!face.mapped.gone || !old_row) ROLLCALL_CHECK(state_.put_join_keys(id, join_keys(face)));
    faces.push_back(std::move(face));
  }
  for (Face& face : faces) {
    if (!face.mapped.gone && newest[face.row.source] != face.row.id) face.mapped.gone = true;
    mapped.push_back(face.mapped);
    if (face.mapped.gone) continue;
    for (const auto& why : face.bad) body.invalid.push_back(why);
    if (face.mapped.missing) {
      // Directories drop a deleted person from their groups: the memberships stand until the absence does.
      for (const auto& g : old.identity.groups)
        if (g.source == face.row.source) groups.push_back(g);
    } else {
      const SourceSeat* seat = house_.source(face.row.source);
      ROLLCALL_TRY(const auto own, groups_of(face.row, seat && seat->settings.groups.nested));
      groups.insert(groups.end(), own.begin(), own.end());
    }
  }
  core::Joined joined = core::join(person, std::move(mapped), house_.settings.join, {});
  body.warnings = std::move(joined.warnings);
  body.inactive_in = joined.inactive_in;
  if (joined.gone) body.deleted_in = deleted_in(faces);
  body.identity = std::move(joined.identity);
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  if (auto it = ambiguous_.find(person); it != ambiguous_.end()) body.ambiguous = it->second;
  body.identity.groups = joined.gone ? old.identity.groups : std::move(groups);

  store::IdentityRow row;
  row.person = person;
  row.presence = joined.gone ? store::Presence::gone : joined.missing ? store::Presence::absent : store::Presence::present;
  row.records = std::move(records);
  const bool left = joined.gone || !body.identity.active;
  row.left_since = !left ? Instant{} : old_row && old_row->left_since != Instant{} ? old_row->left_since : now_;
  fill(row, body);
  ROLLCALL_CHECK(state_.put_identity(row));
  return write_desired_of(row, body);
}

// ---- desired accounts ----

// The last complete read of all sources that have the person, the oldest of them; nullopt while one was read incompletely.
std::optional<Instant> Roster::last_look(const Identity& identity) const {
  std::optional<Instant> oldest;
  for (const auto& name : identity.sources) {
    const auto it = read_at_.find(name);
    if (it == read_at_.end()) return std::nullopt;
    oldest = oldest ? std::min(*oldest, it->second) : it->second;
  }
  return oldest;
}

Duration Roster::absent_for(const Identity& identity) const {
  Duration longest{0};
  for (const auto& name : identity.sources)
    if (const SourceSeat* seat = house_.source(name)) longest = std::max(longest, seat->settings.absent_for);
  return longest;
}

Result<void> Roster::write_desired_of(const store::IdentityRow& row, const IdentityBody& body) {
  for (const auto& seat : house_.providers) ROLLCALL_CHECK(write_desired_at(seat, row, body));
  return {};
}

// Whether the person shall have an account here, waits, or has left (contract 4.1: a statement is fast, absence is slow).
void Roster::judge_leaving(const ProviderSeat& seat, const store::IdentityRow& row, const IdentityBody& body, bool ended, bool known_before,
                           store::DesiredRow& out) const {
  const Identity& identity = body.identity;
  const std::string before = out.leaving;
  const bool fits = core::in_scope(identity, seat.rules);
  if (row.presence != store::Presence::gone ? !identity.active || ended : !body.deleted_in.empty()) {
    out.leaving = "stated";
  } else if (row.presence == store::Presence::gone) {
    out.leaving = "absent";
  } else if (row.presence == store::Presence::absent) {
    out.leaving = "waiting";
  } else if (!body.invalid.empty() && known_before) {
    out.leaving = before;            // a record that cannot be believed takes nobody in or out
  } else if (fits) {
    out.leaving.clear();
  } else {
    // Losing scope is absence too: it takes two complete reads some time apart, also after an edited configuration.
    // What counts is when the sources were read, not how often the person is looked at in between.
    const auto look = last_look(identity);
    if (look && out.out_since == Instant{}) out.out_since = *look;
    const bool second = look && *look > out.out_since;
    const bool stands = second && *look - out.out_since >= absent_for(identity);
    out.leaving = stands || !known_before || before == "absent" ? "absent" : "waiting";
  }
  if (fits || out.leaving == "stated") out.out_since = {};
  out.in_scope = out.leaving.empty();
}

Result<void> Roster::write_desired_at(const ProviderSeat& seat, const store::IdentityRow& row, const IdentityBody& body) {
  const std::string& provider = seat.rules.settings.name;
  const Identity& identity = body.identity;
  ROLLCALL_TRY(const auto old, state_.desired(provider, row.person));
  std::optional<DesiredAccount> previous;
  if (old && !old->body.empty()) {
    ROLLCALL_TRY(previous, read_desired(old->body));
  }
  store::DesiredRow out = old.value_or(store::DesiredRow{});
  out.provider = provider;
  out.person = row.person;

  const core::Dates dates = core::dates(identity, now_);
  judge_leaving(seat, row, body, dates.ended, old.has_value(), out);

  std::vector<std::string> bad;
  DesiredAccount desired = core::desired_account(identity, seat.rules, books_.at(provider), previous ? &*previous : nullptr, &bad);
  // Who waits keeps what was desired before: nothing is concluded from a face that may be half gone.
  if ((out.leaving == "waiting" || !bad.empty() || !body.invalid.empty()) && previous) desired = *previous;
  for (Fields* fields : {&desired.enforced, &desired.on_create})
    for (const auto& field : seat.capabilities.set_only)   // a password is never at rest in the clear (promise 10)
      if (auto it = fields->find(field); it != fields->end() && !it->second.empty())
        if (!it->second.starts_with("hash:")) it->second = "hash:" + hash_of(it->second);
  if (!seat.password_field.empty()) {
    desired.enforced.erase(seat.password_field);
    ROLLCALL_TRY(const auto waiting, state_.sealed(provider, row.person));
    if (waiting) desired.enforced[seat.password_field] = mark_of(*waiting);
  }
  out.body = write_desired(desired);
  out.hash = hash_of(out.body + (bad.empty() && body.invalid.empty() ? "" : "!"));
  out.name = desired.name;
  // A delayed deletion or a reminder that the planner put down is not forgotten because a record changed.
  out.due = dates.next;
  if (old && old->due > now_ && (out.due == Instant{} || old->due < out.due)) out.due = old->due;
  return state_.put_desired(out, desired_keys(seat, row.person, desired));
}

// ---- entry points ----

Result<void> Roster::refresh_records(const std::set<std::int64_t>& records) {
  // In the order of the sources: who comes first gives the key.
  std::map<std::size_t, std::vector<std::int64_t>> by_source;
  for (const auto id : records) {
    ROLLCALL_TRY(const auto row, state_.record(id));
    if (!row) continue;
    const SourceSeat* seat = house_.source(row->source);
    by_source[seat ? seat->order : house_.sources.size()].push_back(id);
  }
  std::set<std::string> known;
  for (const auto& [_, ids] : by_source)
    for (const auto id : ids) {
      ROLLCALL_TRY(const auto joined, state_.person_of(id));
      std::string ambiguous;
      ROLLCALL_TRY(const std::string person, person_for(id, ambiguous));
      if (joined && *joined == person && ambiguous.empty() && !ambiguous_.contains(person)) {
        known.insert(person);
        continue;
      }
      ambiguous.empty() ? static_cast<void>(ambiguous_.erase(person)) : static_cast<void>(ambiguous_[person] = ambiguous);
      ROLLCALL_CHECK(write_identity_of(person, {id}));   // at once: the next record may be the same person's
    }
  for (const auto& person : known) ROLLCALL_CHECK(write_identity_of(person, {}));
  return {};
}

Result<void> Roster::refresh_person(const std::string& person) { return write_identity_of(person, {}); }

Result<void> Roster::refresh_everybody() {
  for (const auto& seat : house_.sources) {
    std::int64_t after = 0;
    while (true) {
      ROLLCALL_TRY(const auto rows, state_.records_page(seat.settings.name, RecordKind::person, after, page));
      std::set<std::int64_t> ids;
      for (const auto& row : rows) ids.insert(after = row.id);
      ROLLCALL_CHECK(state_.transaction([&] { return refresh_records(ids); }));
      if (rows.size() < page) break;
    }
  }
  return {};
}

}  // namespace rollcall::sync
