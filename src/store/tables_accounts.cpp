// Desired accounts, accounts and the pairs of both: what the planner works on.
#include <algorithm>
#include <tuple>

#include "store/tables.hpp"

namespace rollcall::store {
namespace {

struct KeySql {
  std::string_view read, note, erase, insert;
};
constexpr KeySql desired_keys{
    "select keys from desired where provider = ?1 and person = ?2",
    "update desired set keys = ?1 where provider = ?2 and person = ?3",
    "delete from desired_key where provider = ?1 and name = ?2 and value = ?3 and person = ?4",
    "insert into desired_key (provider, name, value, person) values (?1, ?2, ?3, ?4)"};
constexpr KeySql account_keys{"select keys from account where provider = ?1 and id = ?2",
                              "update account set keys = ?1 where provider = ?2 and id = ?3",
                              "delete from account_key where provider = ?1 and name = ?2 and value = ?3 and id = ?4",
                              "insert into account_key (provider, name, value, id) values (?1, ?2, ?3, ?4)"};

// One text for a set of keys: name, unit separator, value, record separator. A separator within a value is left out of
// both places alike, so that nothing can be taken for a key that is none.
constexpr char unit = '\x1f', record = '\x1e';

std::string packed(std::vector<DesiredKey> keys) {
  std::sort(keys.begin(), keys.end(), [](const DesiredKey& a, const DesiredKey& b) {
    return std::tie(a.name, a.value) < std::tie(b.name, b.value);
  });
  std::string text, last;
  for (const DesiredKey& key : keys) {
    std::string one = key.name;
    one += unit;
    for (const char c : key.value)
      if (c != unit && c != record) one += c;
    one += record;
    if (one != last) text += one;
    last = std::move(one);
  }
  return text;
}

// Answers the error of the first `sql` that fails.
Result<void> each_key(Connection& db, std::string_view sql, const std::string& keys, const std::string& provider,
                      const std::string& owner) {
  for (std::size_t at = 0; at < keys.size();) {
    const std::size_t middle = keys.find(unit, at), end = keys.find(record, middle);
    ROLLCALL_CHECK(
        execute(db, sql, provider, keys.substr(at, middle - at), keys.substr(middle + 1, end - middle - 1), owner));
    at = end + 1;
  }
  return {};
}

Result<std::string> stored_keys(Connection& db, const KeySql& sql, const std::string& provider,
                                const std::string& owner) {
  ROLLCALL_TRY(auto stored, value<std::string>(db, sql.read, provider, owner));
  return stored.value_or("");
}

// After the row itself is stored. Keys seldom change: they are written only when they differ.
Result<void> replace_keys(Connection& db, const KeySql& sql, const std::string& provider, const std::string& owner,
                          const std::vector<DesiredKey>& keys) {
  const std::string wanted = packed(keys);
  ROLLCALL_TRY(const std::string stored, stored_keys(db, sql, provider, owner));
  if (stored == wanted) return {};
  ROLLCALL_CHECK(each_key(db, sql.erase, stored, provider, owner));
  ROLLCALL_CHECK(each_key(db, sql.insert, wanted, provider, owner));
  ROLLCALL_CHECK(execute(db, sql.note, wanted, provider, owner));
  return {};
}

Result<void> erase_keys(Connection& db, const KeySql& sql, const std::string& provider, const std::string& owner) {
  ROLLCALL_TRY(const std::string stored, stored_keys(db, sql, provider, owner));
  return each_key(db, sql.erase, stored, provider, owner);
}

std::string pairs_sql(std::string_view people) {
  return "select " + shape_of<DesiredRow>("d.").columns + ", " + shape_of<AccountRow>("a.", true).columns + " from (" +
         std::string(people) +
         ") p join desired d on d.provider = ?1 and d.person = p.person "
         "left join account a {by account_person} on a.provider = ?1 and a.person = p.person and a.person <> '' order "
         "by p.person";
}

// Two index scans, each cut to a page, instead of an `or` that would read every row.
const char* const open_people =
    "select person from (select person from desired {by desired_open} where provider = ?1 and person > ?2 and settled "
    "= '' "
    "order by person limit ?3) s union "
    "select person from (select person from desired {by desired_due} where provider = ?1 and person > ?2 and due > 0 "
    "and due <= ?4 "
    "order by person limit ?3) w order by person limit ?3";
const char* const differing_people =
    "select d.person from desired d left join account a {by account_person} on a.provider = ?1 and a.person = d.person "
    "and a.person <> '' "
    "where d.provider = ?1 and d.person > ?2 and (d.settled = '' or (d.due > 0 and d.due <= ?4) "
    "or d.settled <> d.hash || ':' || coalesce(a.hash, '')) order by d.person limit ?3";

}  // namespace

// --- desired accounts ---

Result<std::optional<DesiredRow>> Tables::desired(const std::string& provider, const std::string& person) {
  static const auto sql = select<DesiredRow>("where provider = ?1 and person = ?2");
  return one<DesiredRow>(*db_, sql, provider, person);
}

Result<void> Tables::put_desired(const DesiredRow& row, const std::vector<DesiredKey>& keys) {
  static const WriteSql write = [] {
    WriteSql upsert = upsert_sql<DesiredRow>(" settled ");
    upsert.sql +=
        ", settled = case when desired.hash <> excluded.hash or desired.in_scope <> excluded.in_scope "
        "or desired.leaving <> excluded.leaving then '' else desired.settled end";
    return upsert;
  }();
  return together([&]() -> Result<void> {
    ROLLCALL_CHECK(run_row(*db_, row, write));
    return replace_keys(*db_, desired_keys, row.provider, row.person, keys);
  });
}

Result<void> Tables::erase_desired(const std::string& provider, const std::string& person) {
  return together([&]() -> Result<void> {
    ROLLCALL_CHECK(erase_keys(*db_, desired_keys, provider, person));
    ROLLCALL_CHECK(execute(*db_, "delete from desired where provider = ?1 and person = ?2", provider, person));
    return {};
  });
}

Result<std::vector<std::string>> Tables::people_by_desired_key(const std::string& provider, const DesiredKey& key) {
  return column<std::string>(
      *db_, "select person from desired_key where provider = ?1 and name = ?2 and value = ?3 order by person", provider,
      key.name, key.value);
}

Result<std::vector<State::Pair>> Tables::open_pairs(const std::string& provider, const std::string& after, int limit,
                                                    Instant now, bool all) {
  static const std::string open_sql = pairs_sql(open_people), all_sql = pairs_sql(differing_people);
  static const Shape desired_shape = shape_of<DesiredRow>(), account_shape = shape_of<AccountRow>();
  static const std::string codes = desired_shape.codes + account_shape.codes;
  std::vector<Pair> pairs;
  const auto read = [&](const Cursor& c) {
    Pair& pair = pairs.emplace_back();
    pair.desired = read_row<DesiredRow>(c);
    auto account = read_row<AccountRow>(c, static_cast<int>(desired_shape.codes.size()));
    if (!account.id.empty()) pair.account = std::move(account);
  };
  ROLLCALL_CHECK(each(*db_, all ? all_sql : open_sql, codes, read, provider, after, limit, now));
  return pairs;
}

Result<void> Tables::settle(const std::string& provider, const std::string& person, const std::string& settled,
                            Instant due) {
  ROLLCALL_CHECK(execute(*db_, "update desired set settled = ?1, due = ?2 where provider = ?3 and person = ?4", settled,
                         due, provider, person));
  return {};
}

Result<void> Tables::unsettle(const std::string& provider, const std::string& person) {
  if (person.empty()) return {};
  ROLLCALL_CHECK(execute(*db_, "update desired set settled = '' where provider = ?1 and person = ?2 and settled <> ''",
                         provider, person));
  return {};
}

Result<void> Tables::unsettle_all(const std::string& provider) {
  ROLLCALL_CHECK(execute(*db_, "update desired set settled = '' where provider = ?1 and settled <> ''", provider));
  return {};
}

Result<Instant> Tables::next_due(Instant after) {
  ROLLCALL_TRY(const std::int64_t ms, count(*db_, "select coalesce(min(due), 0) from desired where due > 0 and due > ?1", after));
  return Instant{Duration{ms}};
}

Result<std::int64_t> Tables::count_in_scope(const std::string& provider) {
  return count(*db_, "select count(*) from desired where provider = ?1 and in_scope = 1", provider);
}

Result<std::int64_t> Tables::count_settled(const std::string& provider) {
  return count(*db_,
               "select (select count(*) from desired where provider = ?1 and in_scope = 1) - "
               "(select count(*) from desired where provider = ?1 and settled = '' and in_scope = 1)",
               provider);
}

// --- accounts ---

Result<std::vector<State::KnownAccount>> Tables::known_accounts(const std::string& provider) {
  std::vector<KnownAccount> known;
  const auto read = [&](const Cursor& c) {
    known.push_back({crypto::fingerprint_from_hex(c.text(0)).value_or(Fingerprint{}), c.text(1)});
  };
  // In order of the index, which hexadecimal digits and fingerprints share.
  ROLLCALL_CHECK(
      each(*db_, "select id_hash, hash from account where provider = ?1 order by id_hash", "tt", read, provider));
  return known;
}

Result<std::optional<AccountRow>> Tables::account(const std::string& provider, const std::string& id) {
  static const auto sql = select<AccountRow>("where provider = ?1 and id = ?2");
  return one<AccountRow>(*db_, sql, provider, id);
}

Result<std::optional<AccountRow>> Tables::account_of(const std::string& provider, const std::string& person) {
  static const auto sql =
      select<AccountRow>("{by account_person} where provider = ?1 and person = ?2 and person <> ''");
  return one<AccountRow>(*db_, sql, provider, person);
}

Result<void> Tables::put_account(const AccountRow& row, const std::vector<DesiredKey>& keys) {
  return together([&]() -> Result<void> {
    ROLLCALL_TRY(const auto before, account(row.provider, row.id));
    const std::string old_person = before ? before->person : std::string();
    if (!row.person.empty() && row.person != old_person) {
      ROLLCALL_TRY(const auto other, account_of(row.provider, row.person));
      if (other)
        return fail(ErrorKind::conflict,
                    row.person + " already has the account " + other->id + "; unlink that one first", row.provider);
    }
    ROLLCALL_CHECK(upsert(*db_, row));
    ROLLCALL_CHECK(replace_keys(*db_, account_keys, row.provider, row.id, keys));
    if (before && before->hash == row.hash && before->link == row.link && before->person == row.person &&
        before->status == row.status)
      return {};
    if (old_person != row.person) ROLLCALL_CHECK(unsettle(row.provider, old_person));
    return unsettle(row.provider, row.person);
  });
}

Result<void> Tables::erase_account(const std::string& provider, const std::string& id) {
  return together([&]() -> Result<void> {
    ROLLCALL_TRY(const auto before, account(provider, id));
    if (!before) return {};
    ROLLCALL_CHECK(unsettle(provider, before->person));
    ROLLCALL_CHECK(erase_keys(*db_, account_keys, provider, id));
    ROLLCALL_CHECK(execute(*db_, "delete from account where provider = ?1 and id = ?2", provider, id));
    return {};
  });
}

Result<std::vector<AccountRow>> Tables::accounts_by_key(const std::string& provider, const DesiredKey& key) {
  static const auto sql = select<AccountRow>(
      "where provider = ?1 and id in (select id from account_key where provider = ?1 and name = ?2 and value = ?3) "
      "order by id");
  return all<AccountRow>(*db_, sql, provider, key.name, key.value);
}

Result<std::vector<AccountRow>> Tables::accounts_page(const std::string& provider, bool linked,
                                                      const std::string& after_id, int limit) {
  static const auto with = select<AccountRow>("where provider = ?1 and person <> '' and id > ?2 order by id limit ?3");
  static const auto without =
      select<AccountRow>("where provider = ?1 and person = '' and id > ?2 order by id limit ?3");
  return all<AccountRow>(*db_, linked ? with : without, provider, after_id, limit);
}

Result<std::int64_t> Tables::count_accounts(const std::string& provider, bool linked) {
  return count(*db_,
               linked ? "select count(*) from account {by account_person} where provider = ?1 and person <> ''"
                      : "select count(*) from account {by account_unlinked} where provider = ?1 and person = ''",
               provider);
}

Result<std::vector<std::string>> Tables::sample_linked(const std::string& provider, int count) {
  return column<std::string>(
      *db_, "select id from account where provider = ?1 and person <> '' order by audited, id limit ?2", provider,
      count);
}

Result<std::optional<ProviderRow>> Tables::provider(const std::string& name) {
  static const auto sql = select<ProviderRow>("where name = ?1");
  return one<ProviderRow>(*db_, sql, name);
}

Result<void> Tables::put_provider(const ProviderRow& row) { return upsert(*db_, row); }

}  // namespace rollcall::store
