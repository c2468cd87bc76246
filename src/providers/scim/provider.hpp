// Any SCIM 2.0 service as a Provider: verbs over HttpClient. What they say and hear is in wire.hpp, what fields are in fields.hpp, roles
// in groups.hpp, what services do differently in README.md. Thread rule: verbs may overlap on one executor; what discovery told and
// whether users show their groups is remembered.
#pragma once

#include "rollcall/provider.hpp"

namespace rollcall::providers::scim {

ProviderType type();  // the row of the table
Capabilities capabilities();

std::unique_ptr<Provider> make(const std::string& url, std::chrono::milliseconds timeout,
                               const std::map<std::string, std::string>& options,
                               const std::map<std::string, Secret>& secrets, HttpClient& client);

}  // namespace rollcall::providers::scim
