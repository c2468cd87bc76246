#include "endpoint/scim/provisioning.hpp"

#include <algorithm>

namespace rollcall::endpoint {
namespace {

using json::Array;
using json::Object;
using json::Value;

struct Person {
  std::optional<std::string> key;   // nothing: no run has looked yet
  bool changed = false;             // and not looked at since
  std::vector<store::HoldRow> holds;
};

scim::Answer<std::string> last_error(const Context& c, const std::string& provider, const std::string& person) {
  store::State::ActionFilter filter;
  filter.person = person;
  filter.provider = provider;
  ROLLCALL_TRY(const auto actions, kept(c.state.actions(filter, 1)));
  return actions.empty() || actions.front().outcome != "failed" ? std::string() : actions.front().detail;
}

// What the provider shows; else what was written last (OneLogin v3 shows no roles).
Value roles_of(const store::AccountRow& account) {
  for (const std::string* text : {&account.body, &account.written}) {
    const auto parsed = json::parse(*text);
    const Value* roles = parsed ? parsed->find("roles") : nullptr;
    if (roles && roles->as_array()) return roles->as_array()->empty() ? Value() : *roles;
  }
  return {};
}

std::string state_of(const Person& person, const std::string& provider, const store::DesiredRow* desired, const store::AccountRow* account,
                     const std::string& error) {
  if (person.changed || !desired) return "pending";
  if (std::any_of(person.holds.begin(), person.holds.end(), [&](const auto& h) { return h.provider == provider && h.state == "held"; })) return "held";
  if (!error.empty() && desired->settled.empty()) return "failed";
  const bool suspended = account && account->status == "suspended";
  if (suspended && !desired->in_scope) return "suspended";
  // What a run has done is settled by the next one that finds nothing left: an account that is written stands here before that.
  return account && !suspended && desired->in_scope ? "provisioned" : "pending";
}

scim::Answer<std::optional<Value>> entry(const Context& c, const Person& person, const std::string& provider) {
  std::optional<store::DesiredRow> desired;
  std::optional<store::AccountRow> account;
  std::optional<store::InvitationRow> invitation;
  std::string error;
  if (person.key) {
    ROLLCALL_TRY(desired, kept(c.state.desired(provider, *person.key)));
    ROLLCALL_TRY(account, kept(c.state.account_of(provider, *person.key)));
    ROLLCALL_TRY(invitation, kept(c.state.invitation(provider, *person.key)));
    ROLLCALL_TRY(error, last_error(c, provider, *person.key));
  }
  if (!person.changed && desired && !desired->in_scope && !account) return std::optional<Value>();
  Object out{{"provider", provider}};
  out.emplace_back("state", state_of(person, provider, desired ? &*desired : nullptr, account ? &*account : nullptr, error));
  if (account) out.emplace_back("accountId", account->id);
  if (Value roles = account ? roles_of(*account) : Value(); !roles.is_null()) out.emplace_back("roles", std::move(roles));
  if (invitation) out.emplace_back("invitation", invitation->state);
  if (!error.empty()) out.emplace_back("lastError", error);
  return std::optional<Value>(std::move(out));
}

}  // namespace

scim::Answer<Value> provisioning_of(const Context& c, const store::ResourceRow& user) {
  Person person;
  ROLLCALL_TRY(person.key, kept(c.state.person_of(user.record)));
  ROLLCALL_TRY(person.changed, kept(c.state.is_dirty(user.record)));
  if (person.key) {
    ROLLCALL_TRY(person.holds, kept(c.state.holds_of(*person.key)));
  }
  Array accounts;
  for (const auto& provider : c.catalogue.providers) {
    ROLLCALL_TRY(auto one, entry(c, person, provider));
    if (one) accounts.push_back(std::move(*one));
  }
  if (accounts.empty()) return Value();
  return Value(Object{{"accounts", std::move(accounts)}});
}

}  // namespace rollcall::endpoint
