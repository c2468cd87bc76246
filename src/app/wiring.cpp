#include "app/wiring.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "app/secrets.hpp"
#include "crypto/hash.hpp"
#include "log/log.hpp"
#include "net/mail.hpp"
#include "sources/sources.hpp"
#include "sync/throttle.hpp"

namespace rollcall::app {
namespace {

Result<void> seat_source(Wiring& w, const SourceSettings& settings, const language::SourceMapping& mapping, const WiringOptions& o) {
  sync::SourceSeat seat;
  seat.settings = settings;
  seat.mapping = mapping;
  seat.order = w.house.sources.size();
  seat.config_hash = mapping.fingerprint;
  if (!o.offline) {
    if (settings.type == "ldap") {
      Secret password;
      if (settings.bind_password.present()) {
        ROLLCALL_TRY(password, read_secret(settings.bind_password));
      }
      ROLLCALL_TRY(seat.source, sources::make_ldap_source(settings, mapping.shape(), std::move(password)));
    } else if (settings.type == "ldif") {
      ROLLCALL_TRY(seat.source, sources::make_ldif_source(settings, mapping.shape()));
    }                                              // scim: clients push, the endpoint writes
  }
  w.house.sources.push_back(std::move(seat));
  return {};
}

// What decisions about this provider depend on: a change of it makes everything look at everybody again.
std::string decision_hash(const core::ProviderRules& rules, const Settings& settings) {
  const auto& s = rules.settings;
  std::ostringstream text;
  text << rules.mapping.fingerprint << '|' << s.on_leave << '|' << s.adopt << '|' << s.scope << '|' << s.invite.present << '|'
       << s.invite.when << '|' << s.invite.to << '|' << (s.invite.remind ? s.invite.remind->count() : 0) << '|' << s.invite.reminders << '|'
       << s.invite.quiet << '|' << (s.invite.wave ? s.invite.wave->count : 0) << '|' << (s.delete_after ? s.delete_after->count() : 0);
  for (const auto& name : s.match) text << "|m" << name;
  for (const auto& name : s.protect) text << "|p" << name;
  for (const auto& r : s.roles) text << "|r" << r.role << '\n' << r.group << '\n' << r.source << '\n' << r.when;
  for (const auto& source : settings.sources) text << "|s" << source.name;
  for (const auto& key : settings.join.keys) text << "|k" << key;
  for (const auto& [name, from] : settings.join.authority) {
    text << "|a" << name;
    for (const auto& source : from) text << ',' << source;
  }
  return crypto::content_id(text.str());
}

std::shared_ptr<sync::Throttle> throttle_for(Wiring& w, const ProviderSettings& settings) {
  for (const auto& other : w.house.providers)    // the vendor counts by account, whoever asks
    if (other.throttle && other.rules.settings.url == settings.url) return other.throttle;
  return std::make_shared<sync::Throttle>(settings.rate, settings.concurrency);
}

Result<void> seat_provider(Wiring& w, const Configuration& configuration, const core::ProviderRules& rules, const WiringOptions& o) {
  const Settings& settings = configuration.settings;
  const auto& s = rules.settings;
  const ProviderType* type = find_provider_type(s.type);
  sync::ProviderSeat seat;
  seat.rules = rules;
  seat.capabilities = type->capabilities;
  if (takes_passwords(configuration)) seat.password_field = rules.mapping.password_field;
  seat.config_hash = decision_hash(rules, settings) + (seat.password_field.empty() ? "" : "+password");
  seat.patience = o.patience_limit.count() > 0 ? std::min(o.patience_limit, s.retry) : s.retry;
  seat.throttle = throttle_for(w, s);
  if (!o.offline) {
    std::map<std::string, Secret> secrets;
    for (const auto& [key, ref] : s.secrets) {
      if (!ref.present()) continue;              // one of two that exclude each other
      ROLLCALL_TRY(secrets[key], read_secret(ref));
    }
    auto& client = *w.throttled.emplace_back(sync::throttled(*w.client, seat.throttle));
    seat.provider = type->make(s.url, s.timeout, s.options, secrets, client);
    seat.capabilities = seat.provider->capabilities();
    std::set<std::string> enforced;
    for (const auto& [field, value] : rules.mapping.account) enforced.insert(field);
    seat.provider->enforces(enforced);
    if (!seat.password_field.empty()) {
      ROLLCALL_TRY(Secret key, read_state_key(settings.state.key));
      seat.seal = std::make_shared<const crypto::Seal>(std::move(key));
    }
  }
  w.house.providers.push_back(std::move(seat));
  return {};
}

Result<void> seat_mail(Wiring& w, const ProviderSettings& s, const Settings& settings) {
  if (!s.invite.present) return {};
  if (!s.invite.template_file.empty()) {
    std::ifstream file(s.invite.template_file);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return fail(ErrorKind::invalid, "the invitation template " + s.invite.template_file + " cannot be read", s.invite.template_file);
    w.templates[s.name] = text.str();
  }
  if (s.invite.deliver == "file") {
    w.mail[s.name] = w.transports.emplace_back(net::make_outbox(s.invite.path)).get();
  } else if (s.invite.deliver == "smtp") {
    net::SmtpOptions smtp;
    smtp.url = settings.smtp.url;
    smtp.user = settings.smtp.user;
    if (settings.smtp.password.present()) {
      ROLLCALL_TRY(smtp.password, read_secret(settings.smtp.password));
    }
    w.mail[s.name] = w.transports.emplace_back(net::make_smtp(std::move(smtp))).get();
  }
  return {};
}

}  // namespace

// Whatever ends the process or the configuration, a provider that hangs keeps it for some seconds only: SIGTERM has ten.
Wiring::~Wiring() {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{4};
  std::vector<std::pair<std::string, std::future<Result<void>>>> closing;
  for (auto& seat : house.providers)
    if (seat.provider) closing.emplace_back(seat.rules.settings.name, boost::asio::co_spawn(io.executor(), seat.provider->close(), boost::asio::use_future));
  for (auto& [name, closed] : closing) {
    const bool ended = closed.wait_until(end) == std::future_status::ready;
    const auto result = ended ? closed.get() : fail(ErrorKind::timeout, "no answer in time");
    if (!result) log::warn("the provider could not be closed", {{"provider", name}, {"problem", result.error().message}});
  }
  io.finish();                   // what still waits for an answer waits in vain
}

void Wiring::halt() {
  for (auto& seat : house.providers)
    if (seat.throttle) seat.throttle->halt();
  for (auto& seat : house.sources)
    if (seat.source) seat.source->cancel();
}

bool takes_passwords(const Configuration& configuration) {
  const auto& mappings = configuration.source_mappings;
  return configuration.settings.state.key.present() &&
         std::any_of(mappings.begin(), mappings.end(), [](const auto& mapping) { return mapping.second.takes_passwords; });
}

void use_zone(const Settings& settings) {
  if (settings.schedule.zone.empty()) return;
  ::setenv("TZ", settings.schedule.zone.c_str(), 1);
  ::tzset();
}

std::string said(const Error& error) { return error.where.empty() ? error.message : error.where + ": " + error.message; }

Result<std::unique_ptr<Wiring>> wire(const Configuration& configuration, const WiringOptions& options) {
  const Settings& settings = configuration.settings;
  auto w = std::make_unique<Wiring>();
  w->house.settings = settings;
  w->client = net::make_client(w->io.executor());
  w->postman.from = settings.smtp.present ? settings.smtp.from : "rollcall <rollcall@localhost>";
  for (const auto& source : settings.sources)
    ROLLCALL_CHECK(seat_source(*w, source, configuration.source_mappings.at(source.name), options));
  for (const auto& provider : settings.providers) {
    ROLLCALL_CHECK(seat_provider(*w, configuration, configuration.providers.at(provider.name), options));
    if (!options.offline && options.sends_mail) ROLLCALL_CHECK(seat_mail(*w, provider, settings));
  }
  return w;
}

}  // namespace rollcall::app
