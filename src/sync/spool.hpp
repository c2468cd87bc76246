// Records that differ wait here until the read's verdict is known: in a private file without a name, so that memory does not
// grow with the directory. Thread rule: one thread writes, then one thread reads.
#pragma once

#include <cstdio>
#include <memory>
#include <optional>

#include "rollcall/record.hpp"

namespace rollcall::sync {

class Spool {
 public:
  Spool();
  void append(const Record& record);
  void rewind();
  std::optional<Record> next();
  std::size_t size() const { return count_; }
  bool failed() const { return failed_; }   // the disk is full: the read cannot be used

 private:
  void put(std::string_view text);
  void put(std::uint64_t number);
  bool get(std::string& text);
  bool get(std::uint64_t& number);

  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  std::size_t count_ = 0;
  bool failed_ = false;
};

}  // namespace rollcall::sync
