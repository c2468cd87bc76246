// `rollcall check`: is the configuration, are the mappings and the secrets as they must be?
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>

#include "app/config/load.hpp"
#include "app/options.hpp"

namespace rollcall::app {

// Binds to sources and authenticates to providers for --connect, prints what it found, and answers an exit code.
using Connect = std::function<int(const Configuration&)>;

// Problems go to `err`, the summary to `out`. Answers the exit code; `connect` is called only for a sound
// configuration.
int check(const Options& options, std::ostream& out, std::ostream& err, const Connect& connect);

// Loads and prints the problems to `err`; nothing after a problem (exit 78).
std::optional<Configuration> load_or_complain(const Options& options, std::ostream& err);

}  // namespace rollcall::app
