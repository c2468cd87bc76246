#include "store/writers.hpp"

#include <sqlite3.h>
#include <sys/stat.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace rollcall::store {
namespace {

struct Waiting {
  std::condition_variable come;
  bool granted = false;
};

// A connection that does nothing but checkpoints; null when the file cannot be opened (any more).
sqlite3* open_for_checkpoints(const std::string& path) {
  sqlite3* db = nullptr;
  if (sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK) {
    sqlite3_close(db);
    return nullptr;
  }
  int on = 1;      // the log stays for readers to find, should this connection be the last one
  sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
  sqlite3_exec(db, "pragma synchronous = full", nullptr, nullptr, nullptr);
  return db;
}

}  // namespace

struct Writers::Body {
  const std::string path;
  std::mutex mutex;

  bool taken = false;
  std::deque<Waiting*> line;

  // The log: how long it was after the last commit, and how long it has to be for the next checkpoint.
  int pages = 0, due = log_pages;
  bool wished = false, ending = false;
  std::condition_variable wish;
  std::thread thread;

  explicit Body(std::string p) : path(std::move(p)) {}

  bool take(std::chrono::milliseconds most) {
    std::unique_lock lock(mutex);
    if (!taken) return taken = true;
    Waiting self;
    line.push_back(&self);
    if (self.come.wait_for(lock, most, [&] { return self.granted; })) return true;
    std::erase(line, &self);
    return false;
  }

  // To the next in the line: nobody can take it in between.
  void give() {
    const std::lock_guard lock(mutex);
    taken = !line.empty();
    if (!taken) return;
    Waiting& next = *line.front();
    line.pop_front();
    next.granted = true;
    next.come.notify_one();
  }

  void log_has(int now) {
    const std::lock_guard lock(mutex);
    if (now < pages) due = log_pages;      // it began anew
    pages = now;
    if (now < due || wished || ending) return;
    try {
      if (!thread.joinable()) thread = std::thread([this] { run(); });
    } catch (const std::system_error&) {      // no thread to be had: SQLite calls this, and knows no exceptions
      return;
    }
    wished = true;
    wish.notify_one();
  }

  // Beside the writers, and then, while they wait for their turn, the little that came meanwhile: only a log that was moved as a whole
  // begins anew. What a reader still needs stays.
  void checkpoint(sqlite3* db) {
    int length = 0, moved = 0;
    sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE, &length, &moved);
    const bool turn = take(std::chrono::seconds{5});
    std::unique_lock lock(mutex);
    wished = false;      // what is committed from now on may ask again
    lock.unlock();
    sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE, &length, &moved);
    lock.lock();
    due = moved < length ? length + log_pages : log_pages;
    lock.unlock();
    if (turn) give();
  }

  void run() {
    sqlite3* const db = open_for_checkpoints(path);
    std::unique_lock lock(mutex);
    while (db) {
      wish.wait(lock, [this] { return wished || ending; });
      if (ending) break;
      lock.unlock();
      checkpoint(db);
      lock.lock();
    }
    lock.unlock();
    sqlite3_close(db);
  }
};

std::shared_ptr<Writers> Writers::of(const std::string& path) {
  static std::mutex mutex;
  static std::map<std::pair<dev_t, ino_t>, std::weak_ptr<Writers>> known;
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) return std::make_shared<Writers>(path);
  const std::lock_guard lock(mutex);
  std::erase_if(known, [](const auto& each) { return each.second.expired(); });
  auto& place = known[{file.st_dev, file.st_ino}];
  auto writers = place.lock();
  if (!writers) place = writers = std::make_shared<Writers>(path);
  return writers;
}

Writers::Writers(std::string path) : body_(std::make_unique<Body>(std::move(path))) {}

Writers::~Writers() {
  {
    const std::lock_guard lock(body_->mutex);
    body_->ending = true;
  }
  body_->wish.notify_one();
  if (body_->thread.joinable()) body_->thread.join();
}

bool Writers::take(std::chrono::milliseconds most) { return body_->take(most); }

void Writers::give() { body_->give(); }

std::size_t Writers::waiting() const {
  const std::lock_guard lock(body_->mutex);
  return body_->line.size();
}

void Writers::attend(void* connection) {
  const auto after_commit = [](void* self, sqlite3* db, const char*, int pages) {
    static_cast<Body*>(self)->log_has(pages);
    // Nobody moves it: as SQLite does by itself.
    if (pages >= 16 * log_pages) sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    return SQLITE_OK;
  };
  sqlite3_wal_hook(static_cast<sqlite3*>(connection), after_commit, body_.get());
}

}  // namespace rollcall::store
