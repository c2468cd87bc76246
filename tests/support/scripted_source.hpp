// A directory that a test writes down: people and groups, and what can go wrong with a read of them. Thread rule: one thread.
#pragma once

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "crypto/hash.hpp"
#include "rollcall/source.hpp"
#include "sources/dn.hpp"

namespace rollcall::test {

class ScriptedSource final : public Source {
 public:
  struct Entry {
    std::string dn;
    Attributes attributes;
    std::vector<std::string> members;   // groups
  };
  explicit ScriptedSource(RecordShape shape) : shape_(std::move(shape)) {}

  std::map<std::string, Entry> people, groups;   // by id
  bool complete = true, reached = true;
  std::string detail = "the server closed the connection";
  std::string content_id;
  std::set<std::string> hidden;          // ids that an access rule hides: the answer is success all the same
  std::set<std::string> veiled;          // attributes that are hidden of everybody
  std::set<std::string> unusable;        // ids of records that are there and cannot be used
  std::set<std::string> unreadable;      // the same, and not even the id could be read
  unsigned shuffle = 0;                  // another order of the answer
  int reads = 0;

  const std::string& name() const override { return name_; }
  Result<std::string> probe() override { return std::string("scripted"); }
  void cancel() override {}

  ReadReport read(const Known& known, const RecordSink& sink) override {
    ++reads;
    ReadReport report;
    report.complete = complete && reached;
    report.reached = reached;
    if (!report.complete) report.detail = detail;
    report.content_id = content_id;
    report.seen_people.assign(known.people.size(), false);
    report.seen_groups.assign(known.groups.size(), false);
    report.lacking.assign(shape_.attributes.size(), 0);
    std::vector<Record> records;
    if (reached) {
      collect(people, RecordKind::person, report, records);
      collect(groups, RecordKind::group, report, records);
    }
    std::shuffle(records.begin(), records.end(), std::minstd_rand(shuffle));
    for (auto& record : records) compare(known, std::move(record), report, sink);
    return report;
  }

 private:
  void collect(const std::map<std::string, Entry>& entries, RecordKind kind, ReadReport& report, std::vector<Record>& out) const {
    for (const auto& [id, entry] : entries) {
      if (hidden.contains(id)) continue;
      if (unusable.contains(id)) report.unusable.push_back(id);
      if (unreadable.contains(id)) report.unusable_locators.push_back(sources::normal_dn(entry.dn));
      if (unusable.contains(id) || unreadable.contains(id)) {
        ++report.bad_records;
        report.warnings.push_back({name_, entry.dn, "cannot be used"});
        continue;
      }
      out.push_back(record(kind, id, entry));
      ++(kind == RecordKind::person ? report.people : report.groups);
    }
  }

  Record record(RecordKind kind, const std::string& id, const Entry& entry) const {
    Record r;
    r.kind = kind;
    r.key = id;
    r.locator = entry.dn;
    r.normal_locator = sources::normal_dn(entry.dn);
    for (const auto& [name, values] : entry.attributes)
      if (!veiled.contains(name)) r.attributes.emplace(name, values);
    r.members = entry.members;
    crypto::UnorderedHash content, members;
    content.add(crypto::fingerprint(r.locator));
    for (const auto& [name, values] : r.attributes)
      for (const auto& value : values) content.add(crypto::fingerprint_of_value(name, value));
    for (const auto& member : r.members) members.add(crypto::fingerprint(member));
    r.content = content.value();
    r.members_hash = members.value();
    for (std::size_t i = 0; i < shape_.attributes.size() && i < 64; ++i)
      if (kind == RecordKind::person && r.attributes.contains(shape_.attributes[i])) r.has |= std::uint64_t{1} << i;
    return r;
  }

  void compare(const Known& known, Record&& r, ReadReport& report, const RecordSink& sink) const {
    const bool person = r.kind == RecordKind::person;
    const auto& rows = person ? known.people : known.groups;
    const auto key = crypto::fingerprint(r.key);
    const auto it = std::lower_bound(rows.begin(), rows.end(), key, [](const KnownRow& row, const Fingerprint& k) { return row.key < k; });
    if (it != rows.end() && it->key == key) {
      (person ? report.seen_people : report.seen_groups)[static_cast<std::size_t>(it - rows.begin())] = true;
      for (std::size_t i = 0; person && i < report.lacking.size(); ++i) report.lacking[i] += (it->has >> i & 1) && !(r.has >> i & 1);
      if (it->content == r.content && it->members == r.members_hash) return;
    }
    sink(std::move(r));
  }

  std::string name_ = "corp";
  RecordShape shape_;
};

}  // namespace rollcall::test
