// Columns set under one another for the listings. Cells come through report::printable here. Not shared between
// threads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace rollcall::report {

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> heads) : heads_(std::move(heads)) {}

  // As many cells as heads; `note` stands under the row, wrapped and indented.
  void row(const std::vector<std::string>& cells, std::string_view note = {});
  bool empty() const { return rows_.empty(); }
  // Each line begins with `indent` blanks. Cells are never cut: ids and commands must stay whole.
  std::string text(std::size_t indent = 0, std::size_t width = 80) const;

 private:
  struct Row {
    std::vector<std::string> cells;
    std::string note;
  };
  std::vector<std::string> heads_;
  std::vector<Row> rows_;
};

}  // namespace rollcall::report
