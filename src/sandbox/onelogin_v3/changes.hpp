// A `<user>` that was sent, read strictly: which elements it may hold, and which values. Pure functions; any thread.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "rollcall/result.hpp"
#include "sandbox/onelogin_v3/emulator.hpp"
#include "sandbox/tenant.hpp"
#include "xml/xml.hpp"

namespace rollcall::sandbox::onelogin_v3 {

// What was sent and nothing else: an update is partial. A null in it clears.
struct Change {
  std::map<std::string, std::optional<std::string>> fields;
  std::map<std::string, std::optional<std::string>> custom;
  std::optional<std::set<std::int64_t>> roles;
  std::optional<int> status;
  std::optional<std::string> password, confirmation;
};

struct Refusal {
  std::string title, message;
};
template <class T>
using Checked = tl::expected<T, Refusal>;

Checked<Change> read_change(const std::string& body, bool creating, const Tenant& tenant, const Options& options);

// Lays the change over the account, or says everything that is wrong with it ("Validation failed: ..., ...").
Checked<Account> validated(Account account, const Change& change, const Tenant& tenant, const Options& options,
                           Instant now);

}  // namespace rollcall::sandbox::onelogin_v3
