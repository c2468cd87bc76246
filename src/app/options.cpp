#include "app/options.hpp"

#include <algorithm>
#include <ostream>

#include <CLI/CLI.hpp>

#include "app/config/values.hpp"
#include "net/network.hpp"
#include "report/duration.hpp"

namespace rollcall::app {
namespace {

constexpr const char* examples = R"(Examples:
  rollcall check --connect          is everything right, and can everything be reached?
  rollcall plan -o plan.json        what would change; keep it for a review
  rollcall apply plan.json          carry out exactly what was reviewed
  rollcall explain jdoe             everything about one person
  rollcall holds                    what waits for an approval, and why
  rollcall approve --kind suspend   let it go
  rollcall undo 0195f0e2            take a run back, as far as that can be done

Exit codes: 0 done, 1 nothing could be done, 2 the plan has changes (with --exit-code), 3 something is held,
4 something failed and the rest was done, 64 wrong usage, 78 wrong configuration or mapping.)";

constexpr const char* everywhere =
    "Every command also takes -c FILE, --mappings DIR, -v, -q, --no-color, --help and --version.";

std::string as_network(const std::string& text) {
  const auto value = net::parse_network(text);
  return value ? "" : value.error().message;
}

std::string as_duration(const std::string& text) {
  const auto value = parse_duration(text);
  return value ? "" : value.error();
}

// A duration back from now, a date, or an instant.
std::string as_since(const std::string& text) {
  if (parse_duration(text) || report::parse_rfc3339(text) || report::parse_rfc3339(text + "T00:00:00Z")) return "";
  return "expected a duration such as 24h, a date such as 2026-11-21, or both date and time as RFC 3339 writes them";
}

// The texts that become other values once everything is read.
struct Raw {
  std::string wait, since, waive_for, undo_format, expires;
};

CLI::App* add(CLI::App& app, Options& options, Command command, const char* name, const char* what) {
  auto* sub = app.add_subcommand(name, what);
  sub->callback([&options, command] { options.command = command; });
  sub->fallthrough();
  sub->footer(everywhere);
  return sub;
}

void add_globals(CLI::App& app, Options& options) {
  app.add_option("-c,--config", options.file, "the configuration")->type_name("FILE")->capture_default_str();
  app.add_option("--mappings", options.mappings, "folder with the mappings (also ROLLCALL_DATA_DIR)")->type_name("DIR");
  app.add_flag("-v,--verbose", options.verbose, "say more; twice: everything");
  app.add_flag("-q,--quiet", options.quiet, "say errors only");
  app.add_flag("--no-color", options.no_color, "no colours (also NO_COLOR)");
  app.set_help_flag("-h,--help", "this text");
  app.set_version_flag("--version", "rollcall " ROLLCALL_VERSION, "the version");
}

void add_work(CLI::App& app, Options& o, Raw& raw) {
  auto* check = add(app, o, Command::check, "check", "validate the configuration and the mappings; touches nothing");
  check->add_flag("--connect", o.connect, "also bind to every source and authenticate to every provider");

  auto* plan = add(app, o, Command::plan, "plan", "show what would change; changes nothing");
  plan->add_option("--format", o.format, "text, json or html")
      ->check(CLI::IsMember({"text", "json", "html"}))
      ->capture_default_str();
  plan->add_option("-o,--output", o.output, "save the plan for apply, as JSON")->type_name("FILE");
  plan->add_option("--provider", o.provider, "this provider only")->type_name("NAME");
  plan->add_option("--user", o.user, "this person only: key, user name, e-mail or DN")->type_name("USER");
  plan->add_flag("--exit-code,--detailed-exitcode", o.exit_code, "exit 2 when the plan has changes");
  plan->add_flag("--offline", o.offline, "from the last known state, without network");

  auto* apply = add(app, o, Command::apply, "apply", "carry out a saved plan, or plan and carry out at once");
  apply->add_option("PLANFILE", o.plan_file, "a plan saved by plan -o");
  apply->add_flag("--yes", o.yes, "do not ask");
  apply->add_option("--wait", raw.wait, "how long to wait while another process holds the state")
      ->type_name("DURATION")
      ->check(as_duration);

  auto* undo = add(app, o, Command::undo, "undo", "take back what a run did: shows the plan and asks");
  undo->add_option("RUN", o.run, "the run's id as history shows it, or its beginning")->required();
  undo->add_option("--format", raw.undo_format, "show the plan as text, json or html; with no --yes that is all")
      ->check(CLI::IsMember({"text", "json", "html"}));
  undo->add_option("-o,--output", o.output, "save the plan for apply, as JSON; with no --yes that is all")->type_name("FILE");
  undo->add_flag("--yes", o.yes, "carry it out, do not ask");
  undo->add_option("--wait", raw.wait, "how long to wait while another process holds the state")
      ->type_name("DURATION")
      ->check(as_duration);

  auto* run = add(app, o, Command::run, "run", "the daemon");
  run->add_flag("--observe", o.observe, "plan and report on schedule, never write to a provider");
}

void add_listings(CLI::App& app, Options& o, Raw& raw) {
  auto* status = add(app, o, Command::status, "status", "last runs, pending work, holds, new problems");
  auto* explain = add(app, o, Command::explain, "explain", "everything about one person, offline");
  explain->add_option("USER", o.user, "key, user name, e-mail or DN")->required();
  auto* history = add(app, o, Command::history, "history", "runs and actions, newest first");
  history->add_option("--user", o.user, "of this person")->type_name("USER");
  history->add_option("--run", o.run, "of this run")->type_name("ID");
  history->add_option("--since", raw.since, "24h, 2026-11-21 or 2026-11-21T08:00:00Z")
      ->type_name("TIME")
      ->check(as_since);
  history->add_flag("--failed", o.failed, "only what failed");
  auto* holds = add(app, o, Command::holds, "holds", "what is held or waived, and why");
  auto* test = add(app, o, Command::test_mapping, "test-mapping", "show step by step what a mapping makes of a record");
  test->add_option("MAPPING", o.mapping, "a mapping's name or path")->required();
  test->add_option("FILE", o.input, "the record as LDIF or JSON; standard input without it");
  auto* providers = add(app, o, Command::providers, "providers", "what each type of provider can do");
  for (auto* listing : {status, explain, history, holds, test, providers}) listing->add_flag("--json", o.json, "as JSON");
}

void add_invitations(CLI::App& app, Options& o) {
  auto* list = app.add_subcommand("invitations", "who was invited, and what became of it; resend, cancel");
  list->fallthrough();
  list->footer(everywhere);
  list->require_subcommand(0, 1);
  auto* json = list->add_flag("--json", o.json, "as JSON");
  auto* provider = list->add_option("--provider", o.provider, "at this provider")->type_name("NAME");
  auto* user = list->add_option("--user", o.user, "of this person: key, user name, e-mail or DN")->type_name("USER");
  auto* state = list->add_option("--state", o.state, "in this state")
                    ->type_name("STATE")
                    ->check(CLI::IsMember({"pending", "sent", "accepted", "expired", "cancelled", "in-doubt", "failed"}));
  list->callback([&o, list] {
    if (list->get_subcommands().empty()) o.command = Command::invitations;
  });
  auto* resend = add(*list, o, Command::invitations_resend, "resend", "send a new one; the old one ends, where the provider can recall it");
  auto* cancel = add(*list, o, Command::invitations_cancel, "cancel", "end it; it is not sent again before a resend");
  for (auto* wish : {resend, cancel}) {
    wish->add_option("USER", o.user, "key, user name, e-mail or DN")->required();
    wish->add_option("--provider", o.provider, "at this provider only")->type_name("NAME");
    for (auto* of_the_list : {json, provider, user, state}) wish->excludes(of_the_list);
  }
}

void add_tokens(CLI::App& app, Options& o, Raw& raw) {
  auto* token = app.add_subcommand("token", "bearer tokens of the SCIM endpoint: create, list, revoke");
  token->fallthrough();
  token->footer(everywhere);
  token->require_subcommand(1);
  auto* create = add(*token, o, Command::token_create, "create", "make a token for a source; it is shown once, on standard output");
  create->add_option("SOURCE", o.source, "a source of type scim")->required();
  create->add_option("--expires", raw.expires, "when it ends, from now; without it: never")->type_name("DURATION")->check(as_duration);
  create->add_option("--allow", o.allow, "accept it from this network only; may stand several times")->type_name("CIDR")->allow_extra_args(false)->check(as_network);
  auto* list = add(*token, o, Command::token_list, "list", "the tokens, without what is secret");
  list->add_flag("--json", o.json, "as JSON");
  auto* revoke = add(*token, o, Command::token_revoke, "revoke", "end a token at once");
  revoke->add_option("ID", o.token, "the id that token list shows")->required();
}

// A decision needs to be about something; everything at once must be said.
std::string missing_selection(const Options& o) {
  const bool selected = !o.ids.empty() || !o.user.empty() || !o.provider.empty() || !o.kind.empty();
  if (!selected && !o.all) return "name ids, --user, --provider or --kind, or say --all";
  if (!o.ids.empty() && o.all) return "--all and ids exclude each other";
  return "";
}

void add_decisions(CLI::App& app, Options& o, Raw& raw) {
  auto* approve = add(app, o, Command::approve, "approve", "let held actions go");
  auto* reject = add(app, o, Command::reject, "reject", "waive held actions");
  for (auto* decision : {approve, reject}) {
    decision->add_option("ID", o.ids, "ids as holds shows them");
    decision->add_option("--user", o.user, "of this person")->type_name("USER");
    decision->add_option("--provider", o.provider, "at this provider")->type_name("NAME");
    decision->add_option("--kind", o.kind, "of this kind")
        ->type_name("KIND")
        ->check(CLI::IsMember(
            {"create", "update", "assign", "revoke", "suspend", "reactivate", "delete", "invite", "adopt", "read"}));
    decision->add_flag("--all", o.all, "everything that is held");
  }
  reject->add_option("--for", raw.waive_for, "how long the waiver lasts (30d)")
      ->type_name("DURATION")
      ->check(as_duration);
}

void add_people(CLI::App& app, Options& o) {
  auto* suspend = add(app, o, Command::suspend, "suspend", "the emergency brake: suspend somebody at once, past everything, until release");
  suspend->add_option("--provider", o.provider, "at this provider only")->type_name("NAME");
  auto* release = add(app, o, Command::release, "release", "take the emergency brake off");
  auto* link = add(app, o, Command::link, "link", "say that an account is this person's");
  auto* unlink = add(app, o, Command::unlink, "unlink", "say that the linked account is not this person's");
  auto* retire = add(app, o, Command::retire, "retire", "carry out now a deletion that waits for delete-after");
  for (auto* about : {suspend, release, link, unlink, retire})
    about->add_option("USER", o.user, "key, user name, e-mail or DN")->required();
  for (auto* about : {link, unlink}) about->add_option("PROVIDER", o.provider, "the provider's name")->required();
  link->add_option("ACCOUNT", o.account, "the account's id there")->required();
  auto* unjoin = add(app, o, Command::unjoin, "unjoin", "say that a record is not the person whom it was taken for");
  unjoin->add_option("SOURCE", o.source, "the source's name")->required();
  unjoin->add_option("RECORD", o.record, "the record's key, DN or user name")->required();
}

void take(const Raw& raw, Options& options) {
  if (!raw.wait.empty()) options.wait = *parse_duration(raw.wait);
  if (!raw.expires.empty()) options.expires = *parse_duration(raw.expires);
  if (!raw.waive_for.empty()) options.waive_for = *parse_duration(raw.waive_for);
  if (!raw.undo_format.empty()) options.format = raw.undo_format;
  options.preview = options.command == Command::undo && (!raw.undo_format.empty() || !options.output.empty());
  if (raw.since.empty()) return;
  if (const auto ago = parse_duration(raw.since)) {
    options.since_ago = *ago;
  } else {
    options.since = report::parse_rfc3339(raw.since);
    if (!options.since) options.since = report::parse_rfc3339(raw.since + "T00:00:00Z");
  }
}

// CLI11 says only that a command is missing, not that what stands there is none.
std::string unknown_command(const CLI::App& app) {
  const auto words = app.remaining();
  const auto word = std::find_if(words.begin(), words.end(), [](const std::string& w) { return !w.starts_with("-"); });
  return word == words.end() || !app.get_subcommands().empty() ? "" : *word + " is not a command";
}

int wrong_usage(const CLI::App& app, const std::string& message, std::ostream& err) {
  const auto chosen = app.get_subcommands();
  err << "rollcall: " << message << "\nTry: rollcall " << (chosen.empty() ? "" : chosen.front()->get_name() + " ")
      << "--help\n";
  return exit_usage;
}

}  // namespace

tl::expected<Options, int> parse_options(std::vector<std::string> arguments, std::ostream& out, std::ostream& err) {
  Options options;
  Raw raw;
  CLI::App app("rollcall makes identity providers agree with the directories: accounts, then roles, then invitations.",
               "rollcall");
  app.require_subcommand(1);
  app.footer(examples);
  add_globals(app, options);
  add_work(app, options, raw);
  add_listings(app, options, raw);
  add_decisions(app, options, raw);
  add_people(app, options);
  add_invitations(app, options);
  add_tokens(app, options, raw);
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the end
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return tl::unexpected(app.exit(error, out, err));
    const std::string unknown = unknown_command(app);
    return tl::unexpected(wrong_usage(app, unknown.empty() ? error.what() : unknown, err));
  }
  const bool decides = options.command == Command::approve || options.command == Command::reject;
  if (const auto wrong = decides ? missing_selection(options) : ""; !wrong.empty())
    return tl::unexpected(wrong_usage(app, wrong, err));
  take(raw, options);
  return options;
}

}  // namespace rollcall::app
