// What the tests of sources share: a shape as mappings/openldap.toml has one, and reading into a list.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <tuple>
#include <vector>

#include "crypto/hash.hpp"
#include "rollcall/source.hpp"
#include "sources/sources.hpp"

namespace rollcall::test {

inline RecordShape shape_by(const std::string& id) {
  RecordShape shape;
  shape.attributes = {"cn",         "displayName", "employeeNumber", "entryUUID", "givenName", "mail",
                      "objectGUID", "sn",          "title",          "uid"};
  shape.group_attributes = {"cn", "entryUUID", "objectGUID"};
  shape.member_attributes = {"member", "uniqueMember", "memberUid"};
  shape.people_filter = "(objectClass=inetOrgPerson)";
  shape.group_filter = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))";
  shape.person_key = shape.group_key = [id](const Attributes& entry) -> std::optional<std::string> {
    const auto at = entry.find(id);
    if (at == entry.end()) return std::nullopt;
    return at->second.front();
  };
  shape.key_attributes = {id};
  return shape;
}

inline Known known_of(const std::vector<Record>& records) {
  Known out;
  for (const Record& r : records)
    (r.kind == RecordKind::person ? out.people : out.groups)
        .push_back({crypto::fingerprint(r.key), r.content, r.members_hash, r.has, 0});
  auto by_key = [](const KnownRow& a, const KnownRow& b) { return a.key < b.key; };
  std::sort(out.people.begin(), out.people.end(), by_key);
  std::sort(out.groups.begin(), out.groups.end(), by_key);
  return out;
}

struct Reading {
  ReadReport report;
  std::vector<Record> records;  // by kind and key; values and members sorted
  std::chrono::milliseconds took{};
  std::vector<std::string> keys() const {
    std::vector<std::string> out;
    for (const Record& r : records) out.push_back(r.key);
    return out;
  }
};

inline Reading read(Source& source, const Known& known = {}) {
  Reading out;
  const auto begin = std::chrono::steady_clock::now();
  out.report = source.read(known, [&](Record&& r) { out.records.push_back(std::move(r)); });
  out.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  for (Record& r : out.records) {
    for (auto& [name, values] : r.attributes) std::sort(values.begin(), values.end());
    std::sort(r.members.begin(), r.members.end());
  }
  std::sort(out.records.begin(), out.records.end(),
            [](const Record& a, const Record& b) { return std::tie(a.kind, a.key) < std::tie(b.kind, b.key); });
  return out;
}

inline Reading read(const SourceSettings& settings, const std::string& password, const Known& known = {},
                    const RecordShape& shape = shape_by("entryUUID")) {
  auto source = sources::make_ldap_source(settings, shape, Secret(password));
  if (!source) {
    Reading out;
    out.report.reached = false;
    out.report.detail = source.error().message;
    return out;
  }
  return read(**source, known);
}

}  // namespace rollcall::test
