#include "report/status.hpp"

#include <algorithm>

#include "report/duration.hpp"
#include "report/escape.hpp"
#include "report/listing.hpp"
#include "report/text_table.hpp"

namespace rollcall::report {
namespace {

using json::Array;
using json::Object;
using json::Value;

Value source(const store::SourceRow& s) {
  return Object{{"name", s.name},
                {"complete", s.complete},
                {"last-read", instant_json(s.last_read)},
                {"last-complete", instant_json(s.last_complete)},
                {"people", s.people},
                {"groups", s.groups},
                {"detail", s.detail}};
}

Value provider(const ProviderStatus& p) {
  Object invitations;
  for (const auto& [state, n] : p.invitations) invitations.emplace_back(state, n);
  return Object{{"name", p.row.name},
                {"complete", p.row.complete},
                {"last-complete", instant_json(p.row.last_complete)},
                {"last-success", instant_json(p.row.last_success)},
                {"accounts", p.row.accounts},
                {"detail", p.row.detail},
                {"quarantine", p.row.circuit.empty() ? Value() : Value(p.row.circuit)},
                {"retry", instant_json(p.row.retry_at)},
                {"pending", p.pending},
                {"held", p.held},
                {"waived", p.waived},
                {"invitations", std::move(invitations)}};
}

Value run(const store::RunRow& r) {
  return Object{{"run", r.id},
                {"mode", r.mode},
                {"started", instant_json(r.started)},
                {"finished", instant_json(r.finished)},
                {"result", r.result},
                {"detail", r.detail}};
}

Value problem(const Problem& p) {
  return Object{{"text", p.text}, {"since", instant_json(p.since)}, {"known", p.known}};
}

template <class Items, class Each>
Value list(const Items& items, Each each) {
  Array array;
  for (const auto& item : items) array.push_back(each(item));
  return array;
}

std::string ago(Instant then, Instant now) {
  return then == Instant{} ? "never" : rough_duration(now - then) + (then > now ? " ahead" : " ago");
}

std::string invitations_of(const ProviderStatus& p) {
  std::string text;
  for (const auto& [state, n] : p.invitations)
    if (n > 0) text += (text.empty() ? "" : ", ") + std::to_string(n) + ' ' + state;
  return text;
}

std::string provider_note(const ProviderStatus& p, Instant now) {
  if (!p.row.circuit.empty())
    return "quarantined: " + p.row.circuit + (p.row.retry_at > now ? "; next attempt " + rfc3339(p.row.retry_at) : "");
  return p.row.complete ? "" : p.row.detail;
}

std::string problems_text(const std::vector<Problem>& problems, bool known, std::string_view head, std::size_t width) {
  std::string out;
  for (const Problem& p : problems) {
    if (p.known != known) continue;
    const std::string since = p.since == Instant{} ? "" : " (since " + rfc3339(p.since) + ")";
    out += "  ! " + wrapped(printable(p.text) + since, 4, width) + '\n';
  }
  return out.empty() ? out : '\n' + std::string(head) + '\n' + out;
}

}  // namespace

Value status_json(const Status& s) {
  return Object{{"daemon", s.daemon},
                {"leading", s.leading},
                {"sources", list(s.sources, source)},
                {"providers", list(s.providers, provider)},
                {"runs", list(s.runs, run)},
                {"problems", list(s.problems, problem)}};
}

std::string status_text(const Status& s, std::size_t width) {
  std::string out = !s.daemon   ? "No daemon is running; this is what the state says.\n"
                    : s.leading ? "The daemon is running.\n"
                                : "The daemon is running and stands by: another one leads.\n";
  out += problems_text(s.problems, false, "New problems", width);
  out += problems_text(s.problems, true, "Known problems", width);
  TextTable sources({"SOURCE", "READ", "LAST COMPLETE", "PEOPLE", "GROUPS"});
  for (const store::SourceRow& r : s.sources)
    sources.row({r.name,
                 r.last_read == Instant{} ? "never"
                 : r.complete             ? "complete"
                                          : "incomplete",
                 ago(r.last_complete, s.now), std::to_string(r.people), std::to_string(r.groups)},
                r.complete ? "" : r.detail);
  if (!sources.empty()) out += '\n' + sources.text(0, width);
  TextTable providers({"PROVIDER", "LAST COMPLETE", "ACCOUNTS", "PENDING", "HELD", "WAIVED", "INVITATIONS"});
  for (const ProviderStatus& p : s.providers)
    providers.row({p.row.name, ago(p.row.last_complete, s.now), std::to_string(p.row.accounts),
                   std::to_string(p.pending), std::to_string(p.held), std::to_string(p.waived), invitations_of(p)},
                  provider_note(p, s.now));
  if (!providers.empty()) out += '\n' + providers.text(0, width);
  TextTable runs({"RUN", "MODE", "STARTED", "RESULT"});
  for (const store::RunRow& r : s.runs) runs.row({r.id, r.mode, ago(r.started, s.now), r.result}, r.detail);
  out += runs.empty() ? "\nNo run yet.\n" : '\n' + runs.text(0, width);
  return out;
}

}  // namespace rollcall::report
