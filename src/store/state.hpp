// The state: every table behind typed operations, over SQLite or PostgreSQL by one SQL (SOCI, seen only in sql.cpp).
// A State is one connection. Thread rule: one thread at a time; open one for each thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rollcall/result.hpp"
#include "store/rows.hpp"

namespace rollcall::store {

enum class Access {
  write,    // creates and migrates; file mode 0600
  read,     // never writes, never migrates; a state of another version is an error that says so
  scratch,  // a private copy of the state (or an empty one), removed at once: what `plan` works on. The original stays untouched
};

class State {
 public:
  static Result<std::unique_ptr<State>> open(const std::string& url, Access access);
  virtual ~State() = default;

  // --- transactions: everything below may run inside one; without one each statement commits by itself ---
  // Runs f inside `begin immediate`; commits when it answers a value, rolls back when it answers an error.
  // Inside another transaction it is a savepoint; a savepoint outside of one is a transaction.
  virtual Result<void> transaction(const std::function<Result<void>()>& f) = 0;
  virtual Result<void> savepoint(const std::function<Result<void>()>& f) = 0;   // inside a transaction
  // What is read between the two is of one instant, and what a read costs beside its rows is paid once. Not over an await, nor a second.
  virtual Result<void> begin_reading() = 0;
  virtual void end_reading() = 0;

  virtual std::string id() = 0;            // the state's own id, made with the schema; "" for an empty scratch copy of no state
  virtual Result<bool> healthy() = 0;      // a trivial read
  virtual std::int64_t data_version() = 0; // changes when another connection committed (SQLite: pragma data_version)

  // --- lease (one process reconciles) ---
  struct Lease { std::string name, holder; std::int64_t epoch = 0; Instant expires{}; };
  // Takes it when it is free, expired or already ours (same holder); answers who holds it now. epoch grows at each take-over.
  virtual Result<Lease> take_lease(const std::string& name, const std::string& holder, Instant now, Instant expires) = 0;
  virtual Result<bool> renew_lease(const Lease& lease, Instant expires) = 0;    // false: it is no longer ours
  virtual Result<void> drop_lease(const Lease& lease) = 0;
  virtual Result<std::optional<Lease>> lease(const std::string& name) = 0;

  // --- sources and records ---
  virtual Result<std::optional<SourceRow>> source(const std::string& name) = 0;
  virtual Result<std::vector<SourceRow>> sources() = 0;
  virtual Result<void> put_source(const SourceRow& row) = 0;
  virtual Result<Known> known(const std::string& source) = 0;                    // gone records included; sorted by key fingerprint
  virtual Result<std::optional<RecordRow>> record(std::int64_t id) = 0;
  virtual Result<std::optional<RecordRow>> record(const std::string& source, RecordKind kind, const std::string& key) = 0;
  virtual Result<std::vector<RecordRow>> records_page(const std::string& source, RecordKind kind, std::int64_t after, int limit) = 0;  // by id
  virtual Result<std::vector<RecordRow>> missing_records(const std::string& source) = 0;   // absent_since, emptied_since or gone set
  virtual Result<std::int64_t> put_record(const RecordRow& row) = 0;              // insert (id 0) or update by id; answers the id
  virtual Result<void> show_record(const RecordRow& row) = 0;                     // of one that is there, what store/pushed.hpp writes
  virtual Result<void> erase_record(std::int64_t id) = 0;
  // Every person record of the source whose user_ref / dn_ref is this one.
  virtual Result<std::vector<std::int64_t>> records_by_user(const std::string& source, const std::string& user_ref) = 0;
  virtual Result<std::vector<std::pair<std::int64_t, RecordKind>>> records_by_ref(const std::string& source, const std::string& ref) = 0;  // dn_ref, key or user_ref
  virtual Result<std::int64_t> count_records(const std::string& source, RecordKind kind) = 0;   // neither gone nor absent

