// Where a state comes from: its url, its file and who may touch that, pragmas, migration, and scratch copies.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <thread>

#include "store/schema.hpp"
#include "store/tables.hpp"

namespace rollcall::store {
namespace {

// full: an intent is on disk before its request goes out. Who moves the log into the file: writers.hpp.
constexpr std::string_view write_pragmas =
    "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536;"
    "pragma journal_size_limit = 67108864; pragma temp_store = memory;";
constexpr std::string_view read_pragmas =
    "pragma busy_timeout = 5000; pragma query_only = on; pragma cache_size = -65536; pragma temp_store = memory;";
// exclusive: the copied log is read without an index beside it, and is gone with the change of the journal.
constexpr std::string_view scratch_pragmas =
    "pragma locking_mode = exclusive; pragma synchronous = off; pragma journal_mode = memory; pragma cache_size = "
    "-16384; pragma temp_store = memory;";

std::string uri(const std::string& path, std::string_view options) {
  std::string text = "file:";
  for (const unsigned char c : path) {
    if (std::isalnum(c) || std::strchr("/._-~", c)) {
      text += static_cast<char>(c);
    } else {  // sqlite.org/uri.html section 3: %HH
      const char* digits = "0123456789ABCDEF";
      text += {'%', digits[c >> 4], digits[c & 15]};
    }
  }
  return text.append(options);
}

bool exists(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0;
}

tl::unexpected<Error> no_state(const std::string& path) {
  return fail(ErrorKind::not_found,
              "there is no state at " + path + " yet: `rollcall apply` or `rollcall run` makes it", "state");
}

Error at(const std::string& path, Error error) {
  error.message = path + ": " + error.message;
  return error;
}

// Whoever may write to the directory may put another file in the state's place.
Result<void> check_directory(const std::string& path) {
  const std::string directory = path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
  struct stat info {};
  if (::stat(directory.c_str(), &info) != 0) {
    if (errno == EACCES)
      return fail(ErrorKind::unavailable,
                  "the directory " + directory + " of the state cannot be reached: permission denied", "state");
    return fail(ErrorKind::not_found,
                "the directory " + directory +
                    " of the state is missing: create it, mode 0700, owned by the user that rollcall runs as",
                "state");
  }
  if (!S_ISDIR(info.st_mode))
    return fail(ErrorKind::invalid, directory + " is no directory, so it holds no state", "state");
  if ((info.st_mode & 022) != 0 && (info.st_mode & S_ISVTX) == 0)
    return fail(ErrorKind::refused,
                "the directory " + directory + " of the state may be written by others: take that away (chmod go-w " +
                    directory + ")",
                "state");
  return {};
}

// SQLite gives -wal and -shm the mode of the file itself. A file that exists is not opened here: closing it again would
// drop the locks that other connections of this process hold (POSIX locks; sqlite.org/howtocorrupt.html section 2.2).
Result<void> make_private(const std::string& path) {
  const int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) {
    ::close(fd);
    return {};
  }
  const int why = errno;
  if (why != EEXIST)
    return fail(ErrorKind::unavailable, "the state " + path + " cannot be created: " + std::strerror(why), "state");
  for (const char* suffix : {"", "-wal", "-shm"}) {
    const std::string file = path + suffix;
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0 || (info.st_mode & 077) == 0) continue;
    if (::chmod(file.c_str(), 0600) != 0)
      return fail(ErrorKind::refused, file + " can be read by others and is not ours to change: chmod 600 it", "state");
  }
  return {};
}

Result<std::unique_ptr<State>> finish(std::unique_ptr<Connection> db, Access access) {
  ROLLCALL_TRY(auto id, value<std::string>(*db, "select value from meta where name = 'id'"));
  auto state = std::make_unique<Tables>(std::move(db), access);
  state->set_id(id.value_or(""));
  return state;
}

Result<void> check_newer(int version) {
  if (version <= schema_version()) return {};
  return fail(ErrorKind::refused,
              "the state has version " + std::to_string(version) + ", this rollcall knows up to " +
                  std::to_string(schema_version()) + ": use the newer rollcall that made it",
              "state");
}

Result<void> check_same(int version) {
  ROLLCALL_CHECK(check_newer(version));
  if (version == schema_version()) return {};
  if (version == 0) return fail(ErrorKind::corrupt, "it holds no state of rollcall", "state");
  return fail(ErrorKind::refused,
              "the state has the older version " + std::to_string(version) +
                  ": `rollcall apply` or `rollcall run` brings it up to date",
              "state");
}

