// Started as root, rollcall works as the owner of the state (contract 4.8), so that a command run by an administrator leaves no
// file that the daemon cannot read. Thread rule: main, before any other thread.
#pragma once

#include <string>

#include "rollcall/result.hpp"

namespace rollcall::app {

// Does nothing unless this is root and the state (or, before there is one, its folder) belongs to somebody else.
Result<void> become_owner_of_state(const std::string& state_url);

// Who gave the command: the user behind sudo, else this process's. Before become_owner_of_state.
std::string invoking_user();

}  // namespace rollcall::app