  // --- group members: (group record, ref as sources::member_ref gives it, raw as the server spelt it) ---
  struct Member { std::string ref, raw; };
  struct MemberDelta { std::vector<std::string> added, removed; };   // refs
  virtual Result<MemberDelta> replace_members(std::int64_t group, const std::vector<Member>& members) = 0;
  virtual Result<std::vector<Member>> members(std::int64_t group, const std::string& after_ref, int limit) = 0;
  virtual Result<std::vector<std::int64_t>> groups_with(const std::string& source, const std::string& ref) = 0;  // direct
  // Bulk: every (ref, group) of a source in order of ref, for runs that look at everybody.
  virtual Result<void> each_member(const std::string& source, const std::function<void(std::string_view ref, std::int64_t group)>& f) = 0;
  // Members of groups that resolve to no record of the source: (group, how many, the first few raw values).
  struct Dangling { std::int64_t group = 0; std::int64_t count = 0; std::vector<std::string> examples; };
  virtual Result<std::vector<Dangling>> dangling_members(const std::string& source, int examples) = 0;

  // --- identities and joins ---
  virtual Result<std::optional<IdentityRow>> identity(const std::string& person) = 0;
  virtual Result<std::vector<IdentityRow>> identities_page(const std::string& after, int limit) = 0;
  virtual Result<void> put_identity(const IdentityRow& row) = 0;                  // records included
  virtual Result<void> erase_identity(const std::string& person) = 0;
  virtual Result<std::optional<std::string>> person_of(std::int64_t record) = 0;
  virtual Result<std::vector<std::string>> questioned_people() = 0;               // those marked so
  // Records whose people are to be looked at again, with their sources; record 0: everybody. In order of the number.
  virtual Result<void> mark_dirty(const std::set<std::int64_t>& records) = 0;
  virtual Result<std::vector<std::pair<std::int64_t, std::string>>> dirty() = 0;
  virtual Result<void> clear_dirty(const std::set<std::int64_t>& records) = 0;
  // Everybody is dirty unless the people were last marked so under this configuration.
  virtual Result<void> mark_stale(const std::string& configuration) = 0;
  virtual Result<std::vector<std::string>> find_people(const std::string& text) = 0;  // key exactly; user name, e-mail, DN folded
  virtual Result<void> put_join_keys(std::int64_t record, const std::vector<std::pair<std::string, std::string>>& name_value) = 0;
  virtual Result<std::vector<std::int64_t>> records_by_join_key(const std::string& name, const std::string& value) = 0;

  // --- desired accounts ---
  virtual Result<std::optional<DesiredRow>> desired(const std::string& provider, const std::string& person) = 0;
  virtual Result<void> put_desired(const DesiredRow& row, const std::vector<DesiredKey>& keys) = 0;  // a changed hash/in_scope/leaving empties `settled`, else the stored one stays (row.settled is not written: settle() does that)
  virtual Result<void> erase_desired(const std::string& provider, const std::string& person) = 0;
  virtual Result<std::vector<std::string>> people_by_desired_key(const std::string& provider, const DesiredKey& key) = 0;
  // Rows that are not settled, or due, in order of person: the planner's work list. `all`: also settled ones whose hashes
  // no longer agree with `settled` (a full comparison).
  struct Pair { DesiredRow desired; std::optional<AccountRow> account; };         // the account linked to the person
  virtual Result<std::vector<Pair>> open_pairs(const std::string& provider, const std::string& after, int limit, Instant now, bool all) = 0;
  virtual Result<void> settle(const std::string& provider, const std::string& person, const std::string& settled, Instant due) = 0;
  virtual Result<Instant> next_due(Instant after) = 0;                              // of all providers; 0: none
  virtual Result<void> unsettle_all(const std::string& provider) = 0;
  virtual Result<std::int64_t> count_in_scope(const std::string& provider) = 0;
  virtual Result<std::int64_t> count_settled(const std::string& provider) = 0;    // in scope and settled

