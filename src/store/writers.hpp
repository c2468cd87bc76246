// The connections of this process that write one SQLite file.
// SQLite gives its write lock by chance: who finds it taken sleeps and looks again, and may miss it for seconds while another thread takes
// it again and again. Here they write in the order in which they asked; other processes still wait as SQLite has it.
// What was committed is moved from the log into the file (a checkpoint, sqlite.org/wal.html section 3) by a thread of this object, beside
// the writers: whoever commits waits for the log alone. Shared by the connections. Thread rule: any thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>

namespace rollcall::store {

class Writers {
 public:
  // The one of the file, which exists.
  static std::shared_ptr<Writers> of(const std::string& path);
  explicit Writers(std::string path);
  ~Writers();
  Writers(const Writers&) = delete;

  // False: the turn did not come in this time, and is not waited for any more. Who has one gives it back.
  bool take(std::chrono::milliseconds most);
  void give();
  std::size_t waiting() const;

  // Its commits tell how long the log is, and are not followed by a checkpoint of their own. `connection` is a sqlite3*.
  void attend(void* connection);

  static constexpr int log_pages = 4000;      // 16 MiB: then they are moved

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

// What one connection has of it: the turn, from the statement that begins to write until no transaction is open. Thread rule: the
// connection's.
class Turn {
 public:
  void join(std::shared_ptr<Writers> writers) { writers_ = std::move(writers); }
  // Who waited in vain goes on without it: SQLite's own lock decides then, and says what is wrong.
  void begin() {
    if (writers_ && !held_) held_ = writers_->take(std::chrono::seconds{5});
  }
  void end() {
    if (held_) writers_->give();
    held_ = false;
  }
  Turn() = default;
  Turn(const Turn&) = delete;
  ~Turn() { end(); }

 private:
  std::shared_ptr<Writers> writers_;
  bool held_ = false;
};

}  // namespace rollcall::store
