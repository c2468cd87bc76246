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

scim::Answer<Value> completed(const Context& c, const store::ResourceRow& row, Value out, const Wanted& wanted) {
  const scim::ResourceType& type = type_of(row.kind);
  scim::set_id(type, out, row.id);
  if (row.kind == RecordKind::person) {
    if (wanted.groups) {
      ROLLCALL_TRY(Value groups, groups_value(c, row));
      scim::set_computed(type, out, "groups", std::move(groups));
    }
    if (wanted.provisioning) {
      ROLLCALL_TRY(Value truth, provisioning_of(c, row));
      scim::set_computed(type, out, scim::provisioning_urn, std::move(truth));
    }
  } else if (wanted.members) {
    ROLLCALL_TRY(Value members, members_value(c, row.record));
    scim::set_computed(type, out, "members", std::move(members));
  }
  scim::set_meta(type, out, {type.name, row.created, row.modified, location_of(c, row.kind, row.id), version_of(row)});
  return out;
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
  ROLLCALL_TRY(Value body, body_of(row));
  return completed(c, row, std::move(body), wanted);
}

scim::Answer<std::string> rendered(const Context& c, const store::ResourceRow& row, Value body, const scim::Projection& projection) {
  ROLLCALL_TRY(const Value whole, completed(c, row, std::move(body), wanted_by(projection)));
  return json::write(projection.is_default() ? whole : projection.apply(whole));
}

scim::Answer<std::string> rendered(const Context& c, const store::ResourceRow& row, const scim::Projection& projection) {
  ROLLCALL_TRY(Value body, body_of(row));
  return rendered(c, row, std::move(body), projection);
}

}  // namespace rollcall::endpoint
