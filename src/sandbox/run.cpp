#include "sandbox/command_line.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <iostream>

namespace rollcall::sandbox {
namespace {

namespace asio = boost::asio;

// Reads standard input until its other end is gone; what comes is of no interest.
class StdinWatch {
 public:
  StdinWatch(asio::io_context& io, std::function<void()> closed) : stream_(io), closed_(std::move(closed)) {}
  bool start() {
    // A terminal is refused: to watch it, it would have to be set non-blocking, for the shell as well.
    struct stat about {};
    if (::fstat(STDIN_FILENO, &about) != 0 || !(S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode))) return false;
    const int copy = ::dup(STDIN_FILENO);
    boost::system::error_code error;
    if (copy < 0 || (stream_.assign(copy, error), error)) return false;
    read();
    return true;
  }

 private:
  void read() {
    stream_.async_read_some(asio::buffer(bytes_), [this](boost::system::error_code error, std::size_t) {
      if (error == asio::error::operation_aborted) return;
      error ? closed_() : read();
    });
  }
  asio::posix::stream_descriptor stream_;
  std::function<void()> closed_;
  std::array<char, 256> bytes_{};
};

int said(const Error& error, int code) {
  std::cerr << "rollcall-sandbox: " << error.message << '\n';
  return code;
}

// False: the parent went while this was asked for.
bool die_with_parent() {
  const pid_t parent = ::getppid();
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  return ::getppid() == parent;
}

}  // namespace

int run(const CommandLine& command) {
  ::signal(SIGPIPE, SIG_IGN);
  if (command.die_with_parent && !die_with_parent()) return 1;
  auto sandbox = furnish(command, system_now());
  if (!sandbox) return said(sandbox.error(), 1);
  asio::io_context io(1);
  asio::signal_set signals(io, SIGTERM, SIGINT);
  auto server = Server::start(io.get_executor(), command.server, **sandbox);
  if (!server) return said(server.error(), 1);

  // What hangs on purpose would hold an orderly end up: the context is stopped instead.
  signals.async_wait([&](boost::system::error_code error, int) {
    if (!error) io.stop();
  });
  StdinWatch stdin_watch(io, [&] { io.stop(); });
  if (command.until_stdin_closes && !stdin_watch.start()) {
    std::cerr << "rollcall-sandbox: --until-stdin-closes: standard input is no pipe\n";
    return 64;
  }
  if (!command.port_file.empty()) {
    const auto written = write_file(command.port_file, std::to_string((*server)->port()) + "\n");
    if (!written) return said(written.error(), 1);
  }
  std::cout << "listening on " << (*server)->url() << std::endl;
  io.run();
  const auto stopped = (*server)->stop();
  return stopped ? 0 : said(stopped.error(), 1);
}

}  // namespace rollcall::sandbox
