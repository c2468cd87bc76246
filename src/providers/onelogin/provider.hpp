// OneLogin /1 and /2 as Providers: verbs over HttpClient. What they say and hear is in wire.hpp, what can go wrong in errors.hpp, the
// vendor's habits in README.md. Thread rule: verbs may overlap on one executor; the token is remembered by that executor's context.
#pragma once

#include "rollcall/provider.hpp"

namespace rollcall::providers::onelogin {

ProviderType type_v1();  // the rows of the table
ProviderType type_v2();

}  // namespace rollcall::providers::onelogin
