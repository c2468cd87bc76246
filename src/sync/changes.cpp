#include "sync/changes.hpp"

#include <algorithm>

#include "log/log.hpp"
#include "sync/retry.hpp"

namespace rollcall::sync {
namespace {

// Whoever asks from the very end of the last time misses what a slower clock dates earlier, and what shows only a while after its date.
// What is seen twice is compared twice, and is the same.
constexpr auto overlap = std::chrono::minutes{5};

struct Changes {
  store::State& state;
  const ProviderSeat& seat;
  Io& io;
  Census& census;

  const std::string& name() const { return seat.rules.settings.name; }
};

void give_up(Changes& c, const std::string& why) {
  c.census.missed_changes = true;
  c.census.warnings.push_back({c.name(), "changes", "who changed since the last listing could not be listed: " + why});
  log::warn("who changed at the provider could not be listed; the last listing stands", {{"provider", c.name()}, {"reason", why}});
}

Result<void> take_page(Changes& c, const std::vector<Account>& accounts) {
  return c.state.transaction([&]() -> Result<void> {
    for (const auto& shown : accounts) {
      const Account account = by_role_name(shown, c.census.roles);
      ROLLCALL_TRY(const auto row, c.state.account(c.name(), account.id));
      ROLLCALL_CHECK(take_listed(c.state, c.seat, account, {row ? row->hash : "", false}, c.census));
    }
    return {};
  });
}

// Answers show the ids of roles, and the state has their names: without the catalogue every account would look changed.
bool knows_roles(Changes& c) {
  const auto& can = c.seat.capabilities;
  if (c.census.roles || !can.shows_roles || !can.lists_roles) return true;
  read_roles(c.seat, c.io, c.census);
  return c.census.roles.has_value();
}

Result<void> take_since(Changes& c, Instant since) {
  std::string cursor;
  do {
    auto page = c.io.run(retried(c.seat, [&] { return c.seat.provider->list_changed(since, cursor); }));
    if (!page) {
      give_up(c, page.error().message);
      return {};
    }
    for (const auto& bad : page->unusable) c.census.warnings.push_back({c.name(), bad.account, bad.detail});
    if (!page->unusable.empty()) give_up(c, std::to_string(page->unusable.size()) + " accounts could not be understood");
    if (!page->accounts.empty() && !knows_roles(c)) {
      give_up(c, "the roles could not be read");
      return {};
    }
    ROLLCALL_CHECK(take_page(c, page->accounts));
    cursor = page->next;
  } while (!cursor.empty());
  return {};
}

}  // namespace

Result<void> take_changes(store::State& state, const ProviderSeat& seat, Io& io, Instant now, Duration pause, Census& census) {
  Changes c{state, seat, io, census};
  ROLLCALL_TRY(const auto before, state.provider(c.name()));
  if (!before || before->changes_since == Instant{}) return {};
  const bool lately = before->changes_since <= now && now - before->changes_since < pause;
  if (lately) return {};
  ROLLCALL_CHECK(take_since(c, std::min(before->changes_since, now) - overlap));
  if (census.missed_changes) return {};
  ROLLCALL_TRY(auto row, state.provider(c.name()));   // others may have written to it meanwhile
  if (!row) return {};
  row->changes_since = now;
  return state.put_provider(*row);
}

}  // namespace rollcall::sync
