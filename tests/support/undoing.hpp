// What the tests of `undo` ask of an engine. Thread rule: one thread.
#pragma once

#include "support/engine.hpp"

namespace rollcall::test {

using namespace std::chrono_literals;

inline std::string states(Engine& e) {   // "waived update ada", ...
  std::string out;
  const auto rows = e.state->holds().value();
  for (const auto& h : rows) out += (out.empty() ? "" : ", ") + h.state + " " + h.kind + " " + h.person + (h.role.empty() ? "" : " " + h.role);
  return out;
}
inline std::string title_of(Engine& e, const std::string& user) { return e.account(user)->fields.at("title"); }
inline std::int64_t waived(const Plan& plan) { return plan.providers.at(0).summary.at("waived"); }
// The next run does nothing, and says how much it leaves undone.
inline void expect_rest(Engine& e, std::int64_t left) {
  for (int i = 0; i < 3; ++i) {
    const Turn turn = e.later(20min);
    EXPECT_EQ(lines(turn.plan), Lines{});
    EXPECT_EQ(waived(turn.plan), left);
  }
}
inline void approve_waivers(Engine& e) {
  const auto rows = e.state->holds().value();
  for (const auto& h : rows)
    if (h.state == "waived") {
      EXPECT_TRUE(e.state->erase_hold(h.id));
    }
}

inline std::unique_ptr<Engine> renamed(Capabilities c = like_onelogin()) {   // run2 made Ada boss
  auto e = std::make_unique<Engine>(std::move(c));
  e->person("ada");
  e->person("bea");
  e->apply();
  e->set("ada", "title", "Boss");
  EXPECT_EQ(lines(e->later(1min).plan), Lines{"update ada"});
  return e;
}

}  // namespace rollcall::test
