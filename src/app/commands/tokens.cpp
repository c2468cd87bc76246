#include "app/commands/tokens.hpp"

#include <algorithm>
#include <iostream>

#include "app/commands/check.hpp"
#include "app/console.hpp"
#include "app/privileges.hpp"
#include "app/session.hpp"
#include "endpoint/tokens.hpp"
#include "net/network.hpp"
#include "report/listing.hpp"

namespace rollcall::app {
namespace {

Result<void> must_be_pushed_to(const Settings& settings, const std::string& source) {
  std::string names;
  for (const auto& s : settings.sources) {
    if (s.type != "scim") continue;
    if (s.name == source) return {};
    names += (names.empty() ? "" : ", ") + s.name;
  }
  return fail(ErrorKind::not_found, "no source of type scim is named \"" + source + "\"; the configuration has " + (names.empty() ? "none" : names));
}

Result<endpoint::NewToken> make(const Options& options) {
  std::vector<std::string> allow;
  for (const auto& text : options.allow) {
    ROLLCALL_TRY(std::string network, net::parse_network(text));
    allow.push_back(std::move(network));
  }
  const Instant now = system_now();
  return endpoint::make_token(options.source, allow, now, options.expires ? now + *options.expires : Instant{});
}

// From configuration to exit code.
template <class Work>
int with_configuration(const Options& options, std::ostream& err, Work&& work) {
  const auto configuration = load_or_complain(options, err);
  if (!configuration) return exit_configuration;
  if (Result<void> done = work(configuration->settings); !done) {
    complain(err, done.error().message);
    return exit_nothing_done;
  }
  return exit_done;
}

}  // namespace

// The state is made where there is none yet: the client is often set up before the first run.
int create_token(const Options& options, std::ostream& out, std::ostream& err) {
  return with_configuration(options, err, [&](const Settings& settings) -> Result<void> {
    ROLLCALL_CHECK(must_be_pushed_to(settings, options.source));
    ROLLCALL_CHECK(become_owner_of_state(settings.state.url));
    ROLLCALL_TRY(auto state, store::State::open(settings.state.url, store::Access::write));
    ROLLCALL_TRY(const auto token, make(options));
    ROLLCALL_CHECK(state->put_token(token.row));
    out << token.secret.reveal() << "\n";
    return {};
  });
}

int list_tokens(const Options& options, std::ostream& out, std::ostream& err) {
  return with_configuration(options, err, [&](const Settings& settings) -> Result<void> {
    std::vector<store::TokenRow> rows;
    auto state = store::State::open(settings.state.url, store::Access::read);
    if (!state && state.error().kind != ErrorKind::not_found) return tl::unexpected<Error>(std::move(state).error());
    if (state) {
      ROLLCALL_TRY(rows, (*state)->tokens());
    }
    out << (options.json ? json::write_pretty(report::tokens_json(rows)) + "\n" : report::tokens_text(rows));
    return {};
  });
}

int revoke_token(const Options& options, std::ostream& out, std::ostream& err) {
  return with_configuration(options, err, [&](const Settings& settings) -> Result<void> {
    ROLLCALL_CHECK(become_owner_of_state(settings.state.url));
    ROLLCALL_TRY(auto state, open_existing(settings.state.url));
    ROLLCALL_TRY(const bool was, state->erase_token(options.token));
    if (!was) return fail(ErrorKind::not_found, "there is no token with the id \"" + options.token + "\"; `rollcall token list` shows them");
    if (!options.quiet) out << "token " << options.token << " is revoked\n";
    return {};
  });
}

}  // namespace rollcall::app
