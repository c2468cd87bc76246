#include "report/plan_words.hpp"

#include <algorithm>
#include <unordered_map>

#include "report/escape.hpp"

namespace rollcall::report {
namespace {

const std::string* role_of(const Action& action) {
  if (action.changes.size() != 1 || action.changes[0].field != "role") return nullptr;
  const Change& change = action.changes[0];
  if (action.kind == ActionKind::assign && change.to) return &*change.to;
  if (action.kind == ActionKind::revoke && change.from && !change.to) return &*change.from;
  return nullptr;
}

std::string_view object_of(ActionKind kind) {
  switch (kind) {
    case ActionKind::assign:
    case ActionKind::revoke:
      return " roles";
    case ActionKind::invite:
      return "";
    case ActionKind::cancel:
      return " invitation";
    default:
      return " account";
  }
}

std::string_view leave_words(std::string_view on_leave) {
  if (on_leave == "keep") return "the accounts of people who leave stay as they are";
  if (on_leave == "suspend") return "the accounts of people who leave are suspended";
  return "the accounts of people who leave are deleted in the same run";
}

void append(std::string& sentence, std::string_view separator, const std::string& part) {
  if (!sentence.empty()) sentence += separator;
  sentence += part;
}

}  // namespace

std::int64_t count(const ProviderPlan& provider, std::string_view key) {
  const auto it = provider.summary.find(std::string(key));
  return it == provider.summary.end() ? 0 : it->second;
}

std::string plural(std::int64_t n, std::string_view one, std::string_view many) {
  return std::to_string(n).append(1, ' ').append(n == 1 ? one : many);
}

char sign(ActionKind kind) {
  switch (kind) {
    case ActionKind::create:
    case ActionKind::assign:
    case ActionKind::invite:
    case ActionKind::reactivate:
    case ActionKind::adopt:
      return '+';
    case ActionKind::update:
      return '~';
    default:
      return '-';
  }
}

std::string title(const Action& action) {
  std::string text(to_string(action.kind));
  if (const std::string* role = role_of(action)) return text + " role " + quoted_short(*role, 40);
  text += object_of(action.kind);
  const bool names_account = action.kind != ActionKind::invite && action.kind != ActionKind::cancel;
  if (action.account && names_account)
    text.append(object_of(action.kind) == " account" ? " " : " of account ")
        .append(printable_short(*action.account, 40));
  return text;
}

bool title_says_changes(const Action& action) { return role_of(action) != nullptr; }

std::string policy_keys(const ProviderPlan& p) {
  std::string text = "on-leave " + printable(p.on_leave);
  if (p.delete_after) text += ", delete-after " + printable(*p.delete_after);
  return text += p.adopt ? ", adopt true" : ", adopt false";
}

std::string policy_sentence(const ProviderPlan& p) {
  std::string text(leave_words(p.on_leave));
  if (p.delete_after && p.on_leave == "suspend") text += " and deleted after " + printable(*p.delete_after);
  return text += p.adopt ? "; matching accounts that rollcall did not make are taken over"
                         : "; accounts that rollcall did not make are left alone";
}

std::string source_incomplete_means() {
  return "Nobody counts as gone because this read lacks them; what it did show is used.";
}

std::string provider_incomplete_means() {
  return "Nobody is created, adopted or invited here, and no account counts as gone.";
}

std::string sum_sentence(const ProviderPlan& p) {
  std::string text;
  for (const ActionKind kind : all_action_kinds)
    if (const auto n = count(p, to_string(kind)); n > 0)
      append(text, ", ", std::to_string(n).append(" to ").append(to_string(kind)));
  if (text.empty()) text = "nothing to do";
  if (const auto n = count(p, "held"); n > 0) append(text, "; ", std::to_string(n) + " held");
  return text;
}

std::string rest_sentence(const ProviderPlan& p) {
  std::string text;
  const auto add = [&](std::string_view key, std::string_view one, std::string_view many) {
    if (const auto n = count(p, key); n > 0) append(text, ", ", plural(n, one, many));
  };
  add("unchanged", "unchanged", "unchanged");
  add("conflicts", "conflict", "conflicts");
  add("waived", "waived", "waived");
  add("unmanaged", "unmanaged account", "unmanaged accounts");
  add("protected", "protected account", "protected accounts");
  return text;
}

std::string cost_sentence(const ProviderPlan& p) {
  if (p.calls == 0) return {};
  std::string time = std::to_string(p.seconds) + " s";
  if (p.seconds >= 7200)
    time = std::to_string((p.seconds + 1800) / 3600) + " h";
  else if (p.seconds >= 180)
    time = std::to_string((p.seconds + 30) / 60) + " min";
  return plural(p.calls, "call", "calls") + ", about " + time;
}

bool has_changes(const Plan& plan) {
  return std::any_of(plan.providers.begin(), plan.providers.end(), [](const ProviderPlan& p) {
    return std::any_of(p.actions.begin(), p.actions.end(), [](const Action& a) { return !a.waived; });
  });
}

std::vector<PersonActions> by_person(const ProviderPlan& provider) {
  std::vector<PersonActions> people;
  std::unordered_map<std::string_view, std::size_t> index;
  for (const Action& action : provider.actions) {
    if (action.waived) continue;  // counted, not shown
    const auto [it, added] = index.try_emplace(action.user, people.size());
    if (added) people.push_back({action.user, action.name, {}});
    people[it->second].actions.push_back(&action);
  }
  return people;
}

std::vector<std::string_view> held_kinds(const ProviderPlan& provider) {
  std::vector<std::string_view> kinds;
  for (const ActionKind kind : all_action_kinds)
    if (std::any_of(provider.actions.begin(), provider.actions.end(),
                    [kind](const Action& a) { return a.held && a.kind == kind; }))
      kinds.push_back(to_string(kind));
  return kinds;
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view bare = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+=,";
  if (!text.empty() && text.find_first_not_of(bare) == text.npos) return std::string(text);
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? "'\\''" : std::string(1, c);
  return word + "'";
}

}  // namespace rollcall::report
