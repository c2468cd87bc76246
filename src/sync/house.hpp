// What a reconciliation works with: the sources with their mappings, the providers with their rules, and the rest of the
// configuration. Built once by src/app/wiring, immutable during a run. Thread rule: read by any thread.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/rules.hpp"
#include "crypto/seal.hpp"
#include "language/mapping.hpp"
#include "rollcall/provider.hpp"
#include "rollcall/settings.hpp"
#include "rollcall/source.hpp"

namespace rollcall::sync {

class Throttle;

// Whether the mapping sets a password: then an account that looks used is no sign that an invitation was accepted.
inline bool writes_password(const core::ProviderRules& rules, const Capabilities& capabilities) {
  return std::any_of(capabilities.set_only.begin(), capabilities.set_only.end(), [&](const auto& field) {
    return rules.mapping.account.contains(field) || rules.mapping.on_create.contains(field);
  });
}

struct SourceSeat {
  SourceSettings settings;
  language::SourceMapping mapping;
  std::unique_ptr<Source> source;     // null with `--offline`, and for a source that clients push to
  std::string config_hash;            // of settings and mapping
  std::size_t order = 0;
};

struct ProviderSeat {
  core::ProviderRules rules;
  std::unique_ptr<Provider> provider; // null with `--offline`
  Capabilities capabilities;
  std::string password_field;         // gets the passwords that clients push; "" when there are none for it
  std::shared_ptr<const crypto::Seal> seal;   // opens them; null when nothing is carried out
  std::string config_hash;
  Duration patience{};                // how long a failing call is repeated: `retry`, and at most a minute for `plan`
  std::shared_ptr<Throttle> throttle; // rate and concurrency; shared by providers of one url
};

struct House {
  Settings settings;
  std::vector<SourceSeat> sources;
  std::vector<ProviderSeat> providers;

  const SourceSeat* source(const std::string& name) const {
    for (const auto& s : sources)
      if (s.settings.name == name) return &s;
    return nullptr;
  }
  ProviderSeat* provider(const std::string& name) {
    for (auto& p : providers)
      if (p.rules.settings.name == name) return &p;
    return nullptr;
  }
};

}  // namespace rollcall::sync
