// OneLogin /1 and /2 in the table of vendors: one tenant, that both names open.
#pragma once

#include "sandbox/emulator.hpp"

namespace rollcall::sandbox::onelogin {

Vendor vendor(std::string_view name);  // onelogin-v1, onelogin-v2

}  // namespace rollcall::sandbox::onelogin
