// Loads configurations from a folder of their own, with the mappings of the tree.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/config/load.hpp"
#include "unit/app/folder.hpp"

namespace rollcall::app {

class Load : public testing::Test {
 protected:
  Folder folder;

  tl::expected<Configuration, std::vector<language::Problem>> load_text(const std::string& text) {
    return load(folder.write("rollcall.toml", text), SOURCE_DIR);
  }
  // The problems without the folder, one a line.
  std::string problems(const std::string& text) {
    const auto result = load_text(text);
    if (result) return "no problem";
    std::string lines;
    for (const auto& problem : result.error()) lines += language::to_string(problem) + '\n';
    for (std::size_t at; (at = lines.find(folder.path() + '/')) != std::string::npos;)
      lines.erase(at, folder.path().size() + 1);
    return lines;
  }
  Configuration good(const std::string& text) {
    auto result = load_text(text);
    if (!result)
      for (const auto& problem : result.error()) ADD_FAILURE() << language::to_string(problem);
    return result ? std::move(*result) : Configuration();
  }
  std::string fingerprint(const std::string& text) { return good(text).settings.fingerprint; }
};

}  // namespace rollcall::app
