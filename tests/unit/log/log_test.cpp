#include "log/log.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <thread>
#include <vector>

#include "log/render.hpp"

namespace rollcall::log {
namespace {

constexpr std::chrono::sys_time<std::chrono::milliseconds> ten_o_clock{
    std::chrono::milliseconds{1795255200007}};  // 2026-11-21T10:00:00.007Z

std::string text(std::string_view event, Fields fields, bool show_personal = false) {
  return as_text({ten_o_clock, Level::info, event, fields, show_personal});
}

TEST(LogLine, as_text_has_time_level_event_and_fields) {
  EXPECT_EQ(text("read finished", {{"source", "corp"}, {"people", 98}, {"complete", true}}),
            "2026-11-21T10:00:00Z info  read finished source=corp people=98 complete=true");
  EXPECT_EQ(as_text({ten_o_clock, Level::error, "x", {}, false}), "2026-11-21T10:00:00Z error x");
}

TEST(LogLine, quotes_values_that_would_read_as_more_than_one) {
  EXPECT_EQ(text("x", {{"a", "two words"}, {"b", ""}, {"c", "say \"hi\""}, {"d", "k=v"}}),
            "2026-11-21T10:00:00Z info  x a=\"two words\" b=\"\" c=\"say \\\"hi\\\"\" d=\"k=v\"");
}

TEST(LogLine, is_one_line_whatever_is_in_it) {
  const std::string line = text("a\nb", {{"v", "1\r\n2\x1b[31m\x7f"}, {"w", "\xc2\x85\xe2\x80\xae\xe2\x80\xa8"}});
  EXPECT_TRUE(std::ranges::all_of(line, [](unsigned char c) { return c >= 0x20 && c != 0x7f; })) << line;
  EXPECT_NE(line.find("a\\nb"), std::string::npos);
  EXPECT_NE(line.find("1\\r\\n2\\u001b[31m\\u007f"), std::string::npos) << line;
  EXPECT_NE(line.find("\\u0085\\u202e\\u2028"), std::string::npos) << line;
}

TEST(LogLine, keeps_good_utf8_and_marks_bad) {
  EXPECT_TRUE(text("x", {{"v", "Jörg€😀"}}).ends_with("v=Jörg€😀"));
  EXPECT_TRUE(text("x", {{"v", "a\xff\xc3"}}).ends_with("v=a\xef\xbf\xbd\xef\xbf\xbd"));
  EXPECT_TRUE(text("x", {{"v", "\xed\xa0\x80"}}).ends_with("v=\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"));
}

TEST(LogLine, as_json_is_one_object) {
  EXPECT_EQ(as_json({ten_o_clock, Level::warn, "say \"hi\"\\", {{"v", "a\nb\x01"}}, false}),
            "{\"time\":\"2026-11-21T10:00:00.007Z\",\"level\":\"warn\",\"event\":\"say "
            "\\\"hi\\\"\\\\\",\"v\":\"a\\nb\\u0001\"}");
}

TEST(LogLine, shows_personal_data_only_when_told_to) {
  const Field mail("email", personal("dora@example.com"));
  EXPECT_EQ(text("x", {mail, {"user", "k1"}}), "2026-11-21T10:00:00Z info  x user=k1");
  EXPECT_TRUE(text("x", {mail}, true).ends_with("email=dora@example.com"));
  EXPECT_EQ(as_json({ten_o_clock, Level::info, "x", {mail}, false}).find("dora"), std::string::npos);
  EXPECT_EQ(as_message({ten_o_clock, Level::info, "x", {mail}, false}), "x");
}

struct Log : ::testing::Test {
  template <class Work>
  std::string output(Work work) {
    ::testing::internal::CaptureStderr();
    work();
    flush();
    return ::testing::internal::GetCapturedStderr();
  }
  void TearDown() override {
    unsetenv("JOURNAL_STREAM");
    ASSERT_TRUE(configure("info", "text"));
  }
};

TEST_F(Log, goes_to_standard_error_from_the_level_on) {
  ASSERT_TRUE(configure("warn", "text"));
  ::testing::internal::CaptureStdout();
  const std::string got = output([] {
    trace("t");
    debug("d");
    info("i");
    warn("w", {{"k", "v"}});
    error("e");
  });
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(std::ranges::count(got, '\n'), 2);
  EXPECT_NE(got.find(" warn  w k=v\n"), std::string::npos) << got;
  EXPECT_NE(got.find(" error e\n"), std::string::npos) << got;
}

TEST_F(Log, shows_personal_data_at_debug_and_not_at_info) {
  const auto line = [] { error("invited", {{"email", personal("dora@example.com")}}); };
  for (const char* level : {"trace", "debug"}) {
    ASSERT_TRUE(configure(level, "text"));
    EXPECT_NE(output(line).find("dora@"), std::string::npos);
  }
  for (const char* level : {"info", "warn", "error"}) {
    ASSERT_TRUE(configure(level, "json"));
    EXPECT_EQ(output(line).find("dora@"), std::string::npos);
  }
}

TEST_F(Log, in_json_is_one_object_a_line) {
  ASSERT_TRUE(configure("info", "json"));
  const std::string got = output([] {
    info("a {} b", {{"k", "{0} %v %n"}});
    info("c");
  });
  EXPECT_EQ(std::ranges::count(got, '\n'), 2);
  EXPECT_NE(got.find("\"event\":\"a {} b\",\"k\":\"{0} %v %n\"}\n"), std::string::npos) << got;
}

TEST_F(Log, auto_is_text_unless_standard_error_is_the_journal) {
  setenv("JOURNAL_STREAM", "1:2", 1);  // of another stream
  ASSERT_TRUE(configure("info", "auto"));
  EXPECT_NE(output([] { info("hello"); }).find("info  hello\n"), std::string::npos);
  struct stat status {};
  ASSERT_EQ(fstat(STDERR_FILENO, &status), 0);
  setenv("JOURNAL_STREAM", (std::to_string(status.st_dev) + ':' + std::to_string(status.st_ino)).c_str(), 1);
  ASSERT_TRUE(configure("info", "auto"));
  EXPECT_EQ(output([] { info("hello"); }), "");
}

TEST_F(Log, refuses_unknown_names_and_keeps_what_it_had) {
  for (const auto& [level, format] :
       std::vector<std::pair<const char*, const char*>>{{"loud", "text"}, {"info", "xml"}, {"", ""}}) {
    const auto done = configure(level, format);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().kind, ErrorKind::invalid);
  }
  EXPECT_NE(output([] { info("hello"); }).find("info  hello\n"), std::string::npos);
}

TEST_F(Log, keeps_lines_of_many_threads_apart) {
  ASSERT_TRUE(configure("info", "text"));
  const std::string got = output([] {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([] {
        for (int i = 0; i < 100; ++i) info("a line", {{"filler", std::string(100, 'x')}});
      });
  });
  EXPECT_EQ(std::ranges::count(got, '\n'), 400);
  const std::string end = "info  a line filler=" + std::string(100, 'x');
  std::size_t good = 0;
  for (std::size_t at = 0, next; (next = got.find('\n', at)) != std::string::npos; at = next + 1)
    good += got.substr(at, next - at).ends_with(end);
  EXPECT_EQ(good, 400u);
}

}  // namespace
}  // namespace rollcall::log
