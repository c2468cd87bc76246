// Identities, the records that they are made of, and the keys that join records.
#include <algorithm>

#include "store/tables.hpp"

namespace rollcall::store {

Result<std::optional<IdentityRow>> Tables::identity(const std::string& person) {
  static const auto sql = select<IdentityRow>("where person = ?1");
  ROLLCALL_TRY(auto row, one<IdentityRow>(*db_, sql, person));
  if (row) {
    ROLLCALL_TRY(
        row->records,
        column<std::int64_t>(*db_, "select record from identity_record where person = ?1 order by record", person));
  }
  return row;
}

Result<std::vector<IdentityRow>> Tables::identities_page(const std::string& after, int limit) {
  static const auto sql = select<IdentityRow>("where person > ?1 order by person limit ?2");
  ROLLCALL_TRY(auto rows, all<IdentityRow>(*db_, sql, after, limit));
  if (rows.empty()) return rows;
  // The records of all of them at once, in the same order.
  auto row = rows.begin();
  const auto read = [&](const Cursor& c) {
    while (row != rows.end() && row->person < c.text(0)) ++row;
    if (row != rows.end() && row->person == c.text(0)) row->records.push_back(c.number(1));
  };
  ROLLCALL_CHECK(each(
      *db_, "select person, record from identity_record where person > ?1 and person <= ?2 order by person, record",
      "tn", read, after, rows.back().person));
  return rows;
}

Result<std::vector<std::string>> Tables::questioned_people() {
  return column<std::string>(*db_, "select person from identity where questioned <> 0 order by person");
}

Result<void> Tables::mark_dirty(const std::set<std::int64_t>& records) {
  return together([&]() -> Result<void> {
    for (const auto record : records)
      ROLLCALL_CHECK(execute(*db_, "insert into dirty (record) values (?1) on conflict do nothing", record));
    return {};
  });
}

Result<void> Tables::mark_stale(const std::string& configuration) {
  return together([&]() -> Result<void> {
    ROLLCALL_TRY(const auto known, value<std::string>(*db_, "select value from meta where name = 'configuration'"));
    if (known == configuration) return {};
    ROLLCALL_CHECK(execute(*db_, "insert into meta (name, value) values ('configuration', ?1) on conflict (name) do update set value = excluded.value",
                           configuration));
    return mark_dirty({0});
  });
}

Result<std::vector<std::pair<std::int64_t, std::string>>> Tables::dirty() {
  std::vector<std::pair<std::int64_t, std::string>> out;
  const auto read = [&](const Cursor& c) { out.emplace_back(c.number(0), c.text(1)); };
  ROLLCALL_CHECK(each(*db_, "select d.record, coalesce(r.source, '') from dirty d left join record r on r.id = d.record order by d.record", "nt", read));
  return out;
}

Result<void> Tables::clear_dirty(const std::set<std::int64_t>& records) {
  return together([&]() -> Result<void> {
    for (const auto record : records) ROLLCALL_CHECK(execute(*db_, "delete from dirty where record = ?1", record));
    return {};
  });
}

Result<void> Tables::put_identity(const IdentityRow& row) {
  return together([&]() -> Result<void> {
    ROLLCALL_CHECK(upsert(*db_, row));
    ROLLCALL_TRY(
        auto stored,
        column<std::int64_t>(*db_, "select record from identity_record where person = ?1 order by record", row.person));
    const auto holds = [](const std::vector<std::int64_t>& list, std::int64_t id) {
      return std::find(list.begin(), list.end(), id) != list.end();
    };
    for (std::int64_t id : stored)
      if (!holds(row.records, id)) ROLLCALL_CHECK(execute(*db_, "delete from identity_record where record = ?1", id));
    for (std::int64_t id : row.records)
      if (!holds(stored, id))
        ROLLCALL_CHECK(execute(*db_,
                               "insert into identity_record (record, person) values (?1, ?2) "
                               "on conflict (record) do update set person = excluded.person",
                               id, row.person));
    return {};
  });
}

Result<void> Tables::erase_identity(const std::string& person) {
  return together([&]() -> Result<void> {
    ROLLCALL_CHECK(execute(*db_, "delete from identity_record where person = ?1", person));
    ROLLCALL_CHECK(execute(*db_, "delete from identity where person = ?1", person));
    return {};
  });
}

Result<std::optional<std::string>> Tables::person_of(std::int64_t record) {
  return value<std::string>(*db_, "select person from identity_record where record = ?1", record);
}

Result<std::vector<std::string>> Tables::find_people(const std::string& text) {
  ROLLCALL_TRY(auto found,
               column<std::string>(*db_,
                                   "select person from identity where person = ?1 union "
                                   "select person from identity where user_name in (?1, ?2) and user_name <> '' union "
                                   "select person from identity where email in (?1, ?2) and email <> '' union "
                                   "select i.person from record r join identity_record i on i.record = r.id "
                                   "where r.dn_ref in (?1, ?2) and r.dn_ref <> '' and r.kind = 0 order by 1",
                                   text, folded(text)));
  if (!found.empty()) return found;
  // A DN as the server spells it. Not indexed: this is for a person at a terminal, once.
  return column<std::string>(*db_,
                             "select distinct i.person from record r join identity_record i on i.record = r.id "
                             "where r.locator = ?1 and r.kind = 0 order by 1",
                             text);
}

Result<void> Tables::put_join_keys(std::int64_t record,
                                   const std::vector<std::pair<std::string, std::string>>& name_value) {
  using Keys = std::vector<std::pair<std::string, std::string>>;
  Keys wanted = name_value, stored;
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  const auto read = [&](const Cursor& c) { stored.emplace_back(c.text(0), c.text(1)); };
  ROLLCALL_CHECK(
      each(*db_, "select name, value from join_key where record = ?1 order by name, value", "tt", read, record));
  if (stored == wanted) return {};
  return together([&]() -> Result<void> {
    ROLLCALL_CHECK(execute(*db_, "delete from join_key where record = ?1", record));
    for (const auto& [name, key] : wanted)
      ROLLCALL_CHECK(
          execute(*db_, "insert into join_key (name, value, record) values (?1, ?2, ?3)", name, key, record));
    return {};
  });
}

Result<std::vector<std::int64_t>> Tables::records_by_join_key(const std::string& name, const std::string& value) {
  return column<std::int64_t>(*db_, "select record from join_key where name = ?1 and value = ?2 order by record", name,
                              value);
}

Result<std::int64_t> Tables::count_identities() { return db_->number("select count(*) from identity"); }

}  // namespace rollcall::store
