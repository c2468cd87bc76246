// Zitadel as a Provider: verbs over HttpClient. What they say and hear is in wire.hpp and grants.hpp, what can go wrong in
// errors.hpp, the vendor's habits in README.md. Thread rule: verbs may overlap on one executor; the token and the grants that were
// listed are remembered.
#pragma once

#include "rollcall/provider.hpp"

namespace rollcall::providers::zitadel {

ProviderType type();  // the row of the table
Capabilities capabilities();

std::unique_ptr<Provider> make(const std::string& url, std::chrono::milliseconds timeout,
                               const std::map<std::string, std::string>& options,
                               const std::map<std::string, Secret>& secrets, HttpClient& client);

}  // namespace rollcall::providers::zitadel
