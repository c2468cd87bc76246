// A secret in memory: it cannot be printed or compared by accident, and is wiped when it goes. A SecretRef says where one is
// to be read (contract section 2). Thread rule: values.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace rollcall {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&&) noexcept = default;
  Secret& operator=(const Secret&) = default;
  Secret& operator=(Secret&&) noexcept = default;
  ~Secret() {
    volatile char* p = text_.data();
    for (std::size_t i = 0; i < text_.size(); ++i) p[i] = 0;
  }
  // The one way to the text: a reviewer greps for it.
  std::string_view reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

struct SecretRef {
  enum class Kind { none, credential, file, env };
  Kind kind = Kind::none;
  std::string name;   // credential name, absolute path, or variable
  std::string where;  // FILE:LINE:COLUMN: KEY, for errors
  bool present() const { return kind != Kind::none; }
};

}  // namespace rollcall
