// OneLogin's API v3 in the table of vendors.
#pragma once

#include "sandbox/emulator.hpp"

namespace rollcall::sandbox::onelogin_v3 {

Vendor vendor();

}  // namespace rollcall::sandbox::onelogin_v3
