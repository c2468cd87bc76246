// One person's whole story as JSON (contract section 7), and as text made from it. Reads the state only.
#pragma once

#include <string>

#include "app/wiring.hpp"
#include "json/json.hpp"
#include "store/state.hpp"

namespace rollcall::app {

Result<json::Value> explanation(store::State& state, const Wiring& wiring, const std::string& person, Instant now);
std::string explanation_text(const json::Value& value);

}  // namespace rollcall::app
