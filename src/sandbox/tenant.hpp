// One vendor's customer: accounts, roles, invitations and mails, as every emulator here keeps them. The fields' names
// and the numbers of the states are the vendor's. Pure; owned by the Sandbox; no thread rule of its own: one thread at
// a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rollcall/clock.hpp"
#include "rollcall/result.hpp"

namespace rollcall::sandbox {

struct Account {
  std::int64_t id = 0;  // 0: the tenant chooses one
  int status = 0;
  std::map<std::string, std::string> fields;  // one that is not there is null
  std::map<std::string, std::string> custom;  // custom attributes, by name
  std::set<std::int64_t> roles;
  std::string password;  // "sha256:..." and never the text; empty when there is none
  Instant created{}, updated{};
  std::optional<Instant> activated, password_changed, invited;

  // The field, or null.
  const std::string* field(const std::string& name) const {
    const auto found = fields.find(name);
    return found == fields.end() ? nullptr : &found->second;
  }
  bool operator==(const Account&) const = default;
};

// One link that was handed out; whoever opens it has accepted.
struct Invitation {
  std::string token;
  std::int64_t account = 0;
  std::string email;
  Instant made{};
  std::optional<Instant> accepted;
  // Where the vendor keeps invitations as things of their own:
  std::string id{};
  std::set<std::string> roles{};
  std::string inviter{}, landing{};
  std::optional<Instant> expires{}, cancelled{};
};

struct Mail {
  std::string to;
  std::int64_t account = 0;
  std::string token;
  Instant sent{};
};

class Tenant {
 public:
  // No two accounts have the same value in one of `unique`, compared without case (ASCII).
  explicit Tenant(std::vector<std::string> unique) : unique_(std::move(unique)), index_(unique_.size()) {}

  const std::map<std::int64_t, Account>& accounts() const { return accounts_; }
  const Account* find(std::int64_t id) const;
  const Account* find_by(std::string_view unique_field, std::string_view value) const;

  // Adds the account or replaces the one of its id; answers the id. already_exists: another has its value in field
  // `where`.
  Result<std::int64_t> put(Account account);
  bool remove(std::int64_t id);

  const std::map<std::int64_t, std::string>& roles() const { return roles_; }
  std::optional<std::int64_t> role_id(std::string_view name) const;
  std::int64_t add_role(std::string name, std::int64_t id = 0);  // an existing name keeps its id

  const std::vector<Invitation>& invitations() const { return invitations_; }
  const Invitation* invitation(std::string_view token) const;
  void add_invitation(Invitation invitation);
  void accept(std::string_view token, Instant now);
  void change_invitation(const Invitation& changed);   // of the same token

  const std::vector<Mail>& mails() const { return mails_; }
  void add_mail(Mail mail);

  std::map<std::string, std::string> custom_attributes;  // those that are defined: name and label
  std::set<std::int64_t> groups;                         // those that exist

  std::int64_t next_id() const { return next_id_; }
  void continue_at(std::int64_t next_id);  // ids are never used twice, not even after a restart

  // Grows with every change: who writes the state down compares it.
  std::uint64_t version() const { return version_; }

 private:
  void take_from_index(const Account& account);
  std::vector<std::string> unique_;
  std::vector<std::unordered_map<std::string, std::int64_t>> index_;  // one for each unique field: folded value, id
  std::map<std::int64_t, Account> accounts_;
  std::map<std::int64_t, std::string> roles_;
  std::vector<Invitation> invitations_;
  std::unordered_map<std::string, std::size_t> invitation_index_;
  std::vector<Mail> mails_;
  std::int64_t next_id_ = 100001, next_role_ = 52001;
  std::uint64_t version_ = 0;
};

// `--users`: user000001 and so on, as `made` makes them; names that a kept state has already stay.
void preload_people(Tenant& tenant, int accounts, const std::function<Account(const std::string& name, int number)>& made);

}  // namespace rollcall::sandbox
