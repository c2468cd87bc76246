// `rollcall holds`, `approve`, `reject`: what is held, and a person's decision about it. Works beside a running daemon.
#pragma once

#include <iosfwd>

#include "app/options.hpp"

namespace rollcall::app {

int holds(const Options& options, std::ostream& out, std::ostream& err);
int approve(const Options& options, std::ostream& out, std::ostream& err);
int reject(const Options& options, std::ostream& out, std::ostream& err);

}  // namespace rollcall::app
