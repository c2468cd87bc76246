// Zitadel in the table of vendors.
#pragma once

#include "sandbox/emulator.hpp"

namespace rollcall::sandbox::zitadel {

Vendor vendor();

}  // namespace rollcall::sandbox::zitadel