  // --- accounts ---
  struct KnownAccount { Fingerprint id; std::string hash; };                       // id: crypto::fingerprint(account id)
  virtual Result<std::vector<KnownAccount>> known_accounts(const std::string& provider) = 0;  // sorted by id
  virtual Result<std::optional<AccountRow>> account(const std::string& provider, const std::string& id) = 0;
  virtual Result<std::optional<AccountRow>> account_of(const std::string& provider, const std::string& person) = 0;  // linked
  virtual Result<void> put_account(const AccountRow& row, const std::vector<DesiredKey>& keys) = 0;  // keys: its user name, e-mail, external id, folded; empties the person's `settled` when its hash, link, person or status changes; conflict: the person has another account
  virtual Result<void> erase_account(const std::string& provider, const std::string& id) = 0;
  virtual Result<std::vector<AccountRow>> accounts_by_key(const std::string& provider, const DesiredKey& key) = 0;
  virtual Result<std::vector<AccountRow>> accounts_page(const std::string& provider, bool linked, const std::string& after_id, int limit) = 0;
  virtual Result<std::int64_t> count_accounts(const std::string& provider, bool linked) = 0;
  virtual Result<std::vector<std::string>> sample_linked(const std::string& provider, int count) = 0;   // ids, longest unaudited first

  // --- providers ---
  virtual Result<std::optional<ProviderRow>> provider(const std::string& name) = 0;
  virtual Result<void> put_provider(const ProviderRow& row) = 0;

  // --- runs, actions, journal ---
  virtual Result<void> put_run(const RunRow& row) = 0;
  virtual Result<std::optional<RunRow>> run(const std::string& id) = 0;
  virtual Result<std::vector<RunRow>> runs(Instant since, int limit) = 0;           // newest first
  virtual Result<bool> plan_was_applied(const std::string& plan_id) = 0;
  virtual Result<std::int64_t> put_action(const ActionRow& row) = 0;                // insert (id 0) or update
  struct ActionFilter { std::string run, person, provider, kind, outcome; Instant since{}; bool failed = false; };
  virtual Result<std::vector<ActionRow>> actions(const ActionFilter& filter, int limit) = 0;  // newest first; empty members do not filter
  // Done or in doubt since an instant, by (kind, stated): the 24-hour window of the brakes. Approved ones aside.
  virtual Result<std::map<std::pair<std::string, bool>, std::int64_t>> carried_out(const std::string& provider, Instant since) = 0;
  virtual Result<std::int64_t> put_journal(const JournalRow& row) = 0;              // insert (id 0) or update outcome
  virtual Result<std::vector<std::pair<JournalRow, ActionRow>>> in_doubt() = 0;      // journal rows without an outcome, oldest first

  // --- holds and waivers ---
  virtual Result<std::vector<HoldRow>> holds(const std::string& provider = {}) = 0;  // all states, by provider, kind, person
  virtual Result<std::optional<HoldRow>> hold(const std::string& id) = 0;
  virtual Result<void> put_hold(const HoldRow& row) = 0;
  virtual Result<void> erase_hold(const std::string& id) = 0;

  // --- decisions of people about people ---
  virtual Result<std::vector<DecisionRow>> decisions(const std::string& person) = 0;   // of one person, or with "" all
  virtual Result<void> put_decision(const DecisionRow& row) = 0;                       // one that stands keeps its time
  virtual Result<bool> erase_decision(const std::string& kind, const std::string& person, const std::string& scope, const std::string& subject) = 0;  // false: there was none

  // --- invitations ---
  virtual Result<std::optional<InvitationRow>> invitation(const std::string& provider, const std::string& person) = 0;  // the living one, else the newest
  virtual Result<std::vector<InvitationRow>> invitations(const std::string& provider, const std::string& state) = 0;    // "" is any
  virtual Result<std::vector<Instant>> invited_since(const std::string& provider, Instant since) = 0;   // when they went out, in order
  virtual Result<void> put_invitation(const InvitationRow& row) = 0;                // conflict: a second living one (pending sent in-doubt)

