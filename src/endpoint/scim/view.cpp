#include "endpoint/scim/view.hpp"

#include "endpoint/scim/provisioning.hpp"
#include "language/unicode.hpp"
#include "scim/resource.hpp"

namespace rollcall::endpoint {
namespace {

using json::Array;
using json::Object;
using json::Value;

scim::Answer<Value> groups_value(const Context& c, const store::ResourceRow& user) {
  ROLLCALL_TRY(const auto groups, kept(c.state.groups_of_member(c.source.name, language::fold(user.id))));
  Array out;
  for (const auto& group : groups)
    out.emplace_back(Object{{"value", group.id}, {"$ref", location_of(c, RecordKind::group, group.id)}, {"display", group.display}, {"type", "direct"}});
  return out.empty() ? Value() : Value(std::move(out));
}

// What is no part of the stored body, without what has no value.
scim::Answer<Object> computed(const Context& c, const store::ResourceRow& row, const Wanted& wanted) {
  Object out;
  const auto add = [&](std::string_view name, Value value) {
    if (!value.is_null()) out.emplace_back(std::string(name), std::move(value));
  };
  const bool person = row.kind == RecordKind::person;
  if (person && wanted.groups) {
    ROLLCALL_TRY(Value groups, groups_value(c, row));
    add("groups", std::move(groups));
  }
  if (person && wanted.provisioning) {
    ROLLCALL_TRY(Value truth, provisioning_of(c, row));
    add(scim::provisioning_urn, std::move(truth));
  }
  if (!person && wanted.members) {
    ROLLCALL_TRY(Value members, members_value(c, row.record));
    add("members", std::move(members));
  }
  return out;
}

scim::Meta meta_of(const Context& c, const store::ResourceRow& row) {
  return {type_of(row.kind).name, row.created, row.modified, location_of(c, row.kind, row.id), version_of(row)};
}

}  // namespace

Wanted wanted_by(const scim::Projection& p) {
  return {p.shows("groups"), p.shows("members"), p.shows(scim::provisioning_urn)};
}

Wanted wanted_by(const scim::Filter& f) {
  return {f.reads("groups"), f.reads("members"), f.reads(scim::provisioning_urn)};
}

scim::Answer<Value> members_value(const Context& c, std::int64_t group) {
  ROLLCALL_TRY(const auto members, kept(c.state.shown_members(group, c.source.name)));
  Array out;
  out.reserve(members.size());
  for (const auto& member : members) {
    Object one{{"value", member.id.empty() ? member.raw : member.id}};
    if (!member.id.empty()) {      // a member that resolves to nothing is shown as it was sent
      one.emplace_back("$ref", location_of(c, member.kind, member.id));
      one.emplace_back("type", type_of(member.kind).name);
    }
    out.emplace_back(std::move(one));
  }
  return out.empty() ? Value() : Value(std::move(out));
}

scim::Answer<Value> view(const Context& c, const store::ResourceRow& row, const Wanted& wanted) {
  const scim::ResourceType& type = type_of(row.kind);
  ROLLCALL_TRY(Value out, body_of(row));
  ROLLCALL_TRY(Object more, computed(c, row, wanted));
  scim::set_id(type, out, row.id);
  for (json::Member& each : more) scim::set_computed(type, out, each.first, std::move(each.second));
  scim::set_meta(type, out, meta_of(c, row));
  return out;
}

scim::Answer<std::string> rendered(const Context& c, const store::ResourceRow& row, const scim::Projection& projection) {
  const Wanted wanted = wanted_by(projection);
  if (projection.is_default()) {
    ROLLCALL_TRY(const Object more, computed(c, row, wanted));
    if (auto text = scim::spliced(row.body, row.id, more, meta_of(c, row))) return std::move(*text);
  }
  ROLLCALL_TRY(const Value whole, view(c, row, wanted));
  return json::write(projection.is_default() ? whole : projection.apply(whole));
}

}  // namespace rollcall::endpoint