// Looks again inside the transaction: two processes may start at once.
Result<void> bring_up_to_date(Connection& db, std::string_view begin) {
  ROLLCALL_TRY(int version, version_of(db));
  ROLLCALL_CHECK(check_newer(version));
  if (version == schema_version()) return {};
  ROLLCALL_CHECK(db.script(begin));
  const auto work = [&]() -> Result<void> {
    ROLLCALL_TRY(version, version_of(db));
    ROLLCALL_CHECK(check_newer(version));
    ROLLCALL_CHECK(version == 0 ? create_fresh(db) : migrate(db, version, schema_version()));
    return db.script("commit;");
  };
  auto answer = work();
  if (!answer) (void)db.script("rollback;");
  return answer;
}

// --- SQLite ---

// The change of a fresh file to a log asks no busy handler: of two that start at once one is refused at once, though a moment later
// all is well (sqlite.org/c3ref/busy_handler.html).
Result<void> prepare_to_write(Connection& db) {
  for (int tries = 100;; --tries) {
    auto done = db.script(write_pragmas);
    if (done || tries == 0 || done.error().kind != ErrorKind::unavailable) return done;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

Result<std::unique_ptr<State>> open_to_write(const std::string& path) {
  const bool memory = path == ":memory:";
  if (!memory) {
    ROLLCALL_CHECK(check_directory(path));
    ROLLCALL_CHECK(make_private(path));
  }
  ROLLCALL_TRY(auto db, Connection::open(Backend::sqlite, memory ? path : uri(path, "?mode=rw"), true));
  // Before the file becomes a log-writing one: a database of another program is left as it is.
  ROLLCALL_CHECK(db->script("pragma busy_timeout = 5000;"));
  ROLLCALL_TRY(const int version, version_of(*db));
  ROLLCALL_CHECK(check_newer(version));
  ROLLCALL_CHECK(prepare_to_write(*db));
  // Readers then find the log and its index in place, and have nothing to create.
  if (!memory) {
    db->keep_wal();
    db->write_in_turn(path);
  }
  ROLLCALL_CHECK(bring_up_to_date(*db, "begin immediate;"));
  return finish(std::move(db), Access::write);
}

Result<std::unique_ptr<Connection>> connect_to_read(const std::string& path) {
  if (path == ":memory:" || !exists(path)) return no_state(path);
  ROLLCALL_CHECK(check_directory(path));
  // Neither log nor index: nobody has had it open since it was put there, and to read it must not create them.
  const bool untouched = !exists(path + "-wal") && !exists(path + "-shm");
  ROLLCALL_TRY(auto db,
               Connection::open(Backend::sqlite, uri(path, untouched ? "?mode=ro&immutable=1" : "?mode=ro"), false));
  ROLLCALL_CHECK(db->script(read_pragmas));
  return db;
}

Result<std::unique_ptr<State>> open_to_read(const std::string& path) {
  ROLLCALL_TRY(auto db, connect_to_read(path));
  ROLLCALL_TRY(const int version, version_of(*db));
  ROLLCALL_CHECK(check_same(version));
  return finish(std::move(db), Access::read);
}

// A directory of ours, mode 0700, that is removed with what is in it: SQLite keeps the file open, and it has no name
// any more.
class PrivateDirectory {
 public:
  PrivateDirectory() {
    const char* chosen = std::getenv("TMPDIR");
    for (const char* parent : {chosen ? chosen : "/var/tmp", "/var/tmp", "/tmp"}) {
      std::string pattern = std::string(parent) + "/rollcall-XXXXXX";
      if (::mkdtemp(pattern.data())) {
        path_ = pattern;
        return;
      }
    }
  }
  ~PrivateDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Result<std::unique_ptr<Connection>> copy_of(Connection& original) {
  const PrivateDirectory directory;
  if (directory.path().empty())
    return fail(ErrorKind::unavailable,
                "no private copy of the state could be made: neither TMPDIR nor /var/tmp nor /tmp is writable",
                "state");
  const std::string file = directory.path() + "/state.db";
  ROLLCALL_CHECK(original.copy_to(file));
  ROLLCALL_TRY(auto db, Connection::open(Backend::sqlite, uri(file, "?mode=rw"), true));
  ROLLCALL_CHECK(db->script(scratch_pragmas));
  return db;
}

Result<std::unique_ptr<State>> open_scratch(const std::string& path) {
  std::unique_ptr<Connection> db;
  if (auto original = connect_to_read(path)) {
    ROLLCALL_TRY(const int version, version_of(**original));
    ROLLCALL_CHECK(check_newer(version));
    if (version > 0) {
      ROLLCALL_TRY(db, copy_of(**original));
    }
  } else if (original.error().kind != ErrorKind::not_found) {
    return tl::unexpected<Error>(original.error());
  }
  const bool copied = db != nullptr;
  if (!copied) {  // a database without a name: a private temporary one
    ROLLCALL_TRY(db, Connection::open(Backend::sqlite, "", true));
    ROLLCALL_CHECK(db->script(scratch_pragmas));
  }
  ROLLCALL_CHECK(bring_up_to_date(*db, "begin;"));  // the copy alone
  ROLLCALL_TRY(auto state, finish(std::move(db), Access::scratch));
  if (!copied) static_cast<Tables&>(*state).set_id("");
  return state;
}

Result<std::unique_ptr<State>> open_sqlite(const std::string& path, Access access) {
  if (path != ":memory:" && (path.empty() || path.front() != '/' || path.back() == '/'))
    return fail(ErrorKind::invalid, "a state's url is sqlite:/absolute/path, not sqlite:" + path, "state");
  auto state = access == Access::write  ? open_to_write(path)
               : access == Access::read ? open_to_read(path)
                                        : open_scratch(path);
  if (!state && state.error().message.find(path) == std::string::npos)
    return tl::unexpected<Error>(at(path, state.error()));
  return state;
}

// --- PostgreSQL ---

// Temporary tables of the same names stand before the real ones in the search path; their own sequences leave the
// original's alone.
Result<void> shadow_tables(Connection& db) {
  ROLLCALL_TRY(const auto tables, column<std::string>(db,
                                                      "select cast(table_name as text) from information_schema.tables "
                                                      "where table_schema = current_schema() order by 1"));
  std::string sql;
  for (const std::string& table : tables) {
    ROLLCALL_TRY(const auto serial,
                 value<std::string>(db,
                                    "select cast(column_name as text) from information_schema.columns where "
                                    "table_schema = current_schema() and table_name = ?1 and column_default like "
                                    "'nextval%'",
                                    table));
    sql += "create temp table shadow_of_it (like " + table + " including all);";
    sql += "insert into shadow_of_it select * from " + table + ";alter table shadow_of_it rename to " + table + ";";
    if (!serial) continue;
    const std::string sequence = "pg_temp.shadow_" + table;
    sql += "create temp sequence shadow_" + table + ";";
    sql +=
        "select setval('" + sequence + "', coalesce(max(" + *serial + "), 0) + 1, false) from pg_temp." + table + ";";
    sql += "alter table pg_temp." + table + " alter column " + *serial + " set default nextval('" + sequence + "');";
  }
  return db.script("begin isolation level repeatable read;" + sql + "commit;");
}

Result<std::unique_ptr<State>> open_postgresql(const std::string& target, Access access) {
  ROLLCALL_TRY(auto db, Connection::open(Backend::postgresql, target, access != Access::read));
  ROLLCALL_TRY(const int version, version_of(*db));
  if (access == Access::write) {
    // The lock's number means nothing; it ends with the transaction.
    ROLLCALL_CHECK(bring_up_to_date(*db, "begin; select pg_advisory_xact_lock(7651);"));
    return finish(std::move(db), access);
  }
  if (access == Access::read) {
    if (version == 0) return no_state("the PostgreSQL database");
    ROLLCALL_CHECK(check_same(version));
    return finish(std::move(db), access);
  }
  ROLLCALL_CHECK(check_newer(version));
  ROLLCALL_CHECK(version > 0 ? shadow_tables(*db) : db->script("set search_path = pg_temp;"));
  if (version != schema_version()) ROLLCALL_CHECK(bring_up_to_date(*db, "begin;"));
  ROLLCALL_TRY(auto state, finish(std::move(db), access));
  if (version == 0) static_cast<Tables&>(*state).set_id("");
  return state;
}

}  // namespace

Result<std::unique_ptr<State>> State::open(const std::string& url, Access access) {
  if (url.starts_with("sqlite:")) return open_sqlite(url.substr(7), access);
  if (url.starts_with("postgresql://")) return open_postgresql(url, access);
  if (url.starts_with("postgresql:")) return open_postgresql(url.substr(11), access);
  return fail(ErrorKind::invalid, "a state's url is sqlite:/absolute/path, not " + url, "state");
}

}  // namespace rollcall::store
