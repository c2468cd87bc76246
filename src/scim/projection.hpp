// `attributes` and `excludedAttributes` (RFC 7644 section 3.9): which part of a resource an answer shows. What is returned `always` is
// shown always, `never` never, `request` only when it is named. Names that the type does not have are ignored; with both lists
// `attributes` wins. Immutable; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scim/error.hpp"
#include "scim/path.hpp"

namespace rollcall::scim {

class Projection {
 public:
  Projection(const ResourceType& type, const std::vector<std::string>& attributes, const std::vector<std::string>& excluded);

  // Everything by default is shown, so a rendered resource can be sent as it is.
  bool is_default() const { return default_; }
  // Whether any of this top-level attribute (or extension URN) is shown: what need not be read otherwise.
  bool shows(std::string_view attribute) const;
  Value apply(const Value& resource) const;

 private:
  enum class Named { no, part, all };
  struct Choice {
    const Attribute* attribute;
    Named named = Named::no;
    std::vector<Choice> subs;
  };
  static Choice tree(const Attribute& attribute);
  static std::shared_ptr<const Choice> blank(const ResourceType& type);
  static void name(Choice& root, const Path& path, const ResourceType& type);
  Value cut(const Choice& choice, const Value& value) const;
  bool keeps(const Choice& choice) const;

  std::shared_ptr<const Choice> root_;
  bool selecting_ = false;  // `attributes`: only what is named; else all but what is named
  bool default_ = false;
};

}  // namespace rollcall::scim
