// OneLogin API v3 as a Provider: verbs over HttpClient; what they say and hear is in wire.hpp, what can go wrong in
// errors.hpp, the vendor's habits in README.md. Thread rule: immutable after construction; verbs may overlap on one
// executor.
#pragma once

#include "rollcall/provider.hpp"

namespace rollcall::providers::onelogin_v3 {

enum class RoleList { replace, append };  // what the vendor's update does with a list of roles

ProviderType type();  // the row of the table

std::unique_ptr<Provider> make(const std::string& url, std::chrono::milliseconds timeout,
                               const std::map<std::string, std::string>& options,
                               const std::map<std::string, Secret>& secrets, HttpClient& client);

}  // namespace rollcall::providers::onelogin_v3
