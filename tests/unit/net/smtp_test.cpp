#include <thread>

#include "harness.hpp"
#include "net/mail.hpp"

namespace rollcall::net::test {
namespace {

// What the receiver answers to each command; empty: it closes the connection instead.
struct Receiver {
  std::string greeting = "220 mx.example.org ESMTP", ehlo = "250 mx.example.org", mail = "250 ok", rcpt = "250 ok",
              data = "354 go on", dot = "250 queued", auth = "235 welcome", starttls = "454 not now";
  bool silent_after_dot = false;
  // what it heard
  std::vector<std::string> commands;
  std::string message;
};

asio::awaitable<std::string> read_line(tcp::socket& socket, std::string& buffer) {
  auto dynamic = asio::dynamic_buffer(buffer);
  const auto [error, size] = co_await asio::async_read_until(socket, dynamic, "\r\n", token);
  if (error) co_return std::string();
  std::string line = buffer.substr(0, size);
  buffer.erase(0, size);
  co_return line;
}

asio::awaitable<bool> reply(tcp::socket& socket, std::string text) {
  if (text.empty()) co_return false;
  co_await say(socket, text + "\r\n");
  co_return true;
}

asio::awaitable<bool> take_message(tcp::socket& socket, std::string& buffer, Receiver& receiver) {
  for (;;) {
    std::string line = co_await read_line(socket, buffer);
    if (line.empty()) co_return false;
    if (line == ".\r\n") break;
    receiver.message += line.starts_with('.') ? line.substr(1) : line;
  }
  if (receiver.silent_after_dot) {
    const std::string more = co_await read_line(socket, buffer);
    co_return false;
  }
  co_return co_await reply(socket, receiver.dot);
}

std::string answer_to(const Receiver& r, const std::string& line) {
  const std::pair<const char*, const std::string&> answers[] = {{"EHLO", r.ehlo}, {"MAIL", r.mail},
                                                                {"RCPT", r.rcpt}, {"DATA", r.data},
                                                                {"AUTH", r.auth}, {"STARTTLS", r.starttls}};
  for (const auto& [verb, answer] : answers)
    if (line.starts_with(verb)) return answer;
  return line.starts_with("QUIT") ? "221 bye" : "502 what?";
}

asio::awaitable<void> receive(tcp::socket& socket, Receiver& receiver) {
  std::string buffer;
  bool goes_on = co_await reply(socket, receiver.greeting);
  while (goes_on) {
    const std::string line = co_await read_line(socket, buffer);
    if (line.empty()) break;
    receiver.commands.push_back(line.substr(0, line.size() - 2));
    if (line.starts_with("AUTH")) {
      co_await say(socket, "334 \r\n");
      receiver.commands.push_back(co_await read_line(socket, buffer));
    }
    const std::string answer = answer_to(receiver, line);
    goes_on = co_await reply(socket, answer);
    if (goes_on && line.starts_with("DATA") && answer.starts_with("354"))
      goes_on = co_await take_message(socket, buffer, receiver);
  }
}

// deliver() blocks, so the receiver has a thread of its own until the test ends.
struct Smtp : ::testing::Test {
  void start() {
    server_.emplace(context_, std::vector<ScriptedServer::Script>{
                                  [this](tcp::socket& socket) { return receive(socket, receiver_); }});
    options_.url = "smtp://127.0.0.1:" + std::to_string(server_->port());
    options_.timeout = 5s;
    thread_ = std::thread([this] { context_.run(); });
  }
  Result<void> deliver(Mail mail) {
    auto done = make_smtp(options_)->deliver(mail);
    stop();
    return done;
  }
  void stop() {
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }
  void TearDown() override { stop(); }
  static Mail sample() {
    Mail mail;
    mail.from = "IT <it@example.org>";
    mail.to = "Dora <dora@example.com>";
    mail.subject = "Welcome";
    mail.text = "Hello\n.\n..two dots\n";
    mail.message_id = "inv-1@rollcall.example.org";
    mail.date = "Sat, 21 Nov 2026 10:00:00 +0000";
    return mail;
  }
  bool heard(const std::string& start) const {
    return std::ranges::any_of(receiver_.commands, [&](const auto& line) { return line.starts_with(start); });
  }
  Error failure() {
    start();
    auto done = deliver(sample());
    EXPECT_FALSE(done);
    return done ? Error{} : done.error();
  }

