// Reads the configuration and the mappings that it names, checks everything that can be checked without touching
// anything, and tells all problems at once (contract section 2). Result values are immutable; load() may be called from
// any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "core/rules.hpp"
#include "language/mapping.hpp"
#include "language/problem.hpp"
#include "rollcall/settings.hpp"

namespace rollcall::app {

struct Configuration {
  Settings settings;
  std::map<std::string, language::SourceMapping> source_mappings;  // by the source's name
  std::map<std::string, core::ProviderRules> providers;            // by the provider's name
  std::vector<language::Problem> notes;                            // odd, but no error: for `check`
};

// `file` stands in messages as it is given. `data_dir` is the installed data folder, or what --mappings names.
tl::expected<Configuration, std::vector<language::Problem>> load(const std::string& file, const std::string& data_dir);

// --mappings, else ROLLCALL_DATA_DIR, else the folder of the installation.
std::string data_folder(const std::string& mappings_option);

}  // namespace rollcall::app
