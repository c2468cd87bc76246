// How a parsed filter becomes one that is resolved against a schema: for filter.cpp. Pure.
#pragma once

#include <set>
#include <string>

#include "scim/filter.hpp"

namespace rollcall::scim {

class FilterCompiler {
 public:
  explicit FilterCompiler(const ResourceType& type) : type_(&type) {}
  explicit FilterCompiler(const Attribute& element) : element_(&element) {}

  Answer<Filter::Term> term(const language::Filter& filter);
  const std::set<std::string>& unknown() const { return unknown_; }  // paths that the type lacks, as written

 private:
  std::optional<Path> resolved(const language::AttributePath& path) const;
  Answer<Filter::Term> within(const language::Filter& filter, Filter::Term out);
  Answer<Filter::Term> comparison(const language::Filter& filter, Filter::Term out);

  const ResourceType* type_ = nullptr;  // or
  const Attribute* element_ = nullptr;
  std::set<std::string> unknown_;
};

}  // namespace rollcall::scim
