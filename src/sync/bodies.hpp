// The JSON bodies that the state keeps of identities, desired accounts and accounts, and their hashes. Object members stand in
// order of name, so equal values have equal bodies. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/account.hpp"
#include "rollcall/identity.hpp"
#include "rollcall/plan.hpp"
#include "rollcall/result.hpp"
#include "store/rows.hpp"

namespace rollcall::sync {

struct IdentityBody {
  Identity identity;
  std::vector<std::string> invalid;    // why this person's record cannot be believed
  std::vector<std::string> warnings;   // disagreements of sources
  std::string inactive_in;
  std::string deleted_in;              // a client stated the deletion there, and no other source has them
  std::string ambiguous;               // why it is unclear whose record this is (ambiguous-join), or ""
};
std::string write_identity(const IdentityBody& body);
Result<IdentityBody> read_identity(std::string_view text);

std::string write_desired(const DesiredAccount& desired);
Result<DesiredAccount> read_desired(std::string_view text);

std::string write_account(const Account& account);
Result<Account> read_account(std::string_view text);

// What rollcall wrote last to an account.
struct Written {
  Fields fields;
  std::optional<std::set<std::string>> roles;   // nullopt: never wrote roles
  std::set<std::string> unconfirmed;            // written since the last listing: fields, "status", "role NAME"
  std::set<std::string> doubtful;               // the same of a request whose answer never came: done or not, nobody knows
};
std::string write_written(const Written& written);
Result<Written> read_written(std::string_view text);

std::string write_changes(const std::vector<Change>& changes);
Result<std::vector<Change>> read_changes(std::string_view text);
// What the changes set, field by field; secrets aside.
Result<Fields> read_targets(std::string_view changes);

std::string hash_of(std::string_view body);     // 32 hex digits
// What stands in a desired account for a pushed password that waits: another mark for another password, and nothing of it.
std::string mark_of(const store::SealedRow& waiting);

}  // namespace rollcall::sync
