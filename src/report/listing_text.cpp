#include "report/duration.hpp"
#include "report/escape.hpp"
#include "report/listing.hpp"
#include "report/text_table.hpp"

namespace rollcall::report {
namespace {

std::string who(const std::string& key, const std::string& name) {
  const std::string shown = printable_short(name, 40);
  return name.empty() || name == key ? key : shown + " (" + key + ")";
}

// What a hold is about: a person, or a read of a source or provider as a whole.
std::string subject(const store::HoldRow& h) {
  if (h.person.empty()) return h.source.empty() ? h.provider : "source " + h.source;
  return who(h.person, h.name) + (h.role.empty() ? "" : " role " + quoted_short(h.role, 40));
}

std::string hold_note(const store::HoldRow& h) {
  std::string note = h.reason;
  if (h.state == "waived" && h.until != Instant{}) note += " (until " + rfc3339(h.until) + ")";
  return note;
}

std::string run_line(const store::RunRow& run) {
  std::string line = "run " + printable(run.id) + "  " + printable(run.mode) + "  " + printable(run.result) + "  " +
                     (run.started == Instant{} ? "not started" : rfc3339(run.started));
  if (run.finished != Instant{}) line += ", took " + rough_duration(run.finished - run.started);
  return line;
}

}  // namespace

std::string holds_text(const std::vector<store::HoldRow>& rows, std::size_t width) {
  TextTable table({"ID", "STATE", "PROVIDER", "KIND", "SINCE", "WHO"});
  for (const store::HoldRow& h : rows)
    if (h.state != "approved")
      table.row({h.id, h.state, h.provider, h.kind, instant_text(h.since), subject(h)}, hold_note(h));
  if (table.empty()) return "Nothing is held.\n";
  return table.text(0, width) + "\n" +
         wrapped(
             "`rollcall approve ID` lets it happen, `rollcall reject ID` sets it aside for "
             "30 days; --provider, --kind, --user and --all name many.",
             0, width) +
         "\n";
}

std::string invitations_text(const std::vector<store::InvitationRow>& rows, std::size_t width) {
  if (rows.empty()) return "No invitations.\n";
  TextTable table({"STATE", "PROVIDER", "USER", "EMAIL", "SENT", "REMINDERS", "EXPIRES"});
  for (const store::InvitationRow& i : rows)
    table.row({i.state, i.provider, i.person, i.email, instant_text(i.sent), std::to_string(i.reminders),
               instant_text(i.expires)},
              i.detail);
  return table.text(0, width);
}

std::string tokens_text(const std::vector<store::TokenRow>& rows, std::size_t width) {
  if (rows.empty()) return "No tokens.\n";
  const auto or_never = [](Instant at) { return at == Instant{} ? std::string("never") : instant_text(at); };
  TextTable table({"ID", "SOURCE", "CREATED", "EXPIRES", "LAST USED", "ALLOWED FROM"});
  for (const store::TokenRow& t : rows)
    table.row({t.id, t.source, instant_text(t.created), or_never(t.expires), or_never(t.last_used), t.allow.empty() ? "everywhere" : t.allow}, "");
  return table.text(0, width);
}

std::string history_text(const std::vector<HistoryRun>& runs, std::size_t width) {
  if (runs.empty()) return "No runs.\n";
  std::string out;
  for (const HistoryRun& h : runs) {
    if (!out.empty()) out += '\n';
    out += run_line(h.run) + '\n';
    if (!h.run.detail.empty()) out += "  " + wrapped(printable(h.run.detail), 2, width) + '\n';
    TextTable table({"OUTCOME", "KIND", "PROVIDER", "ACCOUNT", "WHO"});
    for (const store::ActionRow& a : h.actions)
      table.row({a.outcome.empty() ? "planned" : a.outcome, a.kind, a.provider, a.account, who(a.person, a.name)},
                a.detail);
    out += table.empty() ? "  no actions\n" : table.text(2, width);
  }
  return out;
}

}  // namespace rollcall::report
