#include "app/config/load.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/config/sections.hpp"
#include "crypto/hash.hpp"

namespace rollcall::app {
namespace {

tl::expected<std::string, std::string> file_content(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return tl::unexpected(std::string("is a folder, not a configuration"));
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  if (file) content << file.rdbuf();
  if (!file.is_open() || file.bad())
    return tl::unexpected("cannot be read: " + std::string(std::strerror(errno ? errno : EIO)));
  return content.str();
}

// Values are framed by their length, so that no value can pass for another key.
std::string fingerprint(const std::map<std::string, std::string>& meaning) {
  std::string canonical = "rollcall-configuration-1\n";
  for (const auto& [key, value] : meaning) canonical += key + ' ' + std::to_string(value.size()) + ' ' + value + '\n';
  return crypto::content_id(canonical);
}

void check_whole(Table& root, Loading& loading) {
  const auto& settings = loading.result.settings;
  if (!root.has("source") && !root.has("provider"))
    root.complain_at({1, 1}, "source", "nothing to do: there is neither a source nor a provider");
  const auto note = [&](const char* key, const char* text) {
    loading.result.notes.push_back({loading.reading.file, 1, 1, key, text});
  };
  if (settings.sources.empty() && root.has("provider")) note("source", "there is no source, so nobody is known");
  if (settings.providers.empty() && root.has("source"))
    note("provider", "there is no provider, so nothing is provisioned");
}

void read_document(const Node& document, Loading& loading) {
  Table root(loading.reading, document, "");
  read_general(root, loading);
  read_sources(root, loading);
  read_join(root, loading);
  read_providers(root, loading);
  check_whole(root, loading);
  root.finish();
}

}  // namespace

tl::expected<Configuration, std::vector<language::Problem>> load(const std::string& file, const std::string& data_dir) {
  Loading loading;
  Reading& reading = loading.reading;
  const auto path = std::filesystem::absolute(file).lexically_normal();
  reading.file = file;
  reading.folder = path.parent_path().string();
  loading.data_dir = data_dir;
  const auto refused = [&](Place at, std::string text) {
    return tl::unexpected(std::vector<language::Problem>{{file, at.line, at.column, "", std::move(text)}});
  };
  auto content = file_content(file);
  if (!content) return refused({}, content.error());
  reading.content = std::move(*content);
  const auto document = parse_document(reading.content);
  if (!document) return refused(document.error().at, document.error().text);
  read_document(*document, loading);
  if (!reading.problems.empty()) {
    language::sort_problems(reading.problems);
    return tl::unexpected(std::move(reading.problems));
  }
  loading.result.settings.file = path.string();
  loading.result.settings.fingerprint = fingerprint(reading.meaning);
  return std::move(loading.result);
}

std::string data_folder(const std::string& mappings_option) {
  if (!mappings_option.empty()) return std::filesystem::absolute(mappings_option).lexically_normal().string();
  if (const char* folder = std::getenv("ROLLCALL_DATA_DIR"); folder && *folder) return folder;
  return ROLLCALL_DATADIR;
}

}  // namespace rollcall::app
