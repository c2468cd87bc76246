// The SCIM endpoint for a fuzz target: no socket, a state on disk with a few resources, which can be begun anew. Owned by the target; one thread.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "endpoint/metrics.hpp"
#include "endpoint/scim/service.hpp"
#include "json/json.hpp"
#include "rollcall/http.hpp"

namespace rollcall::fuzz {

// Neither may stand in any answer: a password that somebody has, and the name of a User of another source.
inline constexpr const char* password = "Sesam-Orakel-73";
inline constexpr const char* stranger = "Fremdling-4711";

struct Answered {
  int status = 0;
  Headers headers;
  std::string text;
  json::Value body;     // null when there is none, or no JSON
  std::string header(std::string_view name) const { return std::string(header_value(headers, name)); }
};

std::string replaced(std::string text, const std::string& from, const std::string& to);   // everywhere

class Endpoint {
 public:
  Endpoint();
  ~Endpoint();
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  void begin();                                           // the state as it was first
  Answered ask(HttpRequest request);                      // Host, Authorization and Content-Type are added where they are missing
  Answered ask(const std::string& method, const std::string& path, const std::string& body = {});
  const std::string& id(const std::string& name) const { return ids_.at(name); }
  std::string filled(std::string text) const;             // `@ada` and the like as ids
  const std::string& token() const { return token_; }

 private:
  std::string give_token(const std::string& source) const;
  void open(const std::string& file);
  void make();
  std::string add(const std::string& path, const std::string& body);

  std::filesystem::path folder_;
  std::string token_;
  std::map<std::string, std::string> ids_;                // by name, with its `@`
  Instant now_{std::chrono::hours{24 * 365 * 50}};
  endpoint::Metrics metrics_;
  boost::asio::io_context io_;
  std::shared_ptr<endpoint::ScimHandler> handler_;
};

}  // namespace rollcall::fuzz
