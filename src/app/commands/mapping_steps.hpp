// What a mapping made of something, as text and as JSON. Values; pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "language/mapping.hpp"

namespace rollcall::app {

struct MappingSteps {
  std::string mapping;  // path
  std::string side;     // person group account
  std::string record;   // DN or user name of the record; may be empty
  std::vector<language::MappingTrace> steps;
  std::map<std::string, std::string> result;     // identity attributes, or enforced fields
  std::map<std::string, std::string> on_create;  // account only
  std::vector<std::string> problems;
};

std::string steps_as_text(const MappingSteps& steps);
std::string steps_as_json(const MappingSteps& steps);

}  // namespace rollcall::app
