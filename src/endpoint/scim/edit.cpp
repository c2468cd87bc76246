#include "endpoint/scim/edit.hpp"

#include <algorithm>

#include "crypto/uuid.hpp"
#include "endpoint/scim/view.hpp"
#include "language/unicode.hpp"
#include "scim/patch.hpp"
#include "scim/record.hpp"
#include "scim/resource.hpp"
#include "scim/response.hpp"
#include "store/pushed.hpp"

namespace rollcall::endpoint {
namespace {

using json::Value;
using scim::refuse;

std::vector<std::string> emails_of(const Value& resource) {
  std::vector<std::string> out;
  const Value* const emails = resource.find("emails");
  if (const auto* list = emails ? emails->as_array() : nullptr)
    for (const Value& one : *list)
      if (std::string email = language::fold(one.text("value")); !email.empty()) out.push_back(std::move(email));
  return out;
}

// What look-ups and others see of the resource.
void describe(store::ResourceRow& row, const Value& resource) {
  const std::string display = resource.text("displayName"), user = resource.text("userName");
  row.handle = language::fold(row.kind == RecordKind::person ? user : display);
  row.display = display.empty() ? user : display;
  row.external_id = resource.text("externalId");
}

// RFC 7643 section 4.1.1: userName is unique, whatever its case.
scim::Answer<void> check_unique(const Context& c, const store::ResourceRow& row) {
  if (row.kind != RecordKind::person) return {};
  if (language::is_blank(row.handle)) return refuse(scim::ErrorType::invalid_value, "userName: it is nothing but white space");
  ROLLCALL_TRY(const auto others, kept(c.state.resources_by(c.source.name, row.kind, store::State::ResourceKey::handle, row.handle)));
  if (std::all_of(others.begin(), others.end(), [&](auto record) { return record == row.record; })) return {};
  return refuse(scim::ErrorType::uniqueness, "userName: another User has it");
}

// The state keeps no NUL: it would end the text on one of its databases. In JSON it is an escape, unless its backslash is itself escaped.
scim::Answer<void> check_text(const std::string& body) {
  for (std::size_t at = 0; (at = body.find("\\u0000", at)) != body.npos; ++at) {
    std::size_t begin = at;
    while (begin > 0 && body[begin - 1] == '\\') --begin;
    if ((at - begin) % 2 == 0) return refuse(scim::ErrorType::invalid_value, "a text must not contain the character NUL");
  }
  return {};
}

// The record that the engine reads; a new group's name and a person's every change concern people.
scim::Answer<void> write_record(const Context& c, store::ResourceRow& row, const Value& resource) {
  const bool fresh = row.record == 0, person = row.kind == RecordKind::person;
  store::RecordRow record;
  if (!fresh && !person) {       // of a person nothing that was there is asked for
    ROLLCALL_TRY(auto old, kept(c.state.record(row.record)));
    if (!old) return refuse(500, "the service failed: a record is missing in its state");
    record = std::move(*old);
  }
  const std::string name_before = record.name;
  store::show(record, scim::record_of(c.source.paths, row.kind, row.id, resource), c.source.name, c.source.mapping);
  if (fresh) {
    record.first_seen = c.now;
    ROLLCALL_TRY(row.record, kept(c.state.put_record(record)));
  } else {
    record.id = row.record;
    ROLLCALL_CHECK(kept(c.state.show_record(record)));
  }
  if (person) return kept(c.state.mark_dirty({row.record}));
  return record.name == name_before ? scim::Answer<void>() : kept(c.state.mark_members_dirty(row.record));
}

// What another User may have is looked for only where it is new, and e-mails are written only where they are other than before.
scim::Answer<void> write_row(const Context& c, store::ResourceRow& row, const Value& resource, const std::vector<std::string>& emails_before, std::string text) {
  const std::string handle = row.handle;
  describe(row, resource);
  ROLLCALL_CHECK(check_text(text));
  if (row.record == 0 || row.handle != handle) ROLLCALL_CHECK(check_unique(c, row));
  row.body = std::move(text);
  row.modified = c.now;
  ROLLCALL_CHECK(write_record(c, row, resource));
  std::optional<std::vector<std::string>> emails;
  if (row.kind == RecordKind::person) emails = emails_of(resource);
  if (emails == emails_before) emails.reset();
  return kept(c.state.put_resource(row, emails));
}

// Takes out what is not part of the stored body.
Value strip(Value& resource, const char* name) { return scim::take(resource, name); }

// What came as the password; no trace of it stays in the resource. Empty is none.
Secret take_password(Value& resource) {
  const Value taken = strip(resource, "password");
  return Secret(taken.as_string() ? *taken.as_string() : "");
}

// Sealed once for each provider that takes it, until it is delivered there. Whether it is kept.
scim::Answer<bool> keep_password(const Context& c, std::int64_t record, const Secret& password) {
  if (password.empty() || !c.keeps_passwords()) return false;
  const auto prepared = language::opaque_string(password.reveal());    // RFC 7643 section 4.1.1
  if (!prepared) return refuse(scim::ErrorType::invalid_value, "password: it contains control characters");
  for (const auto& provider : c.catalogue.password_takers) {
    store::SealedRow row{record, provider, c.now, {}};
    ROLLCALL_TRY(row.body, kept(c.catalogue.seal->close(*prepared, row.about())));
    ROLLCALL_CHECK(kept(c.state.put_sealed(row)));
  }
  ROLLCALL_CHECK(kept(c.state.mark_dirty({record})));
  return true;
}

// The resource as the client wants it from now on, without members; these are changed already.
scim::Answer<Edited> update(const Context& c, store::ResourceRow row, const std::vector<std::string>& emails_before, Value resource, bool members_changed) {
  Edited out;
  const Secret password = take_password(resource);
  ROLLCALL_TRY(const bool kept_password, keep_password(c, row.record, password));
  out.dropped_password = !password.empty() && !kept_password;
  strip(resource, "id");
  strip(resource, "meta");
  std::string text = json::write(resource);
  out.changed = members_changed || kept_password || text != row.body;
  if (out.changed) {
    ++row.version;
    if (text != row.body) {
      ROLLCALL_CHECK(write_row(c, row, resource, emails_before, std::move(text)));
    } else {
      row.modified = c.now;
      ROLLCALL_CHECK(kept(c.state.put_resource(row, std::nullopt)));
    }
  }
  out.row = std::move(row);
  return out;
}

// A PATCH that asks about members in another way than by their value works on the whole group.
scim::Answer<Edited> patch_whole_group(const Context& c, store::ResourceRow row, const scim::Patch& patch, Value stored) {
  ROLLCALL_TRY(Value members, members_value(c, row.record));
  scim::set_computed(scim::group_type(), stored, "members", std::move(members));
  ROLLCALL_TRY(scim::Patched patched, scim::apply(patch, scim::group_type(), stored, c.limits));
  const scim::MemberChange change = scim::take_members(patched.resource);
  ROLLCALL_TRY(const bool changed, change_members(c, row.record, change));
  return update(c, std::move(row), {}, std::move(patched.resource), changed);
}

scim::Answer<Edited> patch_group(const Context& c, store::ResourceRow row, const scim::Patch& patch, Value stored) {
  ROLLCALL_TRY(const auto split, scim::split_members(patch, c.limits));
  if (!split) return patch_whole_group(c, std::move(row), patch, std::move(stored));
  if (!split->rest.operations.empty()) {
    ROLLCALL_TRY(scim::Patched patched, scim::apply(split->rest, scim::group_type(), stored, c.limits));
    stored = std::move(patched.resource);
  }
  ROLLCALL_TRY(const bool changed, change_members(c, row.record, split->members));
  return update(c, std::move(row), {}, std::move(stored), changed);
}

}  // namespace

scim::Answer<void> check_version(const store::ResourceRow& row, const Conditions& conditions) {
  const std::string version = version_of(row);
  const bool met = (conditions.if_match.empty() || scim::names_version(conditions.if_match, version)) &&
                   (conditions.if_none_match.empty() || !scim::names_version(conditions.if_none_match, version));
  if (met) return {};
  return refuse(412, "the resource is of another version than the condition says: of " + scim::etag(version));
}

scim::Answer<Edited> create_resource(const Context& c, RecordKind kind, const Value& body) {
  ROLLCALL_TRY(Value resource, scim::create(type_of(kind), body, c.limits));
  Edited out;
  const Secret password = take_password(resource);
  scim::MemberChange members;
  if (kind == RecordKind::group) members = scim::take_members(resource);
  out.row.source = c.source.name;
  out.row.kind = kind;
  out.row.id = crypto::ordered_uuid(c.now.time_since_epoch().count());
  out.row.created = c.now;
  ROLLCALL_CHECK(write_row(c, out.row, resource, {}, json::write(resource)));
  if (kind == RecordKind::group) ROLLCALL_CHECK(change_members(c, out.row.record, members));
  ROLLCALL_TRY(const bool kept_password, keep_password(c, out.row.record, password));
  out.dropped_password = !password.empty() && !kept_password;
  return out;
}

scim::Answer<Edited> replace_resource(const Context& c, RecordKind kind, const std::string& id, const Value& body, const Conditions& conditions) {
  ROLLCALL_TRY(store::ResourceRow row, find_resource(c, kind, id));
  ROLLCALL_CHECK(check_version(row, conditions));
  ROLLCALL_TRY(const Value stored, body_of(row));
  ROLLCALL_TRY(Value resource, scim::replace(type_of(kind), body, stored, c.limits));
  bool changed = false;
  if (kind == RecordKind::group) {
    const scim::MemberChange members = scim::take_members(resource);
    ROLLCALL_TRY(changed, change_members(c, row.record, members));
  }
  return update(c, std::move(row), emails_of(stored), std::move(resource), changed);
}

scim::Answer<Edited> patch_resource(const Context& c, RecordKind kind, const std::string& id, const Value& body, const Conditions& conditions) {
  ROLLCALL_TRY(const scim::Patch patch, scim::parse_patch(body, c.limits));
  ROLLCALL_TRY(store::ResourceRow row, find_resource(c, kind, id));
  ROLLCALL_CHECK(check_version(row, conditions));
  ROLLCALL_TRY(Value stored, body_of(row));
  scim::set_id(type_of(kind), stored, row.id);
  if (kind == RecordKind::group) return patch_group(c, std::move(row), patch, std::move(stored));
  ROLLCALL_TRY(scim::Patched patched, scim::apply(patch, scim::user_type(), stored, c.limits));
  return update(c, std::move(row), emails_of(stored), std::move(patched.resource), false);
}

scim::Answer<void> delete_resource(const Context& c, RecordKind kind, const std::string& id, const Conditions& conditions) {
  ROLLCALL_TRY(const store::ResourceRow row, find_resource(c, kind, id));
  ROLLCALL_CHECK(check_version(row, conditions));
  ROLLCALL_TRY(auto record, kept(c.state.record(row.record)));
  if (kind == RecordKind::group) ROLLCALL_CHECK(kept(c.state.mark_members_dirty(row.record)));
  ROLLCALL_CHECK(leave_groups(c, row));
  if (record) {     // a statement: it was missed by no read (contract 4.1)
    record->gone = true;
    record->absent_reads = 0;
    ROLLCALL_CHECK(kept(c.state.put_record(*record)));
  }
  if (kind == RecordKind::person) ROLLCALL_CHECK(kept(c.state.mark_dirty({row.record})));
  return kept(c.state.erase_resource(row.record));
}

}  // namespace rollcall::endpoint
