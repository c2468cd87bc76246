// `rollcall suspend`, `release`, `link`, `unlink`, `unjoin`, `retire`: a person's decision about a person. They work beside a running
// daemon; `suspend` reaches the providers itself, at once. Main thread.
#pragma once

#include <iosfwd>

#include "app/options.hpp"

namespace rollcall::app {

int suspend(const Options& options, std::ostream& out, std::ostream& err);
int release(const Options& options, std::ostream& out, std::ostream& err);
int link(const Options& options, std::ostream& out, std::ostream& err);
int unlink(const Options& options, std::ostream& out, std::ostream& err);
int unjoin(const Options& options, std::ostream& out, std::ostream& err);
int retire(const Options& options, std::ostream& out, std::ostream& err);

}  // namespace rollcall::app
