// Sources, records and the members of groups.
#include <algorithm>

#include "store/tables.hpp"

namespace rollcall::store {

Result<std::optional<SourceRow>> Tables::source(const std::string& name) {
  static const auto sql = select<SourceRow>("where name = ?1");
  return one<SourceRow>(*db_, sql, name);
}

Result<std::vector<SourceRow>> Tables::sources() {
  static const auto sql = select<SourceRow>("order by name");
  return all<SourceRow>(*db_, sql);
}

Result<void> Tables::put_source(const SourceRow& row) { return upsert(*db_, row); }

Result<Known> Tables::known(const std::string& source) {
  Known known;
  const auto fingerprint = [](const std::string& hex) {
    return crypto::fingerprint_from_hex(hex).value_or(Fingerprint{});
  };
  const auto read = [&](const Cursor& c) {
    KnownRow row{fingerprint(c.text(1)), fingerprint(c.text(2)), fingerprint(c.text(3)),
                 static_cast<std::uint64_t>(c.number(4)), c.number(5)};
    (c.number(0) == static_cast<int>(RecordKind::person) ? known.people : known.groups).push_back(row);
  };
  // All from one index, in its order, which hexadecimal digits and fingerprints share; no body is touched.
  ROLLCALL_CHECK(each(
      *db_,
      "select kind, key_hash, content, members_hash, has, id from record where source = ?1 order by kind, key_hash",
      "ntttnn", read, source));
  return known;
}

Result<std::optional<RecordRow>> Tables::record(std::int64_t id) {
  static const auto sql = select<RecordRow>("where id = ?1");
  return one<RecordRow>(*db_, sql, id);
}

Result<std::optional<RecordRow>> Tables::record(const std::string& source, RecordKind kind, const std::string& key) {
  static const auto sql = select<RecordRow>("where source = ?1 and kind = ?2 and key = ?3");
  return one<RecordRow>(*db_, sql, source, kind, key);
}

Result<std::vector<RecordRow>> Tables::records_page(const std::string& source, RecordKind kind, std::int64_t after,
                                                    int limit) {
  static const auto sql = select<RecordRow>("where source = ?1 and kind = ?2 and id > ?3 order by id limit ?4");
  return all<RecordRow>(*db_, sql, source, kind, after, limit);
}

Result<std::vector<RecordRow>> Tables::missing_records(const std::string& source) {
  static const auto sql = select<RecordRow>("where source = ?1 and missing <> 0 order by id");
  return all<RecordRow>(*db_, sql, source);
}

Result<std::int64_t> Tables::put_record(const RecordRow& row) { return put_serial(*db_, row); }

Result<void> Tables::show_record(const RecordRow& row) {
  // Nearly always of the same user name: then no index is written.
  ROLLCALL_TRY(auto changed, execute(*db_, "update record set locator = ?2, body = ?3, name = ?4 where id = ?1 and user_ref = ?5 and content = ?6",
                                     row.id, row.locator, row.body, row.name, row.user_ref, row.content));
  if (changed > 0) return {};
  ROLLCALL_TRY(changed, execute(*db_, "update record set locator = ?2, body = ?3, name = ?4, user_ref = ?5, content = ?6 where id = ?1", row.id,
                                row.locator, row.body, row.name, row.user_ref, row.content));
  if (changed > 0) return {};
  return fail(ErrorKind::not_found, "the record " + std::to_string(row.id) + " is gone", "state");
}

Result<void> Tables::erase_record(std::int64_t id) {
  return together([&]() -> Result<void> {
    ROLLCALL_CHECK(execute(*db_, "delete from member where grp = ?1", id));
    ROLLCALL_CHECK(execute(*db_, "delete from join_key where record = ?1", id));
    ROLLCALL_CHECK(execute(*db_, "delete from identity_record where record = ?1", id));
    ROLLCALL_CHECK(execute(*db_, "delete from record where id = ?1", id));
    return {};
  });
}

Result<std::vector<std::int64_t>> Tables::records_by_user(const std::string& source, const std::string& user_ref) {
  return column<std::int64_t>(
      *db_, "select id from record where user_ref = ?1 and user_ref <> '' and source = ?2 and kind = 0 order by id",
      user_ref, source);
}

Result<std::vector<std::pair<std::int64_t, RecordKind>>> Tables::records_by_ref(const std::string& source,
                                                                                const std::string& ref) {
  std::vector<std::pair<std::int64_t, RecordKind>> found;
  const auto read = [&](const Cursor& c) { found.emplace_back(c.number(0), static_cast<RecordKind>(c.number(1))); };
  ROLLCALL_CHECK(each(*db_,
                      "select id, kind from record where dn_ref = ?1 and dn_ref <> '' and source = ?2 union "
                      "select id, kind from record where source = ?2 and kind = 0 and key = ?1 union "
                      "select id, kind from record where source = ?2 and kind = 1 and key = ?1 union "
                      "select id, kind from record where key_ref = ?1 and key_ref <> '' and source = ?2 union "
                      "select id, kind from record where user_ref = ?1 and user_ref <> '' and source = ?2 order by 1",
                      "nn", read, ref, source));
  return found;
}

Result<std::int64_t> Tables::count_records(const std::string& source, RecordKind kind) {
  return count(*db_,
               "select (select count(*) from record where source = ?1 and kind = ?2) - "
               "(select count(*) from record where source = ?1 and kind = ?2 and missing <> 0 and (missing & 3) <> 0)",
               source, kind);
}

// --- members ---

// Reads what is there, in order, beside the wanted ones in order: only what differs is written.
Result<State::MemberDelta> Tables::replace_members(std::int64_t group, const std::vector<Member>& members) {
  std::vector<Member> wanted = members, stored;
  const auto by_ref = [](const Member& a, const Member& b) { return a.ref < b.ref; };
  const auto same_ref = [](const Member& a, const Member& b) { return a.ref == b.ref; };
  std::stable_sort(wanted.begin(), wanted.end(), by_ref);
  wanted.erase(std::unique(wanted.begin(), wanted.end(), same_ref), wanted.end());
  MemberDelta delta;
  const auto write = [&]() -> Result<void> {
    ROLLCALL_TRY(auto source, value<std::string>(*db_, "select source from record where id = ?1", group));
    if (!source) return fail(ErrorKind::not_found, "the group record " + std::to_string(group) + " is gone", "state");
    const auto read = [&](const Cursor& c) { stored.push_back({c.text(0), c.text(1)}); };
    ROLLCALL_CHECK(each(*db_, "select ref, raw from member where grp = ?1 order by ref", "tt", read, group));
    auto old = stored.begin();
    for (const Member& member : wanted) {
      for (; old != stored.end() && old->ref < member.ref; ++old) delta.removed.push_back(old->ref);
      const bool known = old != stored.end() && old->ref == member.ref;
      if (!known) delta.added.push_back(member.ref);
      if (!known || old->raw != member.raw)
        ROLLCALL_CHECK(execute(*db_,
                               "insert into member (grp, ref, raw, source) values (?1, ?2, ?3, ?4) "
                               "on conflict (grp, ref) do update set raw = excluded.raw",
                               group, member.ref, member.raw, *source));
      if (known) ++old;
    }
    for (; old != stored.end(); ++old) delta.removed.push_back(old->ref);
    for (const std::string& ref : delta.removed)
      ROLLCALL_CHECK(execute(*db_, "delete from member where grp = ?1 and ref = ?2", group, ref));
    return {};
  };
  ROLLCALL_CHECK(together(write));
  return delta;
}

Result<std::vector<State::Member>> Tables::members(std::int64_t group, const std::string& after_ref, int limit) {
  std::vector<Member> found;
  const auto read = [&](const Cursor& c) { found.push_back({c.text(0), c.text(1)}); };
  ROLLCALL_CHECK(each(*db_, "select ref, raw from member where grp = ?1 and ref > ?2 order by ref limit ?3", "tt", read,
                      group, after_ref, limit));
  return found;
}

Result<std::vector<std::int64_t>> Tables::groups_with(const std::string& source, const std::string& ref) {
  return column<std::int64_t>(*db_, "select grp from member where source = ?1 and ref = ?2 order by grp", source, ref);
}

Result<void> Tables::each_member(const std::string& source,
                                 const std::function<void(std::string_view ref, std::int64_t group)>& f) {
  const auto read = [&](const Cursor& c) { f(c.text(0), c.number(1)); };
  return each(*db_, "select ref, grp from member where source = ?1 order by ref, grp", "tn", read, source);
}

// Records that are gone still count as found: that a deleted person stands in a group is everyday life, no mistake.
Result<std::vector<State::Dangling>> Tables::dangling_members(const std::string& source, int examples) {
  std::vector<Dangling> found;
  const auto read = [&](const Cursor& c) {
    if (found.empty() || found.back().group != c.number(0)) found.push_back({c.number(0), 0, {}});
    if (found.back().count++ < examples) found.back().examples.push_back(c.text(1));
  };
  ROLLCALL_CHECK(each(
      *db_,
      "select m.grp, m.raw from member m where m.source = ?1 "
      "and not exists (select 1 from record r where r.dn_ref = m.ref and r.dn_ref <> '' and r.source = m.source) "
      "and not exists (select 1 from record r where r.user_ref = m.ref and r.user_ref <> '' and r.source = m.source) "
      "and not exists (select 1 from record r where r.source = m.source and r.kind = 0 and r.key = m.ref) "
      "and not exists (select 1 from record r where r.source = m.source and r.kind = 1 and r.key = m.ref) "
      "and not exists (select 1 from record r where r.key_ref = m.ref and r.key_ref <> '' and r.source = m.source) "
      "order by m.grp, m.ref",
      "nt", read, source));
  return found;
}

}  // namespace rollcall::store
