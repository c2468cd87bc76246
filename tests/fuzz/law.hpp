// What a fuzz target holds true. A law that is broken ends the program, with libFuzzer and without it.
#pragma once

#include <cstdio>
#include <exception>
#include <string>

namespace rollcall::fuzz {

inline void law(bool holds, const char* what, const std::string& more = {}) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n%s\n", what, more.c_str());
  std::terminate();
}

}  // namespace rollcall::fuzz
