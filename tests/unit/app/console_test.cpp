#include "app/console.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace rollcall::app {
namespace {

TEST(Console, ColourIsForTerminalsThatWantIt) {
  EXPECT_TRUE(use_color(false, true, nullptr, "xterm"));
  EXPECT_TRUE(use_color(false, true, "", "xterm"));
  EXPECT_FALSE(use_color(true, true, nullptr, "xterm"));
  EXPECT_FALSE(use_color(false, false, nullptr, "xterm"));
  EXPECT_FALSE(use_color(false, true, "1", "xterm"));
  EXPECT_FALSE(use_color(false, true, nullptr, "dumb"));
}

TEST(Console, OnlyAWholeYesIsAYes) {
  const auto answer = [](const char* typed) {
    std::istringstream in(typed);
    std::ostringstream out;
    return confirm(in, out, "Carry out?");
  };
  EXPECT_TRUE(answer("yes\n"));
  for (const char* no : {"y\n", "\n", "", "YES please\n", "no\n"}) EXPECT_FALSE(answer(no)) << no;
}

TEST(Console, MessagesCannotMoveTheCursor) {
  std::ostringstream err;
  complain(err, "no \x1b[2J\xe2\x80\xae file");
  print_problems(err, {{"a\x1b.toml", 1, 2, "k\xe2\x80\xae", "bad\nline"}});
  const std::string text = err.str();
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2) << text;
}

}  // namespace
}  // namespace rollcall::app
