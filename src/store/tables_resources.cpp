// What SCIM clients pushed, and the tokens that they push with.
#include <algorithm>

#include "store/tables.hpp"

namespace rollcall::store {

Result<std::optional<ResourceRow>> Tables::resource(const std::string& source, const std::string& id) {
  static const auto sql = select<ResourceRow>("where source = ?1 and id = ?2");
  return one<ResourceRow>(*db_, sql, source, id);
}

Result<std::optional<ResourceRow>> Tables::resource(std::int64_t record) {
  static const auto sql = select<ResourceRow>("where record = ?1");
  return one<ResourceRow>(*db_, sql, record);
}

Result<void> Tables::put_resource(const ResourceRow& row, const std::optional<std::vector<std::string>>& emails) {
  return together([&]() -> Result<void> {
    std::int64_t changed = 0;
    if (row.version > 1) {      // nearly always neither name nor externalId: then no index is written
      ROLLCALL_TRY(changed, execute(*db_,
                                    "update resource set display = ?4, version = ?5, modified = ?6, body = ?7 "
                                    "where record = ?1 and handle = ?2 and external_id = ?3",
                                    row.record, row.handle, row.external_id, row.display, row.version, row.modified, row.body));
    }
    if (changed == 0) ROLLCALL_CHECK(upsert(*db_, row));
    if (!emails) return {};
    ROLLCALL_CHECK(execute(*db_, "delete from resource_email where record = ?1", row.record));
    for (const auto& email : *emails)
      ROLLCALL_CHECK(execute(*db_,
                             "insert into resource_email (source, email, record) values (?1, ?2, ?3) "
                             "on conflict (source, email, record) do nothing",
                             row.source, email, row.record));
    return {};
  });
}

Result<void> Tables::erase_resource(std::int64_t record) {
  return together([&]() -> Result<void> {
    ROLLCALL_CHECK(execute(*db_, "delete from resource_email where record = ?1", record));
    ROLLCALL_CHECK(execute(*db_, "delete from member where grp = ?1", record));
    ROLLCALL_CHECK(execute(*db_, "delete from sealed where record = ?1", record));
    ROLLCALL_CHECK(execute(*db_, "delete from resource where record = ?1", record));
    return {};
  });
}

Result<std::vector<ResourceRow>> Tables::resources_page(const std::string& source, RecordKind kind, std::int64_t after,
                                                        std::int64_t offset, std::int64_t limit) {
  static const auto sql =
      select<ResourceRow>("where source = ?1 and kind = ?2 and record > ?3 order by record limit ?4 offset ?5");
  return all<ResourceRow>(*db_, sql, source, kind, after, limit, offset);
}

Result<std::int64_t> Tables::count_resources(const std::string& source, RecordKind kind) {
  return count(*db_, "select count(*) from resource where source = ?1 and kind = ?2", source, kind);
}

Result<std::vector<std::int64_t>> Tables::resources_by(const std::string& source, RecordKind kind, ResourceKey key,
                                                       const std::string& value) {
  // Ordered here: for "order by record" SQLite would walk everybody by the index of pages instead of looking the key up.
  Result<std::vector<std::int64_t>> found;
  switch (key) {
    case ResourceKey::handle:
      found = column<std::int64_t>(*db_,
                                   kind == RecordKind::person ? "select record from resource where source = ?1 and handle = ?2 and kind = 0"
                                                              : "select record from resource where source = ?1 and handle = ?2 and kind = 1",
                                   source, value);
      break;
    case ResourceKey::external_id:
      found = column<std::int64_t>(*db_,
                                   "select record from resource where source = ?1 and kind = ?2 and external_id = ?3 "
                                   "and external_id <> ''",
                                   source, kind, value);
      break;
    case ResourceKey::email:
      found = column<std::int64_t>(*db_,
                                   "select e.record from resource_email e join resource r on r.record = e.record "
                                   "where e.source = ?1 and r.kind = ?2 and e.email = ?3",
                                   source, kind, value);
      break;
  }
  if (found) std::sort(found->begin(), found->end());
  return found;
}

// --- members, one by one ---

Result<bool> Tables::add_member(std::int64_t group, const std::string& source, const Member& member) {
  ROLLCALL_TRY(const auto changed,
               execute(*db_, "insert into member (grp, ref, raw, source) values (?1, ?2, ?3, ?4) on conflict (grp, ref) do nothing",
                       group, member.ref, member.raw, source));
  return changed > 0;
}

Result<bool> Tables::remove_member(std::int64_t group, const std::string& ref) {
  ROLLCALL_TRY(const auto changed, execute(*db_, "delete from member where grp = ?1 and ref = ?2", group, ref));
  return changed > 0;
}

Result<bool> Tables::has_member(std::int64_t group, const std::string& ref) {
  ROLLCALL_TRY(const auto found, count(*db_, "select count(*) from member where grp = ?1 and ref = ?2", group, ref));
  return found > 0;
}

Result<std::vector<State::ShownMember>> Tables::shown_members(std::int64_t group, const std::string& source) {
  std::vector<ShownMember> out;
  const auto read = [&](const Cursor& c) {
    out.push_back({c.text(0), c.text(1), static_cast<RecordKind>(c.number(2))});
  };
  ROLLCALL_CHECK(each(*db_,
                      "select m.raw, coalesce(r.id, ''), coalesce(r.kind, 0) from member m "
                      "left join resource r on r.source = ?2 and r.id = m.ref where m.grp = ?1 order by m.ref",
                      "ttn", read, group, source));
  return out;
}

Result<std::vector<ResourceRow>> Tables::groups_of_member(const std::string& source, const std::string& ref) {
  std::vector<ResourceRow> out;
  const auto read = [&](const Cursor& c) {
    ResourceRow& row = out.emplace_back();
    row.record = c.number(0);
    row.source = source;
    row.kind = RecordKind::group;
    row.id = c.text(1);
    row.display = c.text(2);
  };
  ROLLCALL_CHECK(each(*db_,
                      "select r.record, r.id, r.display from member m join resource r on r.record = m.grp "
                      "where m.source = ?1 and m.ref = ?2 order by m.grp",
                      "ntt", read, source, ref));
  return out;
}

Result<void> Tables::mark_members_dirty(std::int64_t group) {
  ROLLCALL_CHECK(execute(*db_,
                         "insert into dirty (record) select r.record from member m join resource r "
                         "on r.source = m.source and r.id = m.ref where m.grp = ?1 and r.kind = 0 on conflict (record) do nothing",
                         group));
  ROLLCALL_CHECK(execute(*db_,
                         "insert into dirty (record) select r.record from member m join resource r "
                         "on r.source = m.source and r.handle = m.ref and r.kind = 0 where m.grp = ?1 on conflict (record) do nothing",
                         group));
  return {};
}

// Sub-selects of one row each: neither sorts nor fills a table of its own.
Result<State::Standing> Tables::standing(std::int64_t record) {
  Standing out;
  const auto read = [&](const Cursor& c) { out = {c.text(0), c.number(1) != 0}; };
  ROLLCALL_CHECK(each(*db_,
                      "select coalesce((select person from identity_record where record = ?1), ''), "
                      "case when exists (select 1 from dirty where record = 0) or exists (select 1 from dirty where record = ?1) then 1 else 0 end",
                      "tn", read, record));
  return out;
}

// Of the actions the last one that was tried tells: what was skipped for it, or is under way, says nothing of its own.
Result<State::Outcome> Tables::outcome(const std::string& provider, const std::string& person) {
  Outcome out;
  const auto read = [&](const Cursor& c) {
    out = {c.number(0) != 0, c.number(1) != 0, c.number(2) != 0, c.number(3) != 0, c.text(4), c.text(5), c.text(6), c.text(7), c.text(8), c.text(9)};
  };
  ROLLCALL_CHECK(each(*db_,
                      "select case when d.person is null then 0 else 1 end, coalesce(d.in_scope, 0), "
                      "case when coalesce(d.settled, '') = '' then 0 else 1 end, "
                      "case when exists (select 1 from hold where person = ?2 and person <> '' and provider = ?1 and state = 'held') then 1 else 0 end, "
                      "coalesce(a.id, ''), coalesce(a.status, ''), coalesce(a.body, ''), coalesce(a.written, ''), "
                      "coalesce((select state from invitation where provider = ?1 and person = ?2 and state in ('pending', 'sent', 'in-doubt')), "
                      "(select state from invitation where provider = ?1 and person = ?2 order by seq desc limit 1), ''), "
                      "coalesce((select case when outcome = 'failed' then detail else '' end from action "
                      "where person = ?2 and provider = ?1 and outcome in ('done', 'failed', 'in-doubt') order by id desc limit 1), '') "
                      "from (select 1 as one) as it left join desired as d on d.provider = ?1 and d.person = ?2 "
                      "left join account as a {by account_person} on a.provider = ?1 and a.person = ?2 and a.person <> ''",
                      "nnnntttttt", read, provider, person));
  return out;
}

// --- pushed passwords ---

Result<void> Tables::put_sealed(const SealedRow& row) { return upsert(*db_, row); }

Result<std::optional<SealedRow>> Tables::sealed(const std::string& provider, const std::string& person) {
  static const auto sql = select<SealedRow>(
      "where provider = ?1 and record in (select record from identity_record where person = ?2) order by since desc, record limit 1");
  return one<SealedRow>(*db_, sql, provider, person);
}

// Of two that came in one millisecond the one that was delivered goes: no two bodies are equal.
Result<void> Tables::erase_sealed(const SealedRow& delivered, const std::string& person) {
  ROLLCALL_CHECK(execute(*db_,
                         "delete from sealed where provider = ?1 and record in (select record from identity_record where person = ?2) "
                         "and (since < ?3 or body = ?4)",
                         delivered.provider, person, delivered.since, delivered.body));
  return {};
}

Result<void> Tables::keep_sealed_for(const std::set<std::string>& providers) {
  ROLLCALL_TRY(const auto waiting, column<std::string>(*db_, "select distinct provider from sealed"));
  for (const auto& provider : waiting)
    if (!providers.contains(provider)) ROLLCALL_CHECK(execute(*db_, "delete from sealed where provider = ?1", provider));
  return {};
}

// --- tokens ---

Result<std::optional<TokenRow>> Tables::token(const std::string& id) {
  static const auto sql = select<TokenRow>("where id = ?1");
  return one<TokenRow>(*db_, sql, id);
}

Result<std::vector<TokenRow>> Tables::tokens() {
  static const auto sql = select<TokenRow>("order by source, created, id");
  return all<TokenRow>(*db_, sql);
}

Result<void> Tables::put_token(const TokenRow& row) { return upsert(*db_, row); }

Result<bool> Tables::erase_token(const std::string& id) {
  ROLLCALL_TRY(const auto changed, execute(*db_, "delete from token where id = ?1", id));
  return changed > 0;
}

Result<void> Tables::touch_token(const std::string& id, Instant now) {
  return together([&]() -> Result<void> {
    ROLLCALL_CHECK(execute(*db_, "update token set last_used = ?2 where id = ?1 and last_used < ?2", id, now));
    ROLLCALL_CHECK(execute(*db_,
                           "update source set last_read = ?2 where last_read < ?2 and name = "
                           "(select source from token where id = ?1)",
                           id, now));
    return {};
  });
}

}  // namespace rollcall::store
