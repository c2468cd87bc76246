#include "app/commands/connect.hpp"

#include <iostream>

#include "app/console.hpp"
#include "app/wiring.hpp"
#include "language/lookup.hpp"
#include "report/escape.hpp"
#include "sync/pushed.hpp"
#include "sync/retry.hpp"

namespace rollcall::app {
namespace {

struct Tally {
  std::int64_t people = 0, groups = 0, no_email = 0, no_family = 0, no_user = 0;
};

bool meet_source(const sync::SourceSeat& seat, std::ostream& out, std::ostream& err) {
  const auto& name = seat.settings.name;
  if (sync::is_pushed(seat)) {
    out << "source " << name << ": clients push to it; `rollcall status` says how many people they have pushed\n";
    return true;
  }
  auto probe = seat.source->probe();
  if (!probe) {
    complain(err, name + ": " + probe.error().message);
    return false;
  }
  out << "source " << name << ": " << report::printable(*probe) << "\n";
  Tally t;
  const auto report = seat.source->read({}, [&](Record&& record) {
    if (record.kind == RecordKind::group) {
      ++t.groups;
      return;
    }
    ++t.people;
    const auto values = seat.mapping.identity_values(language::AttributesLookup(record.attributes));
    t.no_email += !values.contains("email");
    t.no_family += !values.contains("familyName");
    t.no_user += !values.contains("userName");
  });
  out << "  " << t.people << " people match, " << t.groups << " groups; " << t.no_email << " people without an e-mail, " << t.no_family
      << " without a family name" << (t.no_user ? ", " + std::to_string(t.no_user) + " without a user name" : "") << "\n";
  for (const auto& w : report.warnings) complain(err, name + ": " + w.record + ": " + w.detail);
  if (!report.complete) complain(err, name + ": the read is incomplete: " + report.detail);
  return report.complete;
}

bool meet_provider(sync::ProviderSeat& seat, Wiring& wiring, std::ostream& out, std::ostream& err) {
  const auto& name = seat.rules.settings.name;
  auto who = wiring.io.run(sync::retried(seat, [&] { return seat.provider->authenticate(); }));
  if (!who) {
    complain(err, name + ": " + who.error().message);
    return false;
  }
  out << "provider " << name << ": " << report::printable(*who) << "\n";
  return true;
}

}  // namespace

int connect(const Configuration& configuration, const Options&, std::ostream& out, std::ostream& err) {
  WiringOptions wish;
  wish.patience_limit = std::chrono::seconds{5};
  auto wiring = wire(configuration, wish);
  if (!wiring) {
    complain(err, said(wiring.error()));
    return exit_configuration;
  }
  int well = 0, ill = 0;
  for (const auto& seat : (*wiring)->house.sources) (meet_source(seat, out, err) ? well : ill)++;
  for (auto& seat : (*wiring)->house.providers) (meet_provider(seat, **wiring, out, err) ? well : ill)++;
  if (ill == 0) return exit_done;
  return well == 0 ? exit_nothing_done : exit_failed;
}

}  // namespace rollcall::app
