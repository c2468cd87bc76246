#include "core/join.hpp"

#include <algorithm>
#include <set>

#include "core/time.hpp"

namespace rollcall::core {
namespace {

// The order in which sources are asked for an attribute: those of [join.authority] first, then by file order.
std::vector<const MappedRecord*> by_authority(const std::vector<MappedRecord>& records, const std::string& attribute,
                                              const JoinSettings& settings) {
  std::vector<const MappedRecord*> out;
  for (const auto& r : records) out.push_back(&r);
  auto it = settings.authority.find(attribute);
  if (it == settings.authority.end()) return out;
  const auto& named = it->second;
  const auto rank = [&](const MappedRecord* r) { return std::find(named.begin(), named.end(), r->source) - named.begin(); };
  std::stable_sort(out.begin(), out.end(), [&](auto* a, auto* b) { return rank(a) < rank(b); });
  return out;
}

void decide_active(const std::vector<MappedRecord>& records, const JoinSettings& settings, Joined& j) {
  const auto says = [](const MappedRecord& r) {
    auto it = r.values.find("active");
    return it == r.values.end() || it->second != "false";
  };
  std::set<std::string> yes, no;
  for (const auto& r : records) (says(r) ? yes : no).insert(r.source);
  if (settings.authority.contains("active")) {
    const MappedRecord* decides = by_authority(records, "active", settings).front();
    j.identity.active = says(*decides);
    if (!j.identity.active) j.inactive_in = decides->source;
  } else if (!no.empty()) {
    j.identity.active = false;
    j.inactive_in = *no.begin();
  }
  if (!yes.empty() && !no.empty())
    j.warnings.push_back("sources disagree: " + *yes.begin() + " says active, " + *no.begin() + " says inactive; taken as " +
                         (j.identity.active ? "active" : "inactive"));
}

}  // namespace

Joined join(const std::string& person, std::vector<MappedRecord> records, const JoinSettings& settings,
            const std::vector<std::string>&) {
  std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) {
    return std::tie(a.order, a.key) < std::tie(b.order, b.key);
  });
  Joined j;
  j.identity.person = person;
  j.gone = std::all_of(records.begin(), records.end(), [](const auto& r) { return r.gone; });
  // Whoever has left every source keeps the last known face.
  if (!j.gone) std::erase_if(records, [](const auto& r) { return r.gone; });
  j.missing = !j.gone && std::all_of(records.begin(), records.end(), [](const auto& r) { return r.missing; });

  std::set<std::string> attributes, sources;
  for (const auto& r : records) {
    sources.insert(r.source);
    for (const auto& [name, _] : r.values) attributes.insert(name);
  }
  j.identity.sources.assign(sources.begin(), sources.end());
  attributes.erase("active");
  for (const auto& name : attributes)
    for (const auto* r : by_authority(records, name, settings))
      if (auto it = r->values.find(name); it != r->values.end() && !it->second.empty()) {
        j.identity.values[name] = it->second;
        j.identity.origin[name] = r->source;
        break;
      }
  decide_active(records, settings, j);
  return j;
}

Dates dates(const Identity& identity, Instant now) {
  Dates d;
  const auto at = [&](const char* name) -> std::optional<Instant> {
    const auto* text = identity.find(name);
    return text ? parse_rfc3339(*text) : std::nullopt;
  };
  const auto next = [&](Instant t) { d.next = d.next == Instant{} ? t : std::min(d.next, t); };
  if (auto end = at("endDate")) {
    d.ended = *end <= now;
    if (!d.ended) next(*end);
  }
  if (auto start = at("startDate")) {
    d.not_started = *start > now;
    if (d.not_started) next(*start);
  }
  return d;
}

}  // namespace rollcall::core
