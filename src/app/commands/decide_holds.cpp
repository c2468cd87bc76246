#include "app/commands/decide_holds.hpp"

#include <algorithm>
#include <iostream>

#include "app/commands/check.hpp"
#include "app/console.hpp"
#include "app/privileges.hpp"
#include "app/session.hpp"
#include "endpoint/control.hpp"
#include "report/listing.hpp"

namespace rollcall::app {
namespace {

// What the command line names: ids, or everything that fits --user, --provider, --kind, --all.
Result<std::vector<store::HoldRow>> chosen(store::State& state, const Options& o) {
  ROLLCALL_TRY(const auto rows, state.holds());
  std::string user;
  if (!o.user.empty()) {
    ROLLCALL_TRY(user, person_named(state, o.user));
  }
  std::vector<store::HoldRow> out;
  for (const auto& id : o.ids)
    if (std::none_of(rows.begin(), rows.end(), [&](const auto& h) { return h.id == id; }))
      return fail(ErrorKind::not_found, "nothing is held under the id \"" + id + "\"; `rollcall holds` lists what is");
  for (const auto& h : rows) {
    const bool named = std::find(o.ids.begin(), o.ids.end(), h.id) != o.ids.end();
    const bool fits = o.ids.empty() && (user.empty() || h.person == user) && (o.provider.empty() || h.provider == o.provider) &&
                      (o.kind.empty() || h.kind == o.kind);
    if (named || fits) out.push_back(h);
  }
  return out;
}

Result<std::size_t> approve_rows(store::State& state, const std::vector<store::HoldRow>& rows) {
  std::size_t count = 0;
  for (auto row : rows) {
    if (row.state == "approved") continue;
    ++count;
    if (row.state == "waived") {                    // the waiver ends; the brakes look at it anew
      ROLLCALL_CHECK(state.erase_hold(row.id));
      continue;
    }
    if (row.kind == "read" && !row.source.empty()) {
      ROLLCALL_TRY(auto source, state.source(row.source));
      if (source) {
        source->accepted = row.id;
        ROLLCALL_CHECK(state.put_source(*source));
      }
    } else if (row.kind == "read") {
      ROLLCALL_TRY(auto provider, state.provider(row.provider));
      if (provider) {
        provider->accepted = row.id;
        ROLLCALL_CHECK(state.put_provider(*provider));
      }
    }
    row.state = "approved";
    ROLLCALL_CHECK(state.put_hold(row));
  }
  return count;
}

Result<std::size_t> reject_rows(store::State& state, const std::vector<store::HoldRow>& rows, Duration time) {
  std::size_t count = 0;
  for (auto row : rows) {
    if (row.kind == "read" || row.state != "held") continue;   // a read that looks wrong stays unbelieved by itself
    row.state = "waived";
    row.until = system_now() + time;
    ++count;
    ROLLCALL_CHECK(state.put_hold(row));
  }
  return count;
}

int decide(const Options& options, std::ostream& out, std::ostream& err, bool yes) {
  if (options.ids.empty() && options.user.empty() && options.provider.empty() && options.kind.empty() && !options.all) {
    complain(err, std::string("say what to ") + (yes ? "approve" : "reject") + ": ids, --user, --provider, --kind or --all");
    return exit_usage;
  }
  const auto configuration = load_or_complain(options, err);
  if (!configuration) return exit_configuration;
  if (auto owner = become_owner_of_state(configuration->settings.state.url); !owner) {
    complain(err, owner.error().message);
    return exit_nothing_done;
  }
  std::size_t count = 0;
  const auto work = [&]() -> Result<void> {
    ROLLCALL_TRY(auto state, open_existing(configuration->settings.state.url));
    return state->transaction([&]() -> Result<void> {
      ROLLCALL_TRY(const auto rows, chosen(*state, options));
      ROLLCALL_TRY(count, yes ? approve_rows(*state, rows) : reject_rows(*state, rows, options.waive_for));
      return {};
    });
  };
  if (auto done = work(); !done) {
    complain(err, done.error().message);
    return exit_nothing_done;
  }
  endpoint::wake_daemon(configuration->settings.admin.control);   // a running daemon acts at once
  out << count << (yes ? " approved; the next run carries them out if nothing has changed\n" : " rejected\n");
  return exit_done;
}

}  // namespace

int holds(const Options& options, std::ostream& out, std::ostream& err) {
  const auto configuration = load_or_complain(options, err);
  if (!configuration) return exit_configuration;
  auto state = store::State::open(configuration->settings.state.url, store::Access::read);
  std::vector<store::HoldRow> rows;
  if (state) {
    auto read = (*state)->holds();
    if (!read) {
      complain(err, read.error().message);
      return exit_nothing_done;
    }
    rows = std::move(*read);
  } else if (state.error().kind != ErrorKind::not_found) {
    complain(err, state.error().message);
    return exit_nothing_done;
  }
  std::erase_if(rows, [&](const auto& h) {
    return h.state == "approved" || (!options.provider.empty() && h.provider != options.provider) ||
           (!options.kind.empty() && h.kind != options.kind);
  });
  if (options.json)
    out << json::write_pretty(report::holds_json(rows)) << "\n";
  else
    out << report::holds_text(rows);
  return exit_done;
}

int approve(const Options& options, std::ostream& out, std::ostream& err) { return decide(options, out, err, true); }
int reject(const Options& options, std::ostream& out, std::ostream& err) { return decide(options, out, err, false); }

}  // namespace rollcall::app
