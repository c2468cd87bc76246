#include "report/text_table.hpp"

#include <algorithm>

#include "report/escape.hpp"

namespace rollcall::report {
namespace {

void append_line(std::string& out, std::size_t indent, const std::vector<std::string>& cells,
                 const std::vector<std::size_t>& widths) {
  std::string line(indent, ' ');
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line += cells[i];
    line.append(widths[i] - columns(cells[i]) + 2, ' ');
  }
  line.resize(line.find_last_not_of(' ') + 1);
  out += line + '\n';
}

}  // namespace

void TextTable::row(const std::vector<std::string>& cells, std::string_view note) {
  Row row{{}, printable(note)};
  for (std::size_t i = 0; i < heads_.size(); ++i)
    row.cells.push_back(i < cells.size() && !cells[i].empty() ? printable(cells[i]) : "-");
  rows_.push_back(std::move(row));
}

std::string TextTable::text(std::size_t indent, std::size_t width) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    widths.push_back(columns(heads_[i]));
    for (const Row& row : rows_) widths[i] = std::max(widths[i], columns(row.cells[i]));
  }
  std::string out;
  append_line(out, indent, heads_, widths);
  for (const Row& row : rows_) {
    append_line(out, indent, row.cells, widths);
    if (!row.note.empty()) out.append(indent + 4, ' ').append(wrapped(row.note, indent + 4, width)).append(1, '\n');
  }
  return out;
}

}  // namespace rollcall::report
