// LoginRadius as a Provider: verbs over HttpClient. What they say and hear is in wire.hpp, what can go wrong in errors.hpp, the
// vendor's habits in README.md. Thread rule: verbs may overlap on one executor; nothing is remembered between them.
#pragma once

#include "rollcall/provider.hpp"

namespace rollcall::providers::loginradius {

ProviderType type();  // the row of the table
Capabilities capabilities();

std::unique_ptr<Provider> make(const std::string& url, std::chrono::milliseconds timeout,
                               const std::map<std::string, std::string>& options,
                               const std::map<std::string, Secret>& secrets, HttpClient& client);

}  // namespace rollcall::providers::loginradius