  Receiver receiver_;
  SmtpOptions options_;
  asio::io_context context_{1};
  std::optional<ScriptedServer> server_;
  std::thread thread_;
};

TEST_F(Smtp, a_mail_that_is_accepted_arrives_whole) {
  start();
  auto done = deliver(sample());
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(receiver_.message, *compose(sample()));
  EXPECT_TRUE(heard("MAIL FROM:<it@example.org>"));
  EXPECT_TRUE(heard("RCPT TO:<dora@example.com>"));
  EXPECT_FALSE(heard("AUTH"));
}

TEST_F(Smtp, a_long_mail_arrives_whole) {
  start();
  auto mail = sample();
  for (int i = 0; i < 20000; ++i) mail.text += "line " + std::to_string(i) + "\n";
  auto done = deliver(mail);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(receiver_.message, *compose(mail));
}

TEST_F(Smtp, a_recipient_refused_for_now_may_be_tried_again) {
  receiver_.rcpt = "450 4.2.1 <dora@example.com>: greylisted";
  const Error error = failure();
  EXPECT_EQ(error.kind, ErrorKind::unavailable);
  EXPECT_FALSE(error.in_doubt);
  EXPECT_NE(error.message.find("450 4.2.1"), std::string::npos) << error.message;
}

TEST_F(Smtp, a_recipient_refused_for_good_is_invalid_and_not_named) {
  receiver_.rcpt = "550-5.1.1 no\r\n550 5.1.1 <Dora@Example.com>: no such user";
  const Error error = failure();
  EXPECT_EQ(error.kind, ErrorKind::invalid);
  EXPECT_FALSE(error.in_doubt);
  EXPECT_NE(error.message.find("550 5.1.1 <(recipient)>: no such user"), std::string::npos) << error.message;
}

TEST_F(Smtp, a_sender_refused_for_good_is_invalid) {
  receiver_.mail = "553 5.7.1 sender not yours";
  EXPECT_EQ(failure().kind, ErrorKind::invalid);
}

TEST_F(Smtp, contents_refused_after_the_dot_are_not_in_doubt) {
  receiver_.dot = "554 5.7.1 looks like spam";
  const Error error = failure();
  EXPECT_EQ(error.kind, ErrorKind::invalid);
  EXPECT_FALSE(error.in_doubt);
  EXPECT_NE(error.message.find("looks like spam"), std::string::npos) << error.message;
}

TEST_F(Smtp, contents_put_off_after_the_dot_may_be_tried_again) {
  receiver_.dot = "452 4.3.1 disk full";
  const Error error = failure();
  EXPECT_EQ(error.kind, ErrorKind::unavailable);
  EXPECT_FALSE(error.in_doubt);
}

TEST_F(Smtp, a_connection_lost_after_the_dot_is_in_doubt) {
  receiver_.dot = "";
  const Error error = failure();
  EXPECT_EQ(error.kind, ErrorKind::unavailable);
  EXPECT_TRUE(error.in_doubt);
}

TEST_F(Smtp, silence_after_the_dot_is_a_timeout_in_doubt) {
  receiver_.silent_after_dot = true;
  start();
  options_.timeout = std::chrono::seconds(1);
  auto done = deliver(sample());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::timeout);
  EXPECT_TRUE(done.error().in_doubt);
}

TEST_F(Smtp, a_connection_lost_before_the_contents_is_not_in_doubt) {
  for (auto member : {&Receiver::greeting, &Receiver::ehlo, &Receiver::mail, &Receiver::rcpt, &Receiver::data}) {
    Receiver fresh;
    fresh.*member = "";
    receiver_ = fresh;
    const Error error = failure();
    EXPECT_EQ(error.kind, ErrorKind::unavailable);
    EXPECT_FALSE(error.in_doubt);
    server_.reset();
    context_.restart();
  }
}

TEST_F(Smtp, a_server_that_is_not_there_is_unavailable) {
  start();
  stop();
  server_.reset();
  auto done = deliver(sample());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::unavailable);
  EXPECT_FALSE(done.error().in_doubt);
}

TEST_F(Smtp, a_server_that_turns_us_away_at_the_door_is_unavailable) {
  receiver_.greeting = "554 no service here";
  EXPECT_EQ(failure().kind, ErrorKind::unavailable);
}

TEST_F(Smtp, a_server_without_tls_gets_nothing_over_smtps) {
  start();
  options_.url = "smtps://127.0.0.1:" + std::to_string(server_->port());
  auto done = deliver(sample());
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ErrorKind::unavailable);
  EXPECT_FALSE(done.error().in_doubt);
  EXPECT_FALSE(heard("MAIL"));
}

TEST_F(Smtp, user_and_password_are_used) {
  receiver_.ehlo = "250-mx.example.org\r\n250 AUTH PLAIN";
  options_.user = "rollcall";
  options_.password = Secret("hunter2");
  start();
  auto done = deliver(sample());
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE(heard("AUTH PLAIN"));
  EXPECT_TRUE(heard("AHJvbGxjYWxsAGh1bnRlcjI=\r\n"));  // NUL rollcall NUL hunter2
}

TEST_F(Smtp, a_wrong_password_is_unauthenticated_and_not_shown) {
  receiver_.ehlo = "250-mx.example.org\r\n250 AUTH PLAIN";
  receiver_.auth = "535 5.7.8 bad credentials";
  options_.user = "rollcall";
  options_.password = Secret("hunter2");
  const Error error = failure();
  EXPECT_EQ(error.kind, ErrorKind::unauthenticated);
  EXPECT_EQ(error.message.find("hunter2"), std::string::npos);
}

TEST_F(Smtp, a_server_that_demands_a_login_is_unauthenticated) {
  receiver_.mail = "530 5.7.0 authentication required";
  EXPECT_EQ(failure().kind, ErrorKind::unauthenticated);
}

TEST_F(Smtp, a_bad_mail_or_url_is_refused_before_a_connection) {
  start();
  auto mail = sample();
  mail.to = "jörg@example.org";
  EXPECT_EQ(make_smtp(options_)->deliver(mail).error().kind, ErrorKind::invalid);
  options_.url = "http://127.0.0.1/";
  EXPECT_EQ(make_smtp(options_)->deliver(sample()).error().kind, ErrorKind::invalid);
  stop();
  EXPECT_EQ(server_->connections(), 0);
}

}  // namespace
}  // namespace rollcall::net::test
