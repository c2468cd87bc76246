// Runs, actions, the journal, holds, decisions and invitations.
#include "store/tables.hpp"

namespace rollcall::store {

Result<void> Tables::put_run(const RunRow& row) { return upsert(*db_, row); }

Result<std::optional<RunRow>> Tables::run(const std::string& id) {
  static const auto sql = select<RunRow>("where id = ?1");
  return one<RunRow>(*db_, sql, id);
}

Result<std::vector<RunRow>> Tables::runs(Instant since, int limit) {
  static const auto sql = select<RunRow>("where started >= ?1 order by started desc, id desc limit ?2");
  return all<RunRow>(*db_, sql, since, limit);
}

// A run that was interrupted did not finish its plan: the same plan may be applied again, each action against its
// precondition.
Result<bool> Tables::plan_was_applied(const std::string& plan_id) {
  ROLLCALL_TRY(const std::int64_t runs,
               count(*db_,
                     "select count(*) from run where plan_id = ?1 and plan_id <> '' and mode <> 'observe' "
                     "and result in ('done', 'held', 'failed')",
                     plan_id));
  return runs > 0;
}

Result<std::int64_t> Tables::put_action(const ActionRow& row) { return put_serial(*db_, row); }

Result<std::vector<ActionRow>> Tables::actions(const ActionFilter& filter, int limit) {
  std::string where = "where id > 0", codes;
  std::vector<const std::string*> texts;
  const auto only = [&](const char* column, const std::string& text) {
    if (text.empty()) return;
    texts.push_back(&text);
    where += std::string(" and ") + column + " = ?" + std::to_string(texts.size());
    codes += 't';
  };
  only("run", filter.run), only("person", filter.person), only("provider", filter.provider);
  only("kind", filter.kind), only("outcome", filter.outcome);
  if (filter.failed) where += " and outcome in ('failed', 'in-doubt')";
  int place = static_cast<int>(texts.size());
  if (filter.since > Instant{}) {
    // What is only planned has no end: its run's start counts.
    const std::string since = "?" + std::to_string(++place);
    where += " and (finished >= " + since +
             " or (finished = 0 and run in (select id from run where started >= " + since + ")))";
    codes += 'n';
  }
  ROLLCALL_TRY(Cursor cursor,
               db_->prepare(select<ActionRow>(where + " order by id desc limit ?" + std::to_string(++place)),
                            codes + 'n', shape_of<ActionRow>().codes));
  for (const std::string* text : texts) cursor.bind(*text);
  if (filter.since > Instant{}) bind_value(cursor, filter.since);
  cursor.bind(limit);
  std::vector<ActionRow> rows;
  for (;;) {
    ROLLCALL_TRY(const bool more, cursor.next());
    if (!more) return rows;
    rows.push_back(read_row<ActionRow>(cursor));
  }
}

Result<std::map<std::pair<std::string, bool>, std::int64_t>> Tables::carried_out(const std::string& provider,
                                                                                 Instant since) {
  std::map<std::pair<std::string, bool>, std::int64_t> counts;
  const auto read = [&](const Cursor& c) { counts[{c.text(0), c.number(1) != 0}] = c.number(2); };
  ROLLCALL_CHECK(each(*db_,
                      "select kind, stated, count(*) from action where provider = ?1 and finished >= ?2 "
                      "and outcome in ('done', 'in-doubt') and approved = 0 group by kind, stated",
                      "tnn", read, provider, since));
  return counts;
}

Result<std::int64_t> Tables::put_journal(const JournalRow& row) { return put_serial(*db_, row); }

Result<std::vector<std::pair<JournalRow, ActionRow>>> Tables::in_doubt() {
  static const Shape step = shape_of<JournalRow>("j."), action = shape_of<ActionRow>("a.");
  static const std::string sql = "select " + step.columns + ", " + action.columns +
                                 " from journal j join action a on a.id = j.action where j.outcome = '' order by j.id";
  static const std::string codes = step.codes + action.codes;
  std::vector<std::pair<JournalRow, ActionRow>> rows;
  const auto read = [&](const Cursor& c) {
    rows.emplace_back(read_row<JournalRow>(c), read_row<ActionRow>(c, static_cast<int>(step.codes.size())));
  };
  ROLLCALL_CHECK(each(*db_, sql, codes, read));
  return rows;
}

// --- holds ---

Result<std::vector<HoldRow>> Tables::holds(const std::string& provider) {
  static const auto every = select<HoldRow>("order by provider, kind, person, id");
  static const auto of_one = select<HoldRow>("where provider = ?1 order by provider, kind, person, id");
  return provider.empty() ? all<HoldRow>(*db_, every) : all<HoldRow>(*db_, of_one, provider);
}

Result<std::optional<HoldRow>> Tables::hold(const std::string& id) {
  static const auto sql = select<HoldRow>("where id = ?1");
  return one<HoldRow>(*db_, sql, id);
}

Result<void> Tables::put_hold(const HoldRow& row) { return upsert(*db_, row); }

Result<void> Tables::erase_hold(const std::string& id) {
  ROLLCALL_CHECK(execute(*db_, "delete from hold where id = ?1", id));
  return {};
}

// --- decisions ---

Result<std::vector<DecisionRow>> Tables::decisions(const std::string& person) {
  static const auto every = select<DecisionRow>("order by person, kind, scope, subject");
  static const auto of_one = select<DecisionRow>("where person = ?1 order by person, kind, scope, subject");
  return person.empty() ? all<DecisionRow>(*db_, every) : all<DecisionRow>(*db_, of_one, person);
}

Result<void> Tables::put_decision(const DecisionRow& row) {
  static const WriteSql insert = [] {
    WriteSql sql = insert_sql<DecisionRow>({});
    sql.sql += " on conflict do nothing";
    return sql;
  }();
  return run_row(*db_, row, insert).map([](auto) {});
}

Result<bool> Tables::erase_decision(const std::string& kind, const std::string& person, const std::string& scope, const std::string& subject) {
  ROLLCALL_TRY(const std::int64_t erased, execute(*db_, "delete from decision where kind = ?1 and person = ?2 and scope = ?3 and subject = ?4",
                                                  kind, person, scope, subject));
  return erased > 0;
}

// --- invitations ---

Result<std::optional<InvitationRow>> Tables::invitation(const std::string& provider, const std::string& person) {
  static const auto sql = select<InvitationRow>(
      "where provider = ?1 and person = ?2 order by case when state in ('pending', 'sent', 'in-doubt') then 0 else 1 "
      "end, seq desc "
      "limit 1");
  return one<InvitationRow>(*db_, sql, provider, person);
}

Result<std::vector<InvitationRow>> Tables::invitations(const std::string& provider, const std::string& state) {
  static const auto whole = select<InvitationRow>("where state = ?1 or ?1 = '' order by provider, person, seq");
  static const auto every = select<InvitationRow>("where provider = ?1 order by person, seq");
  static const auto of_state = select<InvitationRow>("where provider = ?1 and state = ?2 order by person, seq");
  if (provider.empty()) return all<InvitationRow>(*db_, whole, state);
  return state.empty() ? all<InvitationRow>(*db_, every, provider)
                       : all<InvitationRow>(*db_, of_state, provider, state);
}

Result<std::vector<Instant>> Tables::invited_since(const std::string& provider, Instant since) {
  std::vector<Instant> out;
  const auto read = [&](const Cursor& c) { out.push_back(Instant{Duration{c.number(0)}}); };
  ROLLCALL_CHECK(each(*db_, "select sent from invitation where provider = ?1 and sent > ?2 order by sent", "n", read,
                      provider, since));
  return out;
}

// A second living one changes no row, here as there: the count of changed rows says so, not an error of the database,
// which on PostgreSQL would end the whole transaction.
Result<void> Tables::put_invitation(const InvitationRow& row) {
  static const WriteSql update = [] {
    WriteSql sql = update_sql<InvitationRow>();
    const int last = static_cast<int>(sql.codes.size());  // the id, which is bound as a text here
    sql.codes.back() = 't';
    const std::string state = "?" + std::to_string(last + 1), id = "?" + std::to_string(last);
    sql.sql += " and (" + state + " not in ('pending', 'sent', 'in-doubt') or not exists (select 1 from invitation o " +
               "where o.provider = ?1 and o.person = ?2 and o.id <> " + id +
               " and o.state in ('pending', 'sent', 'in-doubt')))";
    sql.codes += 't';
    return sql;
  }();
  static const WriteSql insert = [] {
    WriteSql sql = insert_sql<InvitationRow>({});
    sql.sql += " on conflict do nothing";
    return sql;
  }();
  ROLLCALL_TRY(Cursor cursor, db_->prepare(update.sql, update.codes, ""));
  bind_row(cursor, row, update);
  cursor.bind(row.id);
  cursor.bind(row.state);
  ROLLCALL_TRY(std::int64_t changed, cursor.run());
  if (changed == 0) {
    ROLLCALL_TRY(changed, run_row(*db_, row, insert));
  }
  if (changed > 0) return {};
  return fail(ErrorKind::conflict, row.person + " already has a living invitation", row.provider);
}

}  // namespace rollcall::store
