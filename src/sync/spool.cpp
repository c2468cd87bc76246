#include "sync/spool.hpp"

namespace rollcall::sync {

Spool::Spool() : file_(std::tmpfile(), &std::fclose) { failed_ = !file_; }

void Spool::put(std::uint64_t number) {
  if (!failed_ && std::fwrite(&number, sizeof number, 1, file_.get()) != 1) failed_ = true;
}

void Spool::put(std::string_view text) {
  put(static_cast<std::uint64_t>(text.size()));
  if (!failed_ && !text.empty() && std::fwrite(text.data(), text.size(), 1, file_.get()) != 1) failed_ = true;
}

bool Spool::get(std::uint64_t& number) { return std::fread(&number, sizeof number, 1, file_.get()) == 1; }

bool Spool::get(std::string& text) {
  std::uint64_t size = 0;
  if (!get(size)) return false;
  text.resize(size);
  return size == 0 || std::fread(text.data(), size, 1, file_.get()) == 1;
}

void Spool::append(const Record& r) {
  put(static_cast<std::uint64_t>(r.kind));
  for (const auto* text : {&r.key, &r.locator, &r.normal_locator}) put(*text);
  put(static_cast<std::uint64_t>(r.attributes.size()));
  for (const auto& [name, values] : r.attributes) {
    put(name);
    put(static_cast<std::uint64_t>(values.size()));
    for (const auto& value : values) put(value);
  }
  put(static_cast<std::uint64_t>(r.members.size()));
  for (const auto& member : r.members) put(member);
  for (std::uint64_t n : {r.content.high, r.content.low, r.members_hash.high, r.members_hash.low, r.has}) put(n);
  ++count_;
}

void Spool::rewind() {
  if (file_ && std::fflush(file_.get()) != 0) failed_ = true;
  if (file_) std::rewind(file_.get());
}

std::optional<Record> Spool::next() {
  Record r;
  std::uint64_t kind = 0, n = 0, m = 0;
  if (failed_ || !get(kind)) return std::nullopt;
  r.kind = static_cast<RecordKind>(kind);
  bool ok = get(r.key) && get(r.locator) && get(r.normal_locator) && get(n);
  for (; ok && n > 0; --n) {
    std::string name;
    ok = get(name) && get(m);
    auto& values = r.attributes[name];
    values.resize(ok ? m : 0);
    for (auto& value : values) ok = ok && get(value);
  }
  ok = ok && get(n);
  r.members.resize(ok ? n : 0);
  for (auto& member : r.members) ok = ok && get(member);
  for (auto* number : {&r.content.high, &r.content.low, &r.members_hash.high, &r.members_hash.low, &r.has}) ok = ok && get(*number);
  if (!ok) failed_ = true;
  return ok ? std::optional(std::move(r)) : std::nullopt;
}

}  // namespace rollcall::sync
