// What a plan means, in words that its text and its HTML form share. Values of others come through report::printable
// already. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rollcall/plan.hpp"

namespace rollcall::report {

std::int64_t count(const ProviderPlan& provider, std::string_view key);  // of the summary; 0 when it is not there
std::string plural(std::int64_t n, std::string_view one, std::string_view many);  // "1 call", "9 calls"

char sign(ActionKind kind);                     // + gives, - takes away, ~ changes
std::string title(const Action& action);        // `assign role "Sales"`, `suspend account 123`
bool title_says_changes(const Action& action);  // an assign or revoke of one role: its title is its one change

// `on-leave suspend, delete-after 30d, adopt true`, and what that means.
std::string policy_keys(const ProviderPlan& provider);
std::string policy_sentence(const ProviderPlan& provider);
std::string source_incomplete_means();
std::string provider_incomplete_means();

std::string sum_sentence(const ProviderPlan& provider);   // "2 to create, 1 to update; 3 held", or "nothing to do"
std::string rest_sentence(const ProviderPlan& provider);  // "95 unchanged, 1 conflict"; empty when there is none
std::string cost_sentence(const ProviderPlan& provider);  // "9 calls, about 7 s"; empty when there is none
bool has_changes(const Plan& plan);

// One person's actions, in the plan's order; people in the order of their first action.
struct PersonActions {
  std::string user, name;
  std::vector<const Action*> actions;
};
std::vector<PersonActions> by_person(const ProviderPlan& provider);  // points into `provider`

// The kinds that are held, each once, for `rollcall approve --provider NAME --kind KIND`.
std::vector<std::string_view> held_kinds(const ProviderPlan& provider);

// An argument as a POSIX shell needs it: bare, or in single quotes.
std::string shell_word(std::string_view text);

}  // namespace rollcall::report
