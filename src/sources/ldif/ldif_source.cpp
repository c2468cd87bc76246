#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <exception>

#include "crypto/hash.hpp"
#include "sources/filter.hpp"
#include "sources/intake.hpp"
#include "sources/dn.hpp"
#include "sources/ldif/reader.hpp"
#include "sources/sources.hpp"

namespace rollcall::sources {
namespace {

constexpr std::size_t max_problems = 5;  // told one by one

// A search over the file: what a server would do with base, scope and filter.
struct FileSearch {
  std::string base;  // normal form
  std::string scope;
  Filter filter;

  bool in_scope(std::string_view dn) const {
    if (scope == "base") return dn == base;
    if (scope == "one") return parent(dn) == base && dn != base;
    return below(dn, base);
  }
  bool takes(std::string_view dn, const Attributes& entry) const { return in_scope(dn) && filter.matches(entry); }
};

Result<FileSearch> file_search(const SearchSettings& settings, const std::string& mapping_filter,
                               const std::string& where) {
  const std::string& own = settings.filter.empty() ? mapping_filter : settings.filter;
  auto filter = Filter::parse(own.empty() ? "(objectClass=*)" : own);
  if (!filter) {
    filter.error().where = where;
    return tl::unexpected(std::move(filter).error());
  }
  FileSearch out{normal_dn(settings.base), settings.scope, std::move(*filter)};
  if (out.base.empty() && !settings.base.empty())
    return fail(ErrorKind::invalid, "the base " + settings.base + " is no DN", where);
  return out;
}

Result<std::string> file_content(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return fail(ErrorKind::unavailable, path + ": " + std::strerror(errno), path);
  std::string out;
  struct stat about {};
  if (::fstat(file, &about) == 0 && about.st_size > 0) out.reserve(static_cast<std::size_t>(about.st_size) + 1);
  ssize_t got = 1;
  for (char block[1 << 16]; got > 0;) {
    got = ::read(file, block, sizeof block);
    if (got < 0 && errno == EINTR)
      got = 1;
    else if (got > 0)
      out.append(block, static_cast<std::size_t>(got));
  }
  const int error = errno;
  ::close(file);
  if (got < 0) return fail(ErrorKind::unavailable, path + ": " + std::strerror(error), path);
  return out;
}

class LdifSource final : public Source {
 public:
  LdifSource(const SourceSettings& settings, RecordShape shape, FileSearch people, FileSearch groups)
      : settings_(settings), shape_(std::move(shape)), people_(std::move(people)), groups_(std::move(groups)) {}

  const std::string& name() const override { return settings_.name; }
  void cancel() override { cancelled_ = true; }

  ReadReport read(const Known& known, const RecordSink& sink) override {
    Intake intake(settings_, shape_, known, sink);
    bool reached = false;
    try {
      const auto content = file_content(settings_.path);
      reached = content.has_value();
      if (reached)
        read_all(*content, intake);
      else
        intake.incomplete(content.error().message);
    } catch (const std::exception& e) {
      intake.incomplete(std::string("the read broke off: ") + e.what());
    }
    if (cancelled_.exchange(false)) intake.incomplete("the read was cancelled");
    return reached ? intake.finish() : intake.finish_unreached();
  }

  Result<std::string> probe() override {
    const ReadReport report = read({}, [](Record&&) {});
    if (!report.complete)
      return fail(report.reached ? ErrorKind::corrupt : ErrorKind::unavailable, report.detail, settings_.path);
    return settings_.path + ": " + std::to_string(report.people) + " people, " + std::to_string(report.groups) +
           " groups";
  }

 private:
  std::string place(std::string_view line) const { return settings_.path + ":" + std::string(line); }

  void read_all(const std::string& content, Intake& intake) {
    intake.set_content_id(crypto::content_id(content));
    auto reader = LdifReader::open(content);
    if (!reader) {
      intake.incomplete((reader.error().where.empty() ? settings_.path : place(reader.error().where)) + ": " +
                        reader.error().message);
      return;
    }
    const bool cut = !content.empty() && content.back() != '\n';
    std::size_t problems = 0;
    std::optional<LdifRecord> held;  // one behind, as the last record of a file that was cut short cannot be believed
    while (!cancelled_) {
      auto record = reader->next();
      if (!record) {
        if (++problems <= max_problems) intake.incomplete(place(record.error().where) + ": " + record.error().message);
        continue;
      }
      if (held && (*record || !cut)) take(*held, intake);
      if (!*record) break;
      held = std::move(*record);
    }
    if (problems > max_problems)
      intake.incomplete("and " + std::to_string(problems - max_problems) + " more such records");
    if (!cut) return;
    if (held) intake.note_dn(held->dn);
    intake.incomplete(
        settings_.path + " ends in the middle of a line: it was cut short" +
        (held ? ", in the record of " + held->dn + " (line " + std::to_string(held->line) + ")" : std::string()));
  }

  void take(const LdifRecord& record, Intake& intake) {
    const std::string dn = normal_dn(record.dn);
    const std::string line = place(std::to_string(record.line));
    Attributes plain;
    for (const auto& [name, value] : record.values)
      if (const auto description = parse_description(name); description && description->plain)
        plain[description->type].push_back(value);
    intake.note_dn(record.dn);
    const bool person = people_.takes(dn, plain), group = groups_.takes(dn, plain);
    if (!record.bad.empty()) {
      // What is left of a bad record may not fit the filter: then its place decides.
      if (group && !person)
        spoil(RecordKind::group, record, line, intake);
      else if (person || people_.in_scope(dn))
        spoil(RecordKind::person, record, line, intake);
      else if (groups_.in_scope(dn))
        spoil(RecordKind::group, record, line, intake);
      return;
    }
    if (person) intake.take(RecordKind::person, entry_of(RecordKind::person, record, intake), line);
    if (group) intake.take(RecordKind::group, entry_of(RecordKind::group, record, intake), line);
  }

  Entry entry_of(RecordKind kind, const LdifRecord& record, Intake& intake) const {
    Entry entry;
    entry.dn = record.dn;
    Wanted& wanted = intake.wanted(kind);
    for (const auto& [name, value] : record.values)
      if (const auto place = wanted.place(name); place.slot != Wanted::none)
        entry.values.push_back({place.slot, value});
    return entry;
  }

  void spoil(RecordKind kind, const LdifRecord& record, const std::string& line, Intake& intake) {
    intake.spoil(kind, entry_of(kind, record, intake),
                 "the record is left out, and what was known of it stays: " + record.bad, line);
  }

  SourceSettings settings_;
  RecordShape shape_;
  FileSearch people_, groups_;
  std::atomic<bool> cancelled_ = false;
};

}  // namespace

Result<std::unique_ptr<Source>> make_ldif_source(const SourceSettings& settings, RecordShape shape) {
  for (const std::string& sentinel : settings.sentinels)
    if (normal_dn(sentinel).empty())
      return fail(ErrorKind::invalid, "the sentinel " + sentinel + " is no DN", settings.where);
  ROLLCALL_TRY(FileSearch people, file_search(settings.people, shape.people_filter, settings.where));
  ROLLCALL_TRY(FileSearch groups, file_search(settings.groups, shape.group_filter, settings.where));
  return std::make_unique<LdifSource>(settings, std::move(shape), std::move(people), std::move(groups));
}

}  // namespace rollcall::sources
