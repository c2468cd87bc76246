// SCIM 2.0 in the table of vendors.
#pragma once

#include "sandbox/emulator.hpp"

namespace rollcall::sandbox::scim {

Vendor vendor();

}  // namespace rollcall::sandbox::scim
