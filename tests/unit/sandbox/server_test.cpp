// The command line, and the shell over a real socket.
#include <stdlib.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <thread>

#include "sandbox/command_line.hpp"
#include "unit/sandbox/support.hpp"

namespace rollcall::sandbox {
namespace {

using boost::asio::ip::tcp;
using ::testing::HasSubstr;

ParsedCommandLine parse(std::vector<const char*> words) {
  words.insert(words.begin(), "rollcall-sandbox");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

TEST(CommandLine, ReadsEveryOption) {
  const auto parsed = parse({"onelogin-v3",
                             "--listen",
                             "127.0.0.1:8080",
                             "--api-key",
                             "k",
                             "--users",
                             "5",
                             "--roles",
                             "A,B",
                             "--role-count",
                             "3",
                             "--role-updates",
                             "append",
                             "--state",
                             "s.json",
                             "--port-file",
                             "p",
                             "--latency",
                             "50ms",
                             "--faults",
                             "status=503 GET; drop-after PUT",
                             "--faults",
                             "[]",
                             "--log",
                             "l",
                             "--rate-limit",
                             "20/s",
                             "--custom-attributes",
                             "x,y",
                             "--groups",
                             "1,2",
                             "--until-stdin-closes",
                             "--die-with-parent",
                             "--page-size",
                             "10"});
  ASSERT_FALSE(parsed.exit_code);
  const CommandLine& command = parsed.command;
  EXPECT_EQ(command.vendor->name, "onelogin-v3");
  EXPECT_EQ(command.server.listen.port, 8080);
  EXPECT_EQ(command.vendor_settings.at("api-key"), "k");
  EXPECT_EQ(command.vendor_settings.at("role-updates"), "append");
  EXPECT_EQ(command.vendor_settings.at("update-errors"), "xml");
  EXPECT_EQ(command.faults.size(), 2u);
  EXPECT_EQ(command.latency, Duration(50));
  EXPECT_EQ(command.rate.limit, 20);
  EXPECT_TRUE(command.until_stdin_closes && command.die_with_parent);
  const auto sandbox = furnish(command, noon);
  ASSERT_FALSE(!sandbox);
  EXPECT_EQ((*sandbox)->tenant().accounts().size(), 5u);
  EXPECT_EQ((*sandbox)->tenant().roles().size(), 5u);
  EXPECT_TRUE((*sandbox)->tenant().custom_attributes.contains("y"));
}

TEST(CommandLine, WrongUsageEndsWith64) {
  const std::vector<std::vector<const char*>> wrong = {
      {},
      {"okta"},
      {"onelogin-v3", "--nonsense"},
      {"onelogin-v3", "--listen", "0.0.0.0:0"},
      {"onelogin-v3", "--listen", "nowhere"},
      {"onelogin-v3", "--latency", "5"},
      {"onelogin-v3", "--rate-limit", "5"},
      {"onelogin-v3", "--faults", "explode"},
      {"onelogin-v3", "--faults", "@/does/not/exist"},
      {"onelogin-v3", "--users", "-1"},
      {"onelogin-v3", "--role-updates", "both"},
      {"onelogin-v3", "--api-key", "a", "--api-key-file", "b"},
      {"onelogin-v3", "--api-key-file", "/does/not/exist"},
  };
  for (const auto& words : wrong) {
    ::testing::internal::CaptureStderr();
    const auto parsed = parse(words);
    EXPECT_NE(::testing::internal::GetCapturedStderr(), "");
    EXPECT_EQ(parsed.exit_code, 64) << (words.empty() ? "" : words.back());
  }
}

TEST(CommandLine, HelpNamesTheVendorsOptions) {
  ::testing::internal::CaptureStdout();
  EXPECT_EQ(parse({"onelogin-v3", "--help"}).exit_code, 0);
  EXPECT_THAT(::testing::internal::GetCapturedStdout(), HasSubstr("--role-updates"));
}

TEST(CommandLine, OptionsOfTheVendorThatMeanNothingAreRefused) {
  for (const auto& [option, value] :
       {std::pair("--page-size", "0"), std::pair("--page-size", "101"), std::pair("--base-path", "x")}) {
    const auto parsed = parse({"onelogin-v3", option, value});
    ASSERT_FALSE(parsed.exit_code);
    EXPECT_FALSE(furnish(parsed.command, noon)) << option;
  }
}

// A server with its own thread, in a directory of its own.
class SandboxServer : public ::testing::Test {
 protected:
  SandboxServer() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sandbox-XXXXXX").string();
    directory = ::mkdtemp(pattern.data());
  }
  ~SandboxServer() override {
    stop();
    std::filesystem::remove_all(directory);
  }
  void start(std::vector<const char*> words) {
    words.insert(words.begin(), "onelogin-v3");
    auto parsed = parse(words);
    parsed.command.server.state_file = state_file();
    parsed.command.server.log_file = directory + "/log";
    sandbox = std::move(*furnish(parsed.command, noon));
    server = std::move(*Server::start(io.get_executor(), parsed.command.server, *sandbox));
    port = server->port();
    thread = std::thread([this] { io.run(); });
  }
  void stop() {
    if (!thread.joinable()) return;
    io.stop();
    thread.join();
    EXPECT_TRUE(server->stop());
  }
  std::string state_file() const { return directory + "/state.json"; }
  static std::string content(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  // One exchange on a connection of its own; everything that came until the server closed.
  std::string exchange(const std::string& method, const std::string& target, const std::string& body = {}) const {
    boost::asio::io_context own;
    tcp::socket socket(own);
    socket.connect(tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), port));
    const std::string text =
        method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\nAuthorization: Basic " +
        crypto::base64("k:x") + "\r\nContent-Type: application/" + (body.starts_with("{") ? "json" : "xml") +
        "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
    boost::asio::write(socket, boost::asio::buffer(text));
    std::string answer;
    boost::system::error_code error;
    boost::asio::read(socket, boost::asio::dynamic_buffer(answer), error);
    return answer;
  }
  static std::string user(const std::string& name) {
    return "<user><username>" + name + "</username><email>" + name + "@example.com</email></user>";
  }

