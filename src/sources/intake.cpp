#include "sources/intake.hpp"

#include <algorithm>
#include <cmath>

#include "crypto/hash.hpp"
#include "sources/dn.hpp"

namespace rollcall::sources {
namespace {

constexpr std::size_t max_warnings = 1000;
constexpr std::size_t max_lacking = 64;  // bits of KnownRow::has
constexpr std::size_t unknown = static_cast<std::size_t>(-1);

std::string named(std::string_view place, std::string_view dn) {
  std::string out(place);
  if (!place.empty()) out += ": ";
  return out.append(dn);
}

}  // namespace

Intake::Side::Side(const RecordShape& shape, RecordKind which, const std::vector<KnownRow>& rows)
    : kind(which),
      wanted(shape, which),
      key_of(which == RecordKind::person ? shape.person_key : shape.group_key),
      known(rows),
      seen(rows.size(), false),
      dn_of_known(rows.size(), 0),
      in_key(wanted.record_attributes(), shape.key_attributes.empty()),
      counts(wanted.record_attributes(), 0) {
  for (const std::string& name : shape.key_attributes)
    for (std::size_t slot = 0; slot < wanted.record_attributes(); ++slot)
      if (equal_fold(wanted.name(slot), name)) in_key[slot] = true;
}

Intake::Intake(const SourceSettings& settings, const RecordShape& shape, const Known& known, const RecordSink& sink)
    : settings_(settings),
      shape_(shape),
      sink_(sink),
      people_(shape, RecordKind::person, known.people),
      groups_(shape, RecordKind::group, known.groups) {
  report_.lacking.assign(std::min(max_lacking, shape.attributes.size()), 0);
  for (const std::string& sentinel : settings.sentinels) missing_sentinels_.emplace_back(normal_dn(sentinel), sentinel);
}

// Only the attributes of the key are copied, into strings that are there from the entry before.
std::optional<std::string> Intake::key(Side& side, const Entry& entry) {
  if (!side.key_of) return std::nullopt;
  std::fill(side.counts.begin(), side.counts.end(), 0);
  for (const EntryValue& v : entry.values) {
    if (v.slot >= side.in_key.size() || !side.in_key[v.slot]) continue;
    Values& values = side.key_values[side.wanted.name(v.slot)];
    if (std::size_t& count = side.counts[v.slot]; count++ < values.size())
      values[count - 1].assign(v.value);
    else
      values.emplace_back(v.value);
  }
  for (std::size_t slot = 0; slot < side.counts.size(); ++slot) {
    if (!side.in_key[slot]) continue;
    const auto at = side.key_values.find(side.wanted.name(slot));
    if (at == side.key_values.end()) continue;
    if (side.counts[slot] == 0)
      side.key_values.erase(at);
    else
      at->second.resize(side.counts[slot]);
  }
  std::optional<std::string> key = side.key_of(side.key_values);
  if (key && key->empty()) key.reset();
  return key;
}

Intake::Summary Intake::summary(const Side& side, const Entry& entry) const {
  Summary out;
  crypto::UnorderedHash content, members;
  // No attribute is named "": this cannot be a value's. The server's spelling counts, so that it is shown as it is now.
  out.dn = crypto::fingerprint_of_value("", entry.dn);
  content.add(out.dn);
  const std::size_t end = side.wanted.record_attributes();
  for (const EntryValue& v : entry.values) {
    if (v.slot >= end) {
      out.member_slot = std::min(out.member_slot, v.slot);  // in order of preference
      continue;
    }
    content.add(crypto::fingerprint_of_value(side.wanted.lower(v.slot), v.value));
    out.octets += v.value.size();
    if (v.slot < max_lacking && side.kind == RecordKind::person) out.has |= std::uint64_t{1} << v.slot;
  }
  if (out.member_slot != Wanted::none)
    for (const EntryValue& v : entry.values)
      if (v.slot == out.member_slot)
        members.add(crypto::fingerprint(v.value));  // raw: a new spelling is a change, and harmless
  out.content = content.value();
  out.members = members.value();
  return out;
}

// Keys are hashes, so evenly spread: a guess lands near, and a search around it touches little memory.
std::size_t Intake::find(const Side& side, const Fingerprint& key) {
  const auto& rows = side.known;
  if (rows.empty()) return unknown;
  const auto less = [](const KnownRow& row, const Fingerprint& wanted) { return row.key < wanted; };
  const double share = std::ldexp(static_cast<double>(key.high), -64);
  const std::size_t guess =
      std::min(rows.size() - 1, static_cast<std::size_t>(share * static_cast<double>(rows.size())));
  std::size_t low = guess, high = guess, step = 16;
  for (; low > 0 && !less(rows[low], key); step *= 2) low -= std::min(low, step);
  for (step = 16; high < rows.size() && less(rows[high], key); step *= 2) high = std::min(rows.size(), high + step);
  const auto begin = rows.begin() + static_cast<std::ptrdiff_t>(low),
             end = rows.begin() + static_cast<std::ptrdiff_t>(high);
  const auto at = std::lower_bound(begin, end, key, less);
  return at != rows.end() && at->key == key ? static_cast<std::size_t>(at - rows.begin()) : unknown;
}

// A key comes once: overlapping answers repeat an entry; an entry renamed while it is read may come under both names.
bool Intake::first_time(Side& side, const Fingerprint& key, std::size_t index, const Summary& now, const Entry& entry,
                        std::string_view place) {
  const std::uint64_t dn = now.dn.low;
  std::uint64_t before = dn;
  bool first = true;
  if (index == unknown) {
    const auto [at, fresh] = side.dn_of_new.try_emplace(key, dn);
    first = fresh;
    before = at->second;
  } else if (side.seen[index]) {
    first = false;
    before = side.dn_of_known[index];
  } else {
    side.seen[index] = true;
    side.dn_of_known[index] = dn;
  }
  if (!first && before != dn)
    warn(named(place, entry.dn),
         "an entry with the same id was read before it and counts; this one is left out: either it was renamed during "
         "the read, "
         "or the id that the mapping takes is not unique");
  return first;
}

void Intake::count_lacking(const KnownRow& before, std::uint64_t has) {
  std::uint64_t lost = before.has & ~has;
  for (std::size_t i = 0; lost != 0 && i < report_.lacking.size(); ++i, lost >>= 1) report_.lacking[i] += lost & 1;
}

Record Intake::record(const Side& side, const Entry& entry, std::string key, const Summary& summary) const {
  Record out;
  out.kind = side.kind;
  out.key = std::move(key);
  out.locator = entry.dn;
  out.normal_locator = normal_dn(entry.dn);
  for (const EntryValue& v : entry.values)
    if (v.slot < side.wanted.record_attributes())
      out.attributes[side.wanted.name(v.slot)].emplace_back(v.value);
    else if (v.slot == summary.member_slot)
      out.members.emplace_back(v.value);
  out.content = summary.content;
  out.members_hash = summary.members;
  out.has = summary.has;
  return out;
}

void Intake::take(RecordKind kind, const Entry& entry, std::string_view place) {
  Side& side = of(kind);
  note_dn(entry.dn);
  std::optional<std::string> key = this->key(side, entry);
  if (!key) {
    ++report_.bad_records;
    report_.unusable_locators.push_back(normal_dn(entry.dn));
    warn(named(place, entry.dn),
         "the mapping's id yields nothing for this entry, so it is left out; see that the attribute "
         "is there and that the reader may read it (rollcall test-mapping shows the steps)");
    return;
  }
  const Summary now = summary(side, entry);
  if (now.octets > max_entry_octets) {
    spoil(kind, entry, "its mapped values are over 1 MiB, so it is left out; what was known of it stays", place);
    return;
  }
  const Fingerprint id = crypto::fingerprint(*key);
  const std::size_t index = find(side, id);
  if (!first_time(side, id, index, now, entry, place)) return;
  ++(kind == RecordKind::person ? report_.people : report_.groups);
  if (index != unknown) {
    const KnownRow& before = side.known[index];
    if (kind == RecordKind::person) count_lacking(before, now.has);
    if (before.content == now.content && before.members == now.members) return;
  }
  sink_(record(side, entry, std::move(*key), now));
}

void Intake::spoil(RecordKind kind, const Entry& entry, std::string why, std::string_view place) {
  Side& side = of(kind);
  note_dn(entry.dn);
  ++report_.bad_records;
  warn(named(place, entry.dn), std::move(why));
  std::optional<std::string> key = this->key(side, entry);
  const std::size_t index = key ? find(side, crypto::fingerprint(*key)) : unknown;
  if (index == unknown) {
    report_.unusable_locators.push_back(normal_dn(entry.dn));
    return;
  }
  side.seen[index] = true;
  side.dn_of_known[index] = crypto::fingerprint_of_value("", entry.dn).low;
  if (kind == RecordKind::person) report_.unusable.push_back(std::move(*key));
}

void Intake::note_dn(std::string_view dn) {
  if (missing_sentinels_.empty()) return;
  const std::string normal = normal_dn(dn);
  std::erase_if(missing_sentinels_, [&](const auto& sentinel) { return sentinel.first == normal; });
}

void Intake::warn(std::string record, std::string detail) {
  if (report_.warnings.size() < max_warnings)
    report_.warnings.push_back({settings_.name, std::move(record), std::move(detail)});
  else
    ++more_warnings_;
}

void Intake::incomplete(std::string why) {
  if (!report_.detail.empty()) report_.detail += "; ";
  report_.detail += why;
}

void Intake::check_sentinels() {
  for (const auto& [normal, written] : missing_sentinels_)
    incomplete("the sentinel " + written + " was not seen: it is gone, or the reader may not see it (an access rule?)");
  if (report_.people < settings_.minimum)
    incomplete("only " + std::to_string(report_.people) + " people were read, and minimum is " +
               std::to_string(settings_.minimum) + ": see base, filter and the reader's rights");
}

ReadReport Intake::finish_unreached() {
  report_.reached = false;
  missing_sentinels_.clear();
  return seal();
}

ReadReport Intake::finish() {
  check_sentinels();
  return seal();
}

ReadReport Intake::seal() {
  if (more_warnings_ > 0)
    report_.warnings.push_back(
        {settings_.name, "", "and " + std::to_string(more_warnings_) + " more warnings like these"});
  report_.seen_people = std::move(people_.seen);
  report_.seen_groups = std::move(groups_.seen);
  report_.complete = report_.reached && report_.detail.empty();
  return std::move(report_);
}

}  // namespace rollcall::sources
