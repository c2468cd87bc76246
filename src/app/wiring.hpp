// Puts the house together from the configuration: clients, throttles, sources, providers, mail. The only place that knows them all.
// Thread rule: built and used by one thread; Io carries its own.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/config/load.hpp"
#include "net/client.hpp"
#include "rollcall/mail.hpp"
#include "sync/executor.hpp"
#include "sync/house.hpp"
#include "sync/io.hpp"

namespace rollcall::app {

struct WiringOptions {
  bool offline = false;          // no sources, no providers, no secrets
  bool sends_mail = true;        // needs the SMTP password
  Duration patience_limit{};     // 0: `retry` as configured
};

struct Wiring {
  Wiring() = default;
  ~Wiring();                     // the providers' last verb, which has some seconds
  Wiring(const Wiring&) = delete;
  Wiring& operator=(const Wiring&) = delete;

  sync::Io io;                   // first in, last out: everything below runs on it
  std::unique_ptr<HttpClient> client;
  std::vector<std::unique_ptr<HttpClient>> throttled;
  sync::House house;
  std::vector<std::unique_ptr<MailTransport>> transports;
  std::map<std::string, MailTransport*> mail;        // by provider
  std::map<std::string, std::string> templates;      // by provider
  sync::PostmanOptions postman;

  void halt();                   // repeat nothing any more; cancel reads
};

// Errors are about secrets and files that the configuration names: exit 78.
Result<std::unique_ptr<Wiring>> wire(const Configuration& configuration, const WiringOptions& options);

// Whether a client may push passwords: there is a key to seal them, and a source whose mapping takes them.
bool takes_passwords(const Configuration& configuration);

// Quiet hours and end dates are in the schedule's zone: the process takes it over. Before other threads look at the clock.
void use_zone(const Settings& settings);

// An error with its place before it: FILE:LINE:COLUMN: KEY: text.
std::string said(const Error& error);

}  // namespace rollcall::app
