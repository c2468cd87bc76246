#include <sstream>

#include "report/duration.hpp"
#include "report/listing.hpp"

namespace rollcall::report {
namespace {

using json::Array;
using json::Object;
using json::Value;

Value or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }

Value action(const store::ActionRow& a) {
  return Object{{"kind", a.kind},
                {"provider", a.provider},
                {"user", or_null(a.person)},
                {"account", or_null(a.account)},
                {"outcome", a.outcome.empty() ? "planned" : a.outcome},
                {"detail", a.detail},
                {"name", a.name},
                {"reason", a.reason},
                {"finished", instant_json(a.finished)}};
}

}  // namespace

std::string instant_text(Instant instant) { return instant == Instant{} ? std::string() : rfc3339(instant); }

Value instant_json(Instant instant) { return or_null(instant_text(instant)); }

Value holds_json(const std::vector<store::HoldRow>& rows) {
  Array array;
  for (const store::HoldRow& h : rows) {
    if (h.state == "approved") continue;
    array.push_back(Object{{"id", h.id},
                           {"state", h.state},
                           {"until", instant_json(h.until)},
                           {"provider", or_null(h.provider)},
                           {"source", or_null(h.source)},
                           {"kind", h.kind},
                           {"user", or_null(h.person)},
                           {"name", or_null(h.name)},
                           {"reason", h.reason},
                           {"since", instant_json(h.since)},
                           {"role", or_null(h.role)},
                           {"by", or_null(h.by)}});
  }
  return array;
}

Value invitations_json(const std::vector<store::InvitationRow>& rows) {
  Array array;
  for (const store::InvitationRow& i : rows)
    array.push_back(Object{{"provider", i.provider},
                           {"user", i.person},
                           {"email", i.email},
                           {"state", i.state},
                           {"sent", instant_json(i.sent)},
                           {"reminders", i.reminders},
                           {"expires", instant_json(i.expires)},
                           {"detail", i.detail}});
  return array;
}

Value tokens_json(const std::vector<store::TokenRow>& rows) {
  Array array;
  for (const store::TokenRow& t : rows) {
    Array allow;
    std::istringstream networks(t.allow);
    for (std::string network; networks >> network;) allow.emplace_back(network);
    array.push_back(Object{{"id", t.id},
                           {"source", t.source},
                           {"created", instant_json(t.created)},
                           {"expires", instant_json(t.expires)},
                           {"allow", std::move(allow)},
                           {"last-used", instant_json(t.last_used)}});
  }
  return array;
}

Value history_json(const std::vector<HistoryRun>& runs) {
  Array array;
  for (const HistoryRun& h : runs) {
    Array actions;
    for (const store::ActionRow& a : h.actions) actions.push_back(action(a));
    array.push_back(Object{{"run", h.run.id},
                           {"started", instant_json(h.run.started)},
                           {"finished", instant_json(h.run.finished)},
                           {"result", h.run.result},
                           {"actions", std::move(actions)},
                           {"mode", h.run.mode},
                           {"plan", or_null(h.run.plan_id)},
                           {"detail", h.run.detail}});
  }
  return array;
}

}  // namespace rollcall::report
