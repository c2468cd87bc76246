// A folder of its own for one test, gone afterwards, and a configuration that is right as a start for what is to be
// wrong.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace rollcall::app {

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "rollcall-app-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string path(std::string_view name = {}) const { return name.empty() ? path_ : path_ + '/' + std::string(name); }
  std::string write(std::string_view name, std::string_view content) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }

 private:
  std::string path_;
};

// Sets a variable of the environment for one scope.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* before = ::getenv(name)) before_ = before, had_ = true;
    value ? ::setenv(name, value, 1) : ::unsetenv(name);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { had_ ? ::setenv(name_, before_.c_str(), 1) : ::unsetenv(name_); }

 private:
  const char* name_;
  std::string before_;
  bool had_ = false;
};

inline const std::string good_source = R"([source.corp]
type = "ldap"
uris = ["ldap://127.0.0.1:389"]
people = { base = "dc=example" }
groups = { base = "dc=example" }
mapping = "openldap"
)";
inline const std::string good_provider = R"([provider.onelogin]
type = "onelogin-v3"
url = "http://127.0.0.1:1"
api-key = { env = "KEY" }
on-leave = "suspend"
)";

}  // namespace rollcall::app
