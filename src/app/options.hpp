// The command line as values (contract section 1), over CLI11, which no header shows. Nothing here touches a file.
// Values.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "rollcall/clock.hpp"

namespace rollcall::app {

inline constexpr int exit_done = 0, exit_nothing_done = 1, exit_changes = 2, exit_held = 3, exit_failed = 4,
                     exit_usage = 64, exit_configuration = 78;

enum class Command {
  check, plan, apply, run, status, explain, history, holds, approve, reject, suspend, release, link, unlink, unjoin, retire, undo,
  invitations, invitations_resend, invitations_cancel, test_mapping, providers, token_create, token_list, token_revoke
};

struct Options {
  Command command = Command::check;
  // every command
  std::string file = "/etc/rollcall/rollcall.toml";
  std::string mappings;  // --mappings; empty: see data_folder()
  int verbose = 0;
  bool quiet = false, no_color = false;
  bool json = false;  // status explain history holds invitations test-mapping providers, token list
  // check
  bool connect = false;
  // plan
  std::string format = "text";  // text json html
  std::string output;           // -o
  bool exit_code = false, offline = false;
  // plan, approve, reject, suspend, link, unlink, invitations: one provider; plan, explain, history, approve, reject, and all about people: one person
  std::string provider, user;
  std::string account, source, record;  // link; unjoin
  // apply
  std::string plan_file;  // empty: plan and carry out at once
  bool yes = false;
  Duration wait{0};
  // run
  bool observe = false;
  // undo
  bool preview = false;  // --format or -o is there: show it or save it, do not ask
  // history, undo: a run's id; undo also takes its beginning
  std::string run;
  std::optional<Duration> since_ago;  // --since 24h
  std::optional<Instant> since;       // --since 2026-11-21 or RFC 3339
  bool failed = false;
  // invitations
  std::string state;
  // token: `source`, above
  std::optional<Duration> expires;
  std::vector<std::string> allow;  // networks
  std::string token;               // an id
  // approve, reject
  std::vector<std::string> ids;
  std::string kind;
  bool all = false;
  Duration waive_for = std::chrono::days(30);
  // test-mapping
  std::string mapping, input;  // a name or path; empty or "-": standard input
};

// `arguments` without the program's name. --help and --version write to `out` and yield exit code 0; wrong usage writes
// to `err` and yields 64.
tl::expected<Options, int> parse_options(std::vector<std::string> arguments, std::ostream& out, std::ostream& err);

}  // namespace rollcall::app
