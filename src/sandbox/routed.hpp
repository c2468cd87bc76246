// The frame of an emulator whose calls stand in a table by their patterns ("PUT users/{id}"): read, admit, carry out, answer in the vendor's
// form. Pure; owned as the Emulator is; one thread at a time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "sandbox/emulator.hpp"
#include "sandbox/request.hpp"

namespace rollcall::sandbox {

// A request on its way. A vendor's own is one of these with `std::string key() const`: its pattern, which decides who answers.
struct Asked {
  Asked(const HttpRequest& r, Instant n, const Distortion& d) : request(r), target(parse_target(r.url)), now(n), distortion(d) {
    for (const std::string& segment : target.segments) path.push_back(percent_decode(segment));
  }

  const HttpRequest& request;
  Target target;
  std::vector<std::string> path;  // decoded segments
  Instant now;
  const Distortion& distortion;
};

template <class Vendor, class Asked, class Body, class Refusal>
class Routed : public Emulator {
 public:
  HttpResponse handle(const HttpRequest& request, Instant now, const Distortion& distortion) override {
    const Asked asked(request, now, distortion);
    const std::string key = asked.key();
    Vendor& vendor = static_cast<Vendor&>(*this);
    if (const auto page = table().pages.find(key); page != table().pages.end()) return (vendor.*page->second)(asked);
    const auto call = table().calls.find(key);
    if (call == table().calls.end()) return nowhere(asked);
    if (const auto may = admitted(asked); !may) return answered(tl::unexpected<Refusal>(may.error()), asked);
    HttpResponse response = answered((vendor.*call->second)(asked), asked);
    complete(response, now);
    return response;
  }
  std::string pattern(const HttpRequest& request) const override {
    static const Distortion none;
    const std::string key = Asked(request, Instant{}, none).key();
    return table().pages.contains(key) || table().calls.contains(key) ? key : request.method + " ?";
  }

 protected:
  using Reply = tl::expected<Body, Refusal>;
  struct Table {
    std::map<std::string, HttpResponse (Vendor::*)(const Asked&)> pages;  // for everybody: tokens, and what a link opens
    std::map<std::string, Reply (Vendor::*)(const Asked&)> calls;
  };
  virtual const Table& table() const = 0;
  virtual tl::expected<void, Refusal> admitted(const Asked& asked) const = 0;     // to a call
  virtual HttpResponse nowhere(const Asked& asked) const = 0;
  virtual HttpResponse answered(const Reply& reply, const Asked& asked) const = 0;
  virtual void complete(HttpResponse&, Instant) const {}  // the answer to a call that was admitted
};

}  // namespace rollcall::sandbox
