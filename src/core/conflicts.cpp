#include "core/conflicts.hpp"

#include <algorithm>

namespace rollcall::core {
namespace {

// A word of a command line, as a shell takes it.
std::string shell_word(const std::string& text) {
  constexpr std::string_view bare = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._@%+=:,/-";
  if (!text.empty() && text.front() != '-' && text.find_first_not_of(bare) == text.npos) return text;
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

std::string link_command(const Policy& p, const std::string& person, const std::string& account) {
  return "rollcall link " + shell_word(person) + " " + shell_word(p.provider) + " " + shell_word(account);
}

std::string unlink_command(const Policy& p, const std::string& person) {
  return "rollcall unlink " + shell_word(person) + " " + shell_word(p.provider);
}

// "source: locator", as subjects name records.
std::string unjoin_command(const std::string& record) {
  const auto colon = record.find(": ");
  return colon == record.npos ? "" : "rollcall unjoin " + shell_word(record.substr(0, colon)) + " " + shell_word(record.substr(colon + 2));
}

}  // namespace

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const auto& p : parts) out += (out.empty() ? "" : ", ") + p;
  return out;
}

Conflict conflict_of(const Subject& s, std::string kind, std::string detail, std::string settle) {
  return {std::move(kind), s.person, s.records, {}, std::move(detail), std::move(settle)};
}

void rival_conflicts(const Subject& s, const Policy& p, Decision& d) {
  for (const auto& r : s.rivals) {
    const bool email = r.field == "email";
    const std::string kind = std::string(r.linked ? "recycled-" : "duplicate-") + (email ? "email" : "username");
    Conflict c = conflict_of(s, kind,
                             (email ? "the e-mail address \"" : "the user name \"") + r.value + "\" is also that of " + r.name +
                                 " (" + r.person + ", " + r.record + ")" +
                                 (r.linked ? ", who has the account" : "; neither has an account yet") + ". Change one of the records" +
                                 (r.linked && !s.linked ? ", or give the account to the new one if they are the same person." : "."));
    if (r.linked && !s.linked) c.settle = unlink_command(p, r.person) + " && " + link_command(p, s.person, r.account);
    if (!r.record.empty()) c.records.push_back(r.record);
    d.conflicts.push_back(std::move(c));
  }
}

void invalid_conflicts(const Subject& s, Decision& d) {
  if (!s.ambiguous.empty() && !s.linked)
    d.conflicts.push_back(conflict_of(s, "ambiguous-join", s.ambiguous + ". Correct one of the records, or say that they are two people.",
                                      s.records.empty() ? "" : unjoin_command(s.records.front())));
  for (const auto& why : s.invalid) d.conflicts.push_back(conflict_of(s, "invalid", why + ". Correct the record or the mapping."));
}

std::optional<Candidate> match_or_conflict(const Subject& s, const Policy& p, Decision& d) {
  std::vector<Candidate> candidates = s.candidates;
  std::erase_if(candidates, [](const Candidate& c) { return c.refused; });
  if (candidates.empty()) candidates = s.candidates;
  std::vector<std::string> ids;
  for (const auto& candidate : candidates) ids.push_back(candidate.account);
  const Candidate& first = candidates.front();
  if (candidates.size() > 1) {
    Conflict c = conflict_of(s, "ambiguous-match", "several accounts match: " + joined(ids) + ". Say which is this person's.");
    for (const auto& id : ids) c.settle += (c.settle.empty() ? "" : "   or   ") + link_command(p, s.person, id);
    c.accounts = std::move(ids);
    d.conflicts.push_back(std::move(c));
    return std::nullopt;
  }
  if (first.linked_to.empty() && !first.isolated && !first.refused && p.adopt) return first;
  Conflict c = conflict_of(
      s, "not-adopted",
      "account " + first.account + " has the same " + joined(first.by) +
          (!first.linked_to.empty() ? " and belongs to " + first.linked_to
           : first.isolated         ? " and is protected"
           : first.refused          ? " and was unlinked from this person by hand"
                                    : " and rollcall did not make it; link it, or set adopt = true to take over such accounts"));
  c.accounts = std::move(ids);
  if (!first.isolated)
    c.settle = (first.linked_to.empty() ? "" : unlink_command(p, first.linked_to) + " && ") + link_command(p, s.person, c.accounts.front());
  d.conflicts.push_back(std::move(c));
  return std::nullopt;
}

}  // namespace rollcall::core
