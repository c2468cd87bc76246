#include "net/mail.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "certificates.hpp"
#include "crypto/hash.hpp"

namespace rollcall::net::test {
namespace {

Mail sample() {
  Mail mail;
  mail.from = "IT <it@example.org>";
  mail.to = "dora@example.com";
  mail.subject = "Welcome";
  mail.text = "Hello\n";
  mail.message_id = "inv-1@rollcall.example.org";
  mail.date = "Sat, 21 Nov 2026 10:00:00 +0000";
  return mail;
}

// --- a small reader of mail, to see what another program would see
// --------------------------------------------------------------

struct Entity {
  std::map<std::string, std::string> headers;  // unfolded
  std::string body;
};

Entity read(const std::string& text) {
  Entity out;
  const auto end = text.find("\r\n\r\n");
  std::string head = text.substr(0, end + 2), unfolded;
  for (std::size_t i = 0; i < head.size(); ++i)
    if (head[i] == '\r' && i + 2 < head.size() && (head[i + 2] == ' ' || head[i + 2] == '\t'))
      ++i;
    else
      unfolded += head[i];
  for (std::size_t at = 0, next; (next = unfolded.find("\r\n", at)) != std::string::npos; at = next + 2) {
    const auto colon = unfolded.find(": ", at);
    out.headers[unfolded.substr(at, colon - at)] += unfolded.substr(colon + 2, next - colon - 2);
  }
  out.body = text.substr(end + 4);
  return out;
}

std::string decoded(const Entity& entity) {
  const std::string how = entity.headers.at("Content-Transfer-Encoding");
  std::string out;
  if (how == "base64") {
    std::string text = entity.body;
    std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
    return crypto::base64_decode(text).value();
  }
  for (std::size_t i = 0; i < entity.body.size(); ++i) {
    if (entity.body[i] != '=') {
      out += entity.body[i];
    } else {
      if (entity.body[i + 1] != '\r') out += static_cast<char>(std::stoi(entity.body.substr(i + 1, 2), nullptr, 16));
      i += 2;
    }
  }
  return out;
}

// RFC 2047: white space between two encoded words is not part of the text.
std::string plain(std::string text) {
  std::string out;
  bool after_word = false;
  while (!text.empty()) {
    const auto start = text.find("=?UTF-8?B?");
    const std::string before = text.substr(0, start);
    if (!after_word || start == std::string::npos || before.find_first_not_of(' ') != std::string::npos) out += before;
    if (start == std::string::npos) break;
    const auto end = text.find("?=", start + 10);
    out += crypto::base64_decode(text.substr(start + 10, end - start - 10)).value();
    text.erase(0, end + 2);
    after_word = true;
  }
  return out;
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0, at = 0;
  for (std::size_t next; (next = text.find("\r\n", at)) != std::string::npos; at = next + 2)
    longest = std::max(longest, next - at);
  return longest;
}

std::string crlf(const std::string& text) {
  std::string out;
  for (char c : text) out += c == '\n' ? "\r\n" : std::string(1, c);
  return out;
}

// --- composing
// --------------------------------------------------------------------------------------------------------------

TEST(ComposedMail, has_the_headers_that_a_machine_sends) {
  const auto text = compose(sample());
  ASSERT_TRUE(text) << text.error().message;
  auto headers = read(*text).headers;
  EXPECT_EQ(headers["Date"], "Sat, 21 Nov 2026 10:00:00 +0000");
  EXPECT_EQ(headers["From"], "IT <it@example.org>");
  EXPECT_EQ(headers["To"], "dora@example.com");
  EXPECT_EQ(headers["Subject"], "Welcome");
  EXPECT_EQ(headers["Message-ID"], "<inv-1@rollcall.example.org>");
  EXPECT_EQ(headers["MIME-Version"], "1.0");
  EXPECT_EQ(headers["Auto-Submitted"], "auto-generated");
  EXPECT_EQ(headers["Content-Type"], "text/plain; charset=utf-8");
  EXPECT_EQ(*text, *compose(sample()));
}

TEST(ComposedMail, carries_any_text_through) {
  const std::string texts[] = {"Hello\n",
                               "Grüße an alle, das kostet 5 € = viel\n",
                               "trailing space \nand tab\t\n",
                               ".\n..\nFrom here\n",
                               std::string(3000, 'x') + "\n",
                               "https://portal.example.org/welcome?u=1&c=" + std::string(200, 'a') + "\n",
                               "日本語のメールです。どうぞよろしくお願いします。\n二行目\n",
                               "\n\n\n",
                               "no end of line"};
  for (const auto& body : texts) {
    auto mail = sample();
    mail.text = body;
    const auto text = compose(mail);
    ASSERT_TRUE(text) << text.error().message;
    std::string got = decoded(read(*text));
    std::string wanted = crlf(body);
    if (!wanted.ends_with("\r\n") && got.ends_with("\r\n")) wanted += "\r\n";
    EXPECT_EQ(got, wanted);
    EXPECT_LE(longest_line(*text), 78u);
    EXPECT_TRUE(std::ranges::all_of(*text, [](unsigned char c) { return c < 0x80; }));
  }
}

TEST(ComposedMail, has_only_crlf_line_ends) {
  auto mail = sample();
  mail.text = "a\nb\r\nc\rd\n";
  mail.html = "<p>x</p>\n";
  const auto text = compose(mail);
  ASSERT_TRUE(text);
  for (std::size_t i = 0; i < text->size(); ++i) {
    if ((*text)[i] == '\n') {
      ASSERT_EQ((*text)[i - 1], '\r');
    }
    if ((*text)[i] == '\r') {
      ASSERT_EQ((*text)[i + 1], '\n');
    }
  }
}

TEST(ComposedMail, with_html_has_both_as_alternatives_the_better_one_last) {
  auto mail = sample();
  mail.text = "Hallo Jörg\n";
  mail.html = "<p>Hallo Jörg</p>\n";
  const auto text = compose(mail);
  ASSERT_TRUE(text);
  const Entity whole = read(*text);
  const std::string type = whole.headers.at("Content-Type");
  ASSERT_TRUE(type.starts_with("multipart/alternative; boundary=\"")) << type;
  const std::string boundary = type.substr(33, type.size() - 34);
  const std::string mark = "--" + boundary + "\r\n";
  ASSERT_TRUE(whole.body.starts_with(mark));
  const auto second = whole.body.find("\r\n" + mark), end = whole.body.find("\r\n--" + boundary + "--\r\n");
  ASSERT_NE(second, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const Entity first_part = read(whole.body.substr(mark.size(), second - mark.size()));
  const auto start = second + 2 + mark.size();
  const Entity second_part = read(whole.body.substr(start, end - start));
  EXPECT_EQ(first_part.headers.at("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(decoded(first_part), "Hallo Jörg\r\n");
  EXPECT_EQ(second_part.headers.at("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(decoded(second_part), "<p>Hallo Jörg</p>\r\n");
}

TEST(ComposedMail, carries_any_subject_through) {
  std::string long_words, long_umlauts;
  for (int i = 0; i < 60; ++i) long_words += (i ? " word" : "word") + std::to_string(i), long_umlauts += "äöü€😀 ";
  for (const std::string& subject :
       {std::string("Willkommen, Jörg"), std::string("=?UTF-8?B?aGk=?="), std::string("a  b"), long_words,
        long_umlauts + "x", std::string(1500, 'x'), std::string("ends with a space "), std::string()}) {
    auto mail = sample();
    mail.subject = subject;
    const auto text = compose(mail);
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_EQ(plain(read(*text).headers["Subject"]), subject);
    EXPECT_LE(longest_line(*text), 78u);
  }
}

TEST(ComposedMail, quotes_and_encodes_display_names) {
  const std::map<std::string, std::string> names = {
      {"IT Service <a@b.example>", "IT Service <a@b.example>"},
      {"\"Garza, Dora\" <a@b.example>", "\"Garza, Dora\" <a@b.example>"},
      {"\"a \\\"b\\\" c\" <a@b.example>", "\"a \\\"b\\\" c\" <a@b.example>"},
      {"Dr. X <a@b.example>", "\"Dr. X\" <a@b.example>"},
      {"<a@b.example>", "a@b.example"},
      {" a@b.example ", "a@b.example"}};
  for (const auto& [given, wanted] : names) {
    auto mail = sample();
    mail.to = given;
    const auto text = compose(mail);
    ASSERT_TRUE(text) << given << ": " << text.error().message;
    EXPECT_EQ(read(*text).headers["To"], wanted);
  }
  auto mail = sample();
  mail.to = "Jörg Müller-Lüdenscheidt von und zu Grünwald an der Östlichen Düne mit Äpfeln <joerg@example.org>";
  const auto text = compose(mail);
  ASSERT_TRUE(text);
  EXPECT_EQ(plain(read(*text).headers["To"]), mail.to);
  EXPECT_LE(longest_line(*text), 78u);
}

TEST(ComposedMail, lets_nobody_add_a_header) {
  for (const std::string& bad : {std::string("x\r\nBcc: evil@example.org"), std::string("x\nBcc: y"),
                                 std::string("x\ry"), std::string("x\0y", 3)}) {
    auto with = [&](auto change) {
      auto mail = sample();
      change(mail);
      const auto text = compose(mail);
      EXPECT_FALSE(text);
      if (!text) {
        EXPECT_EQ(text.error().kind, ErrorKind::invalid);
      }
    };
    with([&](Mail& m) { m.subject = bad; });
    with([&](Mail& m) { m.from = bad + " <it@example.org>"; });
    with([&](Mail& m) { m.to = bad + " <it@example.org>"; });
    with([&](Mail& m) { m.to = "it@example.org" + bad; });
    with([&](Mail& m) { m.date = bad; });
    with([&](Mail& m) { m.message_id = bad + "@example.org"; });
  }
}

TEST(ComposedMail, refuses_what_is_not_one_address_and_keeps_it_out_of_the_message) {
  for (const char* bad : {"",
                          " ",
                          "dora",
                          "dora@",
                          "@corp.example",
                          "a b@example.org",
                          "a@b@c.example",
                          "a@example.org, b@example.org",
                          "a@example.org;b@example.org",
                          "A <a@example.org>, B <b@example.org>",
                          "x@y.example <b@example.org>",
                          "A <>",
                          "A a@example.org>",
                          "\"A <a@example.org>",
                          "a@-b.example",
                          "a@b..example",
                          ".a@b.example",
                          "a@b.example>",
                          "<a@b.example",
                          "a@exa mple.org"}) {
    auto mail = sample();
    mail.to = bad;
    const auto text = compose(mail);
    ASSERT_FALSE(text) << bad;
    EXPECT_EQ(text.error().kind, ErrorKind::invalid);
    if (std::string_view(bad).size() > 3) {
      EXPECT_EQ(text.error().message.find(bad), std::string::npos);
    }
  }
}

TEST(ComposedMail, says_clearly_that_addresses_beyond_ascii_are_not_supported) {
  for (const char* bad : {"jörg@example.org", "a@bücher.example"}) {
    auto mail = sample();
    mail.to = bad;
    const auto text = compose(mail);
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().kind, ErrorKind::invalid);
    EXPECT_NE(text.error().message.find("SMTPUTF8"), std::string::npos);
  }
}

TEST(ComposedMail, refuses_what_is_not_utf8) {
  for (auto member : {&Mail::text, &Mail::html, &Mail::subject}) {
    for (const char* bad : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
      auto mail = sample();
      mail.*member = bad;
      const auto text = compose(mail);
      ASSERT_FALSE(text);
      EXPECT_EQ(text.error().kind, ErrorKind::invalid);
    }
  }
}

TEST(ComposedMail, needs_a_message_id_of_its_form) {
  for (const char* bad : {"", "no-at", "a b@c", "<a@b>", "a@b>"}) {
    auto mail = sample();
    mail.message_id = bad;
    EXPECT_FALSE(compose(mail)) << bad;
  }
}

// --- the outbox
// -------------------------------------------------------------------------------------------------------------

struct OutboxFolder : ::testing::Test {
  std::vector<std::string> files() const {
    std::vector<std::string> out;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "out"))
      out.push_back(entry.path().filename());
    std::ranges::sort(out);
    return out;
  }
  std::string content(const std::string& name) const {
    std::ifstream in(folder_ / ("out/" + name), std::ios::binary);
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
  }
  Folder folder_;
  std::unique_ptr<MailTransport> outbox_ = make_outbox(folder_ / "out");
};

TEST_F(OutboxFolder, gets_one_file_that_only_its_owner_may_read) {
  const mode_t before = umask(0);
  const auto done = outbox_->deliver(sample());
  umask(before);
  ASSERT_TRUE(done) << done.error().message;
  ASSERT_EQ(files(), std::vector<std::string>{"inv-1@rollcall.example.org.eml"});
  EXPECT_EQ(content(files()[0]), *compose(sample()));
  struct stat status {};
  ASSERT_EQ(stat((folder_ / "out/inv-1@rollcall.example.org.eml").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
  ASSERT_EQ(stat((folder_ / "out").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0700u);
}

TEST_F(OutboxFolder, gets_the_same_message_once) {
  ASSERT_TRUE(outbox_->deliver(sample()));
  auto again = sample();
  again.subject = "Reminder";
  ASSERT_TRUE(outbox_->deliver(again));
  ASSERT_EQ(files().size(), 1u);
  EXPECT_EQ(content(files()[0]), *compose(sample()));
}

TEST_F(OutboxFolder, is_never_left_by_a_strange_id_and_strange_ids_stay_apart) {
  for (const char* id : {"../../etc/passwd@x", "a/b@x", "a_b@x", "a:b@x", ".hidden@x"}) {
    auto mail = sample();
    mail.message_id = id;
    ASSERT_TRUE(outbox_->deliver(mail)) << id;
  }
  EXPECT_EQ(files().size(), 5u);
  for (const auto& name : files()) {
    EXPECT_FALSE(name.starts_with('.'));
    EXPECT_TRUE(name.ends_with(".eml"));
  }
}

TEST_F(OutboxFolder, that_cannot_be_written_is_an_error_that_names_it) {
  std::ofstream(folder_ / "file") << "x";
  const auto done = make_outbox(folder_ / "file")->deliver(sample());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::unavailable);
  EXPECT_NE(done.error().message.find(folder_ / "file"), std::string::npos);
  EXPECT_FALSE(make_outbox(folder_ / "missing/deep")->deliver(sample()));
}

TEST_F(OutboxFolder, gets_nothing_when_the_mail_is_bad) {
  auto mail = sample();
  mail.to = "nobody";
  EXPECT_FALSE(outbox_->deliver(mail));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
}

}  // namespace
}  // namespace rollcall::net::test
