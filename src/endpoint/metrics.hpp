// The metrics of contract section 7 (Prometheus text), over prometheus-cpp, which no header shows. Handles are resolved once.
// Thread rule: any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace rollcall::endpoint {

// What is known after a turn, for the gauges.
struct Figures {
  struct ProviderFigures {
    double last_success = 0;   // seconds since 1970
    std::int64_t pending = 0, held = 0, waived = 0;
    std::map<std::string, std::int64_t> invitations;  // by state
    bool quarantined = false;
  };
  struct SourceFigures {
    double last_complete = 0;
    std::int64_t identities = 0;
  };
  std::map<std::string, ProviderFigures> providers;
  std::map<std::string, SourceFigures> sources;
  std::map<std::string, double> token_expiry;   // by source: its token that ends first, seconds since 1970
};

class Metrics {
 public:
  Metrics();
  ~Metrics();
  void action(const std::string& provider, const std::string& kind, const std::string& outcome);
  void request(const std::string& provider, int status, double seconds);   // status 0: no answer
  void scim_request(const std::string& method, const std::string& resource, int status, double seconds);
  void scim_limit(const std::string& limit);                               // a client ran into it
  void set(const Figures& figures);
  std::string text() const;                                                // text exposition format 0.0.4

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

}  // namespace rollcall::endpoint
