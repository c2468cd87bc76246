// `rollcall token create SOURCE`, `token list`, `token revoke ID`: bearer tokens of the SCIM endpoint. They work beside a running daemon,
// which looks a token up for every request. Main thread.
#pragma once

#include <iosfwd>

#include "app/options.hpp"

namespace rollcall::app {

int create_token(const Options& options, std::ostream& out, std::ostream& err);
int list_tokens(const Options& options, std::ostream& out, std::ostream& err);
int revoke_token(const Options& options, std::ostream& out, std::ostream& err);

}  // namespace rollcall::app
