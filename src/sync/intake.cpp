#include "sync/intake.hpp"

#include <algorithm>

#include "core/order.hpp"
#include "crypto/hash.hpp"
#include "json/json.hpp"
#include "language/lookup.hpp"
#include "language/unicode.hpp"
#include "sources/dn.hpp"
#include "sync/spool.hpp"

namespace rollcall::sync {
namespace {

constexpr std::int64_t vanish_floor = 20;   // contract 4.1: held by at least so many people

struct Reading {
  store::State& state;
  const SourceSeat& seat;
  Instant now;
  store::SourceRow row;
  Known known;
  ReadReport report;
  Spool spool;
  RecordShape shape;
  std::uint64_t vanished = 0;               // bits of attributes whose last known values stay
  bool complete = false;
  Intake out;
  std::set<std::string> approved;           // read holds that a person has accepted
};

// ---- the verdict ----

void suspect(Reading& r, const std::string& what, std::string detail) {
  const std::string id = core::hold_id(r.row.name, "read", what, "");
  if (r.row.accepted == id || r.approved.contains(id)) return;   // a person has accepted this read as the new measure
  r.complete = false;
  r.out.summary.detail += (r.out.summary.detail.empty() ? "" : "; ") + detail;
  store::HoldRow hold;
  hold.id = id;
  hold.source = r.row.name;
  hold.kind = "read";
  hold.reason = std::move(detail);
  hold.content = what;
  hold.state = "held";
  hold.since = r.now;
  r.out.read_holds.push_back(std::move(hold));
}

void judge_size(Reading& r) {
  if (r.row.people > 0 && r.report.people * 2 < r.row.people)
    suspect(r, "size", "only " + std::to_string(r.report.people) + " people were seen, the last complete read saw " +
                           std::to_string(r.row.people));
}

void judge_attributes(Reading& r) {
  for (std::size_t i = 0; i < r.report.lacking.size() && i < 64 && i < r.shape.attributes.size(); ++i) {
    const auto had = std::count_if(r.known.people.begin(), r.known.people.end(), [&](const KnownRow& k) { return k.has >> i & 1; });
    if (had < vanish_floor || had * 2 <= static_cast<std::ptrdiff_t>(r.known.people.size()) || r.report.lacking[i] * 2 <= had) continue;
    const auto before = r.out.read_holds.size();
    suspect(r, "attribute " + r.shape.attributes[i] + " vanished",
            "attribute " + r.shape.attributes[i] + " vanished: " + std::to_string(r.report.lacking[i]) + " of the " +
                std::to_string(had) + " people who had it show none; their last known values stay");
    if (r.out.read_holds.size() > before) r.vanished |= std::uint64_t{1} << i;
  }
}

std::string user_ref_of(const Reading& r, const Record& record) {
  auto it = r.seat.mapping.person.find("userName");
  if (it == r.seat.mapping.person.end()) return {};
  return language::fold(it->second.text(language::AttributesLookup(record.attributes)));
}

Result<void> judge_ids(Reading& r) {
  if (r.row.people == 0) return {};
  std::int64_t changed = 0;
  r.spool.rewind();
  while (auto record = r.spool.next()) {
    if (record->kind != RecordKind::person) continue;
    ROLLCALL_TRY(const auto same_key, r.state.record(r.row.name, RecordKind::person, record->key));
    if (same_key) continue;
    const std::string user = user_ref_of(r, *record);
    if (user.empty()) continue;
    ROLLCALL_TRY(const auto namesakes, r.state.records_by_user(r.row.name, user));
    if (!namesakes.empty()) ++changed;
  }
  if (changed * 2 > r.report.people)
    suspect(r, "ids changed", "ids changed: " + std::to_string(changed) + " of " + std::to_string(r.report.people) +
                                  " records have new ids but known user names, as after a reload of the directory");
  return {};
}

// ---- writing what differs ----

// Keeps the last known values of attributes that vanished from everybody.
Result<void> keep_vanished(const Reading& r, const store::RecordRow& old, Record& record) {
  if (r.vanished == 0 || old.body.empty()) return {};
  ROLLCALL_TRY(const Attributes before, json::read_attributes(old.body));
  for (std::size_t i = 0; i < r.shape.attributes.size() && i < 64; ++i) {
    if (!(r.vanished >> i & 1) || record.attributes.contains(r.shape.attributes[i])) continue;
    if (auto it = before.find(r.shape.attributes[i]); it != before.end()) record.attributes[it->first] = it->second;
  }
  return {};
}

void fill(const Reading& r, const Record& record, store::RecordRow& row) {
  row.source = r.row.name;
  row.kind = record.kind;
  row.key = record.key;
  row.locator = record.locator;
  row.dn_ref = record.normal_locator;
  // While last known values stand in for vanished ones the record must come again: no hash, so that it differs at every read.
  row.content = r.vanished ? std::string(32, '0') : crypto::to_hex(record.content);
  row.members_hash = crypto::to_hex(record.members_hash);
  row.has = record.has | (r.vanished & row.has);
  row.body = json::write_attributes(record.attributes);
  row.absent_since = {};
  row.absent_reads = 0;
  row.absent_content.clear();
  row.gone = false;
  if (row.first_seen == Instant{}) row.first_seen = r.now;
}

Result<void> touch_ref(Reading& r, const std::string& ref) {
  ROLLCALL_TRY(const auto records, r.state.records_by_ref(r.row.name, ref));
  for (const auto& [id, kind] : records) {
    if (kind == RecordKind::person) {
      r.out.people.insert(id);
    } else if (r.seat.settings.groups.nested) {
      ROLLCALL_CHECK(members_of(r.state, r.seat, id, r.out.people));
    }
  }
  return {};
}

Result<void> write_members(Reading& r, store::RecordRow& row, const Record& record) {
  std::vector<store::State::Member> members;
  members.reserve(record.members.size());
  for (const auto& raw : record.members) members.push_back({sources::member_ref(raw), raw});
  ROLLCALL_TRY(const auto delta, r.state.replace_members(row.id, members));
  for (const auto* refs : {&delta.added, &delta.removed})
    for (const auto& ref : *refs) ROLLCALL_CHECK(touch_ref(r, ref));
  return {};
}

Result<void> write_group(Reading& r, const Record& record, std::optional<store::RecordRow> old) {
  store::RecordRow row = old.value_or(store::RecordRow{});
  const std::string old_name = row.name;
  const bool was_gone = row.gone;
  const std::string emptied_content = row.emptied_since == Instant{} ? r.report.content_id : row.absent_content;
  fill(r, record, row);
  row.name = r.seat.mapping.group_name(language::AttributesLookup(record.attributes));
  // A group that had members and shows none counts as absence: they stand until a second complete read says so.
  const bool emptied = record.members.empty() && row.member_count > 0;
  if (emptied && row.emptied_since == Instant{} && r.complete) {
    row.emptied_since = r.now;
    row.emptied_reads = 1;
  } else if (!emptied) {
    row.emptied_since = {};
    row.emptied_reads = 0;
    row.member_count = static_cast<std::int64_t>(record.members.size());
  }
  if (emptied) row.absent_content = emptied_content;
  // An incomplete read begins no absence: keep the old hash, so that the next read shows the group as differing again.
  if (emptied && !r.complete && old) row.members_hash = old->members_hash;
  ROLLCALL_TRY(row.id, r.state.put_record(row));
  if (!emptied) ROLLCALL_CHECK(write_members(r, row, record));
  if (row.name != old_name || was_gone) ROLLCALL_CHECK(members_of(r.state, r.seat, row.id, r.out.people));
  return {};
}

Result<void> write_person(Reading& r, Record& record, std::optional<store::RecordRow> old) {
  store::RecordRow row = old.value_or(store::RecordRow{});
  if (old) ROLLCALL_CHECK(keep_vanished(r, *old, record));
  fill(r, record, row);
  row.user_ref = user_ref_of(r, record);
  ROLLCALL_TRY(row.id, r.state.put_record(row));
  r.out.people.insert(row.id);
  return {};
}

Result<void> write_differing(Reading& r, RecordKind kind) {
  r.spool.rewind();
  while (auto record = r.spool.next()) {
    if (record->kind != kind) continue;
    ROLLCALL_TRY(auto old, r.state.record(r.row.name, kind, record->key));
    ROLLCALL_CHECK(kind == RecordKind::person ? write_person(r, *record, std::move(old)) : write_group(r, *record, std::move(old)));
  }
  if (r.spool.failed()) return fail(ErrorKind::unavailable, "the records that differ could not be kept in a temporary file: is the disk full?", r.row.name);
  return {};
}

// ---- what was not seen ----

bool confirmed(const Reading& r, Instant since, std::int64_t reads, const std::string& content) {
  const auto& s = r.seat.settings;
  if (reads < 2) return false;
  if (s.absent_for == Duration{0}) return true;
  if (s.type == "ldif") return content != r.report.content_id || r.now - since >= std::chrono::hours{24};
  return r.now - since >= s.absent_for;
}

Result<void> touch_group(Reading& r, const store::RecordRow& row) { return members_of(r.state, r.seat, row.id, r.out.people); }

Result<void> miss(Reading& r, store::RecordRow row) {
  if (row.gone) return {};
  if (row.absent_since == Instant{}) {
    row.absent_since = r.now;
    row.absent_content = r.report.content_id;
    row.absent_reads = 0;
  }
  ++row.absent_reads;
  row.gone = confirmed(r, row.absent_since, row.absent_reads, row.absent_content);
  if (row.gone && row.kind == RecordKind::group) ROLLCALL_CHECK(touch_group(r, row));
  ROLLCALL_CHECK(r.state.put_record(row));
  if (row.kind == RecordKind::person) r.out.people.insert(row.id);
  return {};
}

Result<void> see_again(Reading& r, store::RecordRow row) {
  if (row.absent_since == Instant{} && !row.gone) return {};
  row.absent_since = {};
  row.absent_reads = 0;
  row.gone = false;
  ROLLCALL_CHECK(r.state.put_record(row));
  if (row.kind == RecordKind::person)
    r.out.people.insert(row.id);
  else
    ROLLCALL_CHECK(touch_group(r, row));
  return {};
}

// Groups that show no members although they had some, and were seen again so by this complete read.
Result<void> confirm_emptied(Reading& r, store::RecordRow row) {
  if (row.emptied_since == Instant{} || row.emptied_since == r.now) return {};
  ++row.emptied_reads;
  if (confirmed(r, row.emptied_since, row.emptied_reads, row.absent_content)) {
    ROLLCALL_CHECK(touch_group(r, row));
    ROLLCALL_CHECK(r.state.replace_members(row.id, {}));
    row.emptied_since = {};
    row.emptied_reads = 0;
    row.member_count = 0;
  }
  return r.state.put_record(row).map([](auto) {});
}

Result<void> mark(Reading& r, const std::vector<KnownRow>& known, const std::vector<bool>& seen, const std::set<std::int64_t>& marked,
                  const std::set<Fingerprint>& unusable, const std::set<std::int64_t>& unknown) {
  for (std::size_t i = 0; i < known.size(); ++i) {
    const bool there = i < seen.size() && seen[i];
    if (there && !marked.contains(known[i].row)) continue;
    if (!there && (!r.complete || unusable.contains(known[i].key) || unknown.contains(known[i].row))) continue;
    ROLLCALL_TRY(auto row, r.state.record(known[i].row));
    if (!row) continue;
    ROLLCALL_CHECK(there ? see_again(r, std::move(*row)) : miss(r, std::move(*row)));
  }
  return {};
}

Result<void> mark_missing(Reading& r) {
  ROLLCALL_TRY(const auto missing, r.state.missing_records(r.row.name));
  std::set<std::int64_t> marked;
  for (const auto& row : missing) marked.insert(row.id);
  std::set<Fingerprint> unusable;
  for (const auto& key : r.report.unusable) unusable.insert(crypto::fingerprint(key));
  // A record that was there but could not be used is unknown, not absent: by its key, or by its DN when the key is unreadable.
  std::set<std::int64_t> there;
  for (const auto& locator : r.report.unusable_locators) {
    ROLLCALL_TRY(const auto records, r.state.records_by_ref(r.row.name, locator));
    for (const auto& [id, _] : records) there.insert(id);
  }
  ROLLCALL_CHECK(mark(r, r.known.people, r.report.seen_people, marked, unusable, there));
  ROLLCALL_CHECK(mark(r, r.known.groups, r.report.seen_groups, marked, {}, there));
  if (r.complete)
    for (const auto& row : missing)
      if (row.kind == RecordKind::group) ROLLCALL_CHECK(confirm_emptied(r, row));
  return {};
}

Result<void> write_holds(Reading& r) {
  ROLLCALL_TRY(const auto holds, r.state.holds());
  std::set<std::string> now;
  for (const auto& hold : r.out.read_holds) {
    now.insert(hold.id);
    ROLLCALL_TRY(auto old, r.state.hold(hold.id));
    if (!old) ROLLCALL_CHECK(r.state.put_hold(hold));
  }
  for (const auto& old : holds)
    if (old.source == r.row.name && old.kind == "read" && !now.contains(old.id) && r.report.complete)
      if (r.complete || old.state != "approved")   // one of two that look wrong may be accepted before the other
        ROLLCALL_CHECK(r.state.erase_hold(old.id));
  return {};
}

Result<void> commit(Reading& r) {
  // Groups after people: a member resolves to the record that the same read brought.
  ROLLCALL_CHECK(write_differing(r, RecordKind::person));
  ROLLCALL_CHECK(write_differing(r, RecordKind::group));
  ROLLCALL_CHECK(mark_missing(r));
  ROLLCALL_CHECK(write_holds(r));
  r.row.last_read = r.now;
  r.row.complete = r.complete;
  r.row.detail = r.out.summary.detail;
  if (r.complete) {
    r.row.last_complete = r.now;
    r.row.people = r.report.people;
    r.row.groups = r.report.groups;
    r.row.content_id = r.report.content_id;
    r.row.accepted.clear();
  }
  return r.state.put_source(r.row);
}

}  // namespace

Result<void> members_of(store::State& state, const SourceSeat& seat, std::int64_t group, std::set<std::int64_t>& people) {
  std::set<std::int64_t> visited{group};
  std::vector<std::int64_t> todo{group};
  while (!todo.empty()) {
    const std::int64_t id = todo.back();
    todo.pop_back();
    std::string after;
    while (true) {
      ROLLCALL_TRY(const auto page, state.members(id, after, 1000));
      for (const auto& member : page) {
        ROLLCALL_TRY(const auto records, state.records_by_ref(seat.settings.name, member.ref));
        for (const auto& [record, kind] : records)
          if (kind == RecordKind::person)
            people.insert(record);
          else if (seat.settings.groups.nested && visited.insert(record).second)
            todo.push_back(record);
      }
      if (page.size() < 1000) break;
      after = page.back().ref;
    }
  }
  return {};
}

Result<Intake> take_in(store::State& state, const SourceSeat& seat, Instant now) {
  Reading r{state, seat, now, {}, {}, {}, {}, seat.mapping.shape(), 0, false, {}, {}};
  ROLLCALL_TRY(const auto row, state.source(seat.settings.name));
  if (row) r.row = *row;
  r.row.name = seat.settings.name;
  ROLLCALL_TRY(r.known, state.known(r.row.name));
  ROLLCALL_TRY(const auto holds, state.holds());
  for (const auto& hold : holds)
    if (hold.source == r.row.name && hold.kind == "read" && hold.state == "approved") r.approved.insert(hold.id);
  r.report = seat.source->read(r.known, [&](Record&& record) { r.spool.append(record); });
  r.complete = r.report.complete;
  r.out.summary.name = r.row.name;
  r.out.summary.people = r.report.people;
  r.out.summary.groups = r.report.groups;
  r.out.summary.detail = r.report.detail;
  r.out.reached = r.report.reached;
  r.out.bad_records = r.report.bad_records;
  r.out.warnings = r.report.warnings;
  if (r.complete) {
    judge_size(r);
    judge_attributes(r);
    ROLLCALL_CHECK(judge_ids(r));
  }
  // Who is to be looked at again stands in the same commit: a crash behind it forgets nobody.
  ROLLCALL_CHECK(state.transaction([&]() -> Result<void> {
    ROLLCALL_CHECK(commit(r));
    return state.mark_dirty(r.out.people);
  }));
  r.out.summary.complete = r.complete;
  return std::move(r.out);
}

}  // namespace rollcall::sync
