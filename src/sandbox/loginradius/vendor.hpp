// LoginRadius in the table of vendors. Pure.
#pragma once

#include "sandbox/emulator.hpp"

namespace rollcall::sandbox::loginradius {

Vendor vendor();

}  // namespace rollcall::sandbox::loginradius
