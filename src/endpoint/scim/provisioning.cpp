#include "endpoint/scim/provisioning.hpp"

namespace rollcall::endpoint {
namespace {

using json::Array;
using json::Object;
using json::Value;
using Outcome = store::State::Outcome;

// What the provider shows; else what was written last (OneLogin v3 shows no roles).
Value roles_of(const Outcome& o) {
  for (const std::string* text : {&o.body, &o.written}) {
    const auto parsed = json::parse(*text);
    const Value* roles = parsed ? parsed->find("roles") : nullptr;
    if (roles && roles->as_array()) return roles->as_array()->empty() ? Value() : *roles;
  }
  return {};
}

// `looked_at`: a run has, and nothing has changed since.
std::string state_of(bool looked_at, const Outcome& o) {
  if (!looked_at || !o.known) return "pending";
  if (o.held) return "held";
  if (!o.error.empty() && !o.settled) return "failed";
  const bool suspended = o.status == "suspended";
  if (suspended && !o.in_scope) return "suspended";
  // What a run has done is settled by the next one that finds nothing left: an account that is written stands here before that.
  return !o.account.empty() && !suspended && o.in_scope ? "provisioned" : "pending";
}

Value entry(const std::string& provider, bool looked_at, const Outcome& o) {
  Object out{{"provider", provider}, {"state", state_of(looked_at, o)}};
  if (!o.account.empty()) {
    out.emplace_back("accountId", o.account);
    if (Value roles = roles_of(o); !roles.is_null()) out.emplace_back("roles", std::move(roles));
  }
  if (!o.invitation.empty()) out.emplace_back("invitation", o.invitation);
  if (!o.error.empty()) out.emplace_back("lastError", o.error);
  return out;
}

}  // namespace

scim::Answer<Value> provisioning_of(const Context& c, const store::ResourceRow& user) {
  ROLLCALL_TRY(const auto standing, kept(c.state.standing(user.record)));
  Array accounts;
  for (const auto& provider : c.catalogue.providers) {
    Outcome o;
    if (!standing.person.empty()) {
      ROLLCALL_TRY(o, kept(c.state.outcome(provider, standing.person)));
    }
    const bool nothing = !standing.dirty && o.known && !o.in_scope && o.account.empty();
    if (!nothing) accounts.push_back(entry(provider, !standing.dirty, o));
  }
  if (accounts.empty()) return Value();
  return Value(Object{{"accounts", std::move(accounts)}});
}

}  // namespace rollcall::endpoint