  // --- what SCIM clients pushed ---
  virtual Result<std::optional<ResourceRow>> resource(const std::string& source, const std::string& id) = 0;
  virtual Result<std::optional<ResourceRow>> resource(std::int64_t record) = 0;
  // emails: folded, for look-ups; nothing: as they were, or none yet.
  virtual Result<void> put_resource(const ResourceRow& row, const std::optional<std::vector<std::string>>& emails) = 0;
  virtual Result<void> erase_resource(std::int64_t record) = 0;       // the record stays, for the engine
  // By number of the record, upwards: those behind `after`, or those at `offset`.
  virtual Result<std::vector<ResourceRow>> resources_page(const std::string& source, RecordKind kind, std::int64_t after, std::int64_t offset, std::int64_t limit) = 0;
  virtual Result<std::int64_t> count_resources(const std::string& source, RecordKind kind) = 0;
  enum class ResourceKey { handle, external_id, email };
  virtual Result<std::vector<std::int64_t>> resources_by(const std::string& source, RecordKind kind, ResourceKey key, const std::string& value) = 0;
  // One member of a group, as a set: whether anything changed.
  virtual Result<bool> add_member(std::int64_t group, const std::string& source, const Member& member) = 0;
  virtual Result<bool> remove_member(std::int64_t group, const std::string& ref) = 0;
  virtual Result<bool> has_member(std::int64_t group, const std::string& ref) = 0;
  struct ShownMember { std::string raw, id; RecordKind kind = RecordKind::person; };   // id is "" where it resolves to nothing
  virtual Result<std::vector<ShownMember>> shown_members(std::int64_t group, const std::string& source) = 0;
  virtual Result<std::vector<ResourceRow>> groups_of_member(const std::string& source, const std::string& ref) = 0;   // bodies left out
  virtual Result<void> mark_members_dirty(std::int64_t group) = 0;      // people who are members by id or user name
  // What became of somebody who was pushed, in one look-up by record and one by person and provider.
  struct Standing { std::string person; bool dirty = false; };          // person: "" until a run has looked
  virtual Result<Standing> standing(std::int64_t record) = 0;
  struct Outcome {
    bool known = false, in_scope = false, settled = false, held = false;   // known: a desired account, or that there shall be none
    std::string account, status, body, written;                            // of the linked account; account "": none
    std::string invitation, error;                                         // state of the living or newest one; why the last action failed
  };
  virtual Result<Outcome> outcome(const std::string& provider, const std::string& person) = 0;

  // --- pushed passwords that wait, sealed, for a provider ---
  virtual Result<void> put_sealed(const SealedRow& row) = 0;            // takes the place of an older one
  virtual Result<std::optional<SealedRow>> sealed(const std::string& provider, const std::string& person) = 0;   // the newest of the person's records
  virtual Result<void> erase_sealed(const SealedRow& delivered, const std::string& person) = 0;   // it, and what the person's records had before it
  virtual Result<void> keep_sealed_for(const std::set<std::string>& providers) = 0;   // what waits for others waits for nobody: it goes

  // --- tokens of SCIM clients ---
  virtual Result<std::optional<TokenRow>> token(const std::string& id) = 0;
  virtual Result<std::vector<TokenRow>> tokens() = 0;                   // by source, oldest first
  virtual Result<void> put_token(const TokenRow& row) = 0;
  virtual Result<bool> erase_token(const std::string& id) = 0;          // false: there was none
  virtual Result<void> touch_token(const std::string& id, Instant now) = 0;   // and its source's last_read

  // --- figures for status ---
  virtual Result<std::int64_t> count_identities() = 0;
};

// Numbered migrations: the schema after all of them equals a fresh one (tests/unit/store/migration_test.cpp).
int schema_version();

}  // namespace rollcall::store