  std::string directory;
  boost::asio::io_context io{1};
  std::unique_ptr<Sandbox> sandbox;
  std::unique_ptr<Server> server;
  unsigned short port = 0;
  std::thread thread;
};

TEST_F(SandboxServer, CreatesOverARealSocketAndTheStateFileKnowsAtOnce) {
  start({"--api-key", "k"});
  EXPECT_THAT(exchange("POST", "/api/v3/users.xml", user("ada")), HasSubstr("HTTP/1.1 201"));
  EXPECT_THAT(content(state_file()), HasSubstr("\"username\":\"ada\""));
  EXPECT_EQ(std::filesystem::status(state_file()).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(SandboxServer, AnInvitationsLinkLeadsBackToTheSandboxAndIsInNoLog) {
  start({});
  exchange("POST", "/api/v3/users.xml", user("ada"));
  const std::string answer =
      exchange("POST", "/api/v3/invites/get_invite_link", R"({"api_key":"k","email":"ada@example.com"})");
  const std::string prefix = "http://127.0.0.1:" + std::to_string(port);
  ASSERT_THAT(answer, HasSubstr(prefix + "/password/reset?token="));
  const std::size_t start = answer.find(prefix) + prefix.size();
  const std::string path = answer.substr(start, answer.find('"', start) - start);
  EXPECT_THAT(exchange("GET", path), HasSubstr("HTTP/1.1 200"));
  EXPECT_THAT(content(state_file()), HasSubstr("\"status\":1"));
  EXPECT_THAT(content(directory + "/log"), HasSubstr("GET /password/reset 200"));
  EXPECT_THAT(content(directory + "/log"), ::testing::Not(HasSubstr("token=")));
}

TEST_F(SandboxServer, ADroppedConnectionGivesNoByteAndADropAfterHasTakenEffect) {
  start({"--faults", "drop-before POST users.xml nth=1; drop-after POST users.xml nth=2"});
  EXPECT_EQ(exchange("POST", "/api/v3/users.xml", user("before")), "");
  EXPECT_EQ(exchange("POST", "/api/v3/users.xml", user("after")), "");
  stop();
  EXPECT_THAT(content(state_file()), HasSubstr("after@example.com"));
  EXPECT_THAT(content(state_file()), ::testing::Not(HasSubstr("before@example.com")));
}

TEST_F(SandboxServer, RequestsWaitTheirLatencySideBySide) {
  start({"--latency", "300ms"});
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < 8; ++i) {
    const std::string body = user("u" + std::to_string(i));
    answers.push_back(
        std::async(std::launch::async, [this, body] { return exchange("POST", "/api/v3/users.xml", body); }));
  }
  for (auto& answer : answers) EXPECT_THAT(answer.get(), HasSubstr("HTTP/1.1 201"));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(300));
  stop();
  EXPECT_GE(sandbox->traffic().most_at_once(), 2);  // one after the other it would be 1
  EXPECT_LE(sandbox->traffic().most_at_once(), 8);
}

TEST_F(SandboxServer, AStateThatWasKeptIsThereAgainAndPreloadAddsNothingTwice) {
  start({"--users", "3", "--roles", "Sales"});
  exchange("POST", "/api/v3/users.xml", user("ada"));
  stop();
  server.reset();
  io.restart();
  start({"--users", "3", "--roles", "Sales"});
  stop();
  EXPECT_EQ(sandbox->tenant().accounts().size(), 4u);
  EXPECT_EQ(sandbox->tenant().roles().size(), 1u);
}

TEST_F(SandboxServer, ABrokenStateFileIsNamed) {
  std::ofstream(state_file()) << "{";
  auto parsed = parse({"onelogin-v3"});
  parsed.command.server.state_file = state_file();
  const auto sandbox = furnish(parsed.command, noon);
  ASSERT_FALSE(sandbox);
  EXPECT_THAT(sandbox.error().message, HasSubstr(state_file()));
}

TEST_F(SandboxServer, AStateFileThatCannotBeWrittenIsSaidAtTheStart) {
  auto parsed = parse({"onelogin-v3"});
  sandbox = std::move(*furnish(parsed.command, noon));
  ServerSettings settings;
  settings.state_file = directory + "/missing/state.json";
  const auto started = Server::start(io.get_executor(), settings, *sandbox);
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, HasSubstr(settings.state_file));
}

TEST_F(SandboxServer, OtherAddressesThanLoopbackAreRefused) {
  auto parsed = parse({"onelogin-v3"});
  sandbox = std::move(*furnish(parsed.command, noon));
  ServerSettings settings;
  settings.listen = {"0.0.0.0", 0, false};
  EXPECT_FALSE(Server::start(io.get_executor(), settings, *sandbox));
}

}  // namespace
}  // namespace rollcall::sandbox
