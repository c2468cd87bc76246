#include "sync/pushed.hpp"

#include <algorithm>

#include "core/time.hpp"
#include "scim/record.hpp"
#include "store/pushed.hpp"

namespace rollcall::sync {
namespace {

constexpr std::int64_t page = 500;

Result<void> renew(store::State& state, const SourceSeat& seat, const scim::RecordPaths& paths, const store::ResourceRow& resource) {
  ROLLCALL_TRY(auto record, state.record(resource.record));
  if (!record) return fail(ErrorKind::corrupt, "the resource " + resource.id + " has no record in the state", seat.settings.name);
  ROLLCALL_TRY(const json::Value body, json::parse(resource.body, "resource in the state"));
  store::show(*record, scim::record_of(paths, resource.kind, resource.id, body), seat.settings.name, seat.mapping);
  return state.put_record(*record).map([](auto) {});
}

// The stored attributes are those that the mapping of then read. Page by page: clients go on pushing meanwhile.
Result<void> renew_all(store::State& state, const SourceSeat& seat) {
  const scim::RecordPaths paths(seat.mapping.shape());
  for (const RecordKind kind : {RecordKind::person, RecordKind::group}) {
    std::int64_t after = 0;
    std::int64_t count = page;
    while (count == page)
      ROLLCALL_CHECK(state.transaction([&]() -> Result<void> {
        ROLLCALL_TRY(const auto rows, state.resources_page(seat.settings.name, kind, after, 0, page));
        count = static_cast<std::int64_t>(rows.size());
        for (const auto& row : rows) {
          after = row.record;
          ROLLCALL_CHECK(renew(state, seat, paths, row));
        }
        return {};
      }));
  }
  return {};
}

Result<Instant> last_request(store::State& state, const store::SourceRow& row) {
  Instant last = row.last_read;
  ROLLCALL_TRY(const auto tokens, state.tokens());
  for (const auto& token : tokens)
    if (token.source == row.name) last = std::max(last, token.last_used);
  return last;
}

}  // namespace

std::string silence_of(const SourceSeat& seat, Instant last, Instant now) {
  if (last == Instant{}) return "no client has pushed yet; `rollcall token create " + seat.settings.name + "` gives one its token";
  if (!seat.settings.silence || now - last < *seat.settings.silence) return {};
  return "no client has authenticated since " + core::rfc3339(last) + ", which is longer than silence allows";
}

Result<SourcePlan> look_at_pushed(store::State& state, const SourceSeat& seat, Instant now) {
  ROLLCALL_TRY(const auto before, state.source(seat.settings.name));
  const bool stale = !before || before->content_id != seat.mapping.fingerprint;
  if (stale) ROLLCALL_CHECK(renew_all(state, seat));
  SourcePlan out;
  out.name = seat.settings.name;
  // The endpoint notes when it was asked last: in one transaction, or that is lost.
  ROLLCALL_CHECK(state.transaction([&]() -> Result<void> {
    ROLLCALL_TRY(auto row, state.source(seat.settings.name));
    if (!row) row.emplace();
    row->name = seat.settings.name;
    ROLLCALL_TRY(row->last_read, last_request(state, *row));
    ROLLCALL_TRY(row->people, state.count_resources(row->name, RecordKind::person));
    ROLLCALL_TRY(row->groups, state.count_resources(row->name, RecordKind::group));
    row->content_id = seat.mapping.fingerprint;
    row->detail = silence_of(seat, row->last_read, now);
    row->complete = row->detail.empty();
    if (row->complete) row->last_complete = now;
    out.people = row->people;
    out.groups = row->groups;
    out.complete = row->complete;
    out.detail = row->detail;
    if (stale) ROLLCALL_CHECK(state.mark_dirty({0}));
    return state.put_source(*row);
  }));
  return out;
}

}  // namespace rollcall::sync
