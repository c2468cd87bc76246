#include "endpoint/scim/edit.hpp"
#include "language/unicode.hpp"

namespace rollcall::endpoint {
namespace {

store::State::Member member_row(const std::string& raw) { return {language::fold(raw), raw}; }

// Whom a member value means: a person by id, or by user name as the engine resolves it too (contract 4.2).
scim::Answer<void> look_again(const Context& c, const std::string& ref) {
  std::set<std::int64_t> people;
  ROLLCALL_TRY(const auto by_id, kept(c.state.resource(c.source.name, ref)));
  if (by_id && by_id->kind == RecordKind::person) people.insert(by_id->record);
  ROLLCALL_TRY(const auto by_name, kept(c.state.resources_by(c.source.name, RecordKind::person, store::State::ResourceKey::handle, ref)));
  people.insert(by_name.begin(), by_name.end());
  return kept(c.state.mark_dirty(people));
}

scim::Answer<bool> replace_all(const Context& c, std::int64_t group, const scim::MemberChange& change) {
  std::vector<store::State::Member> members;
  members.reserve(change.added.size());
  for (const auto& [id, _] : change.added) members.push_back(member_row(id));
  ROLLCALL_TRY(const auto delta, kept(c.state.replace_members(group, members)));
  for (const auto* refs : {&delta.added, &delta.removed})
    for (const auto& ref : *refs) ROLLCALL_CHECK(look_again(c, ref));
  return !delta.added.empty() || !delta.removed.empty();
}

scim::Answer<void> check_member(const std::string& id) {
  if (!id.empty() && id.size() <= 1024 && id.find('\0') == id.npos) return {};
  return scim::refuse(scim::ErrorType::invalid_value, "members.value must be the id of a User or a Group");
}

}  // namespace

scim::Answer<bool> change_members(const Context& c, std::int64_t group, const scim::MemberChange& change) {
  for (const auto& [id, _] : change.added) ROLLCALL_CHECK(check_member(id));
  if (change.replaced) return replace_all(c, group, change);
  bool changed = false;
  for (const auto& id : change.removed) {
    const auto member = member_row(id);
    ROLLCALL_TRY(const bool gone, kept(c.state.remove_member(group, member.ref)));
    if (gone) ROLLCALL_CHECK(look_again(c, member.ref));
    changed = changed || gone;
  }
  for (const auto& [id, _] : change.added) {
    const auto member = member_row(id);
    ROLLCALL_TRY(const bool fresh, kept(c.state.add_member(group, c.source.name, member)));
    if (fresh) ROLLCALL_CHECK(look_again(c, member.ref));
    changed = changed || fresh;
  }
  return changed;
}

// Who is deleted leaves the groups (RFC 7644 section 3.6 in spirit); these are other groups from then on.
scim::Answer<void> leave_groups(const Context& c, const store::ResourceRow& member) {
  const std::string ref = language::fold(member.id);
  ROLLCALL_TRY(const auto groups, kept(c.state.groups_of_member(c.source.name, ref)));
  for (const auto& group : groups) {
    ROLLCALL_CHECK(kept(c.state.remove_member(group.record, ref)));
    ROLLCALL_TRY(auto row, kept(c.state.resource(group.record)));
    if (!row) continue;
    ++row->version;
    row->modified = c.now;
    ROLLCALL_CHECK(kept(c.state.put_resource(*row, std::nullopt)));
  }
  return {};
}

}  // namespace rollcall::endpoint
