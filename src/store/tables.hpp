// State over one Connection. The operations stand by table in tables_*.cpp; state.hpp says what each does.
// Thread rule: State's.
#pragma once

#include <memory>
#include <string>

#include "store/connection.hpp"
#include "store/mapping.hpp"
#include "store/state.hpp"

namespace rollcall::store {

class Tables final : public State {
 public:
  Tables(std::unique_ptr<Connection> db, Access access);
  ~Tables() override;
  void set_id(std::string id) { id_ = std::move(id); }

  Result<void> transaction(const std::function<Result<void>()>& f) override;
  Result<void> savepoint(const std::function<Result<void>()>& f) override;
  Result<void> begin_reading() override;
  void end_reading() override;
  std::string id() override { return id_; }
  Result<bool> healthy() override;
  std::int64_t data_version() override;

  Result<Lease> take_lease(const std::string& name, const std::string& holder, Instant now, Instant expires) override;
  Result<bool> renew_lease(const Lease& lease, Instant expires) override;
  Result<void> drop_lease(const Lease& lease) override;
  Result<std::optional<Lease>> lease(const std::string& name) override;
  Result<std::optional<SourceRow>> source(const std::string& name) override;
  Result<std::vector<SourceRow>> sources() override;
  Result<void> put_source(const SourceRow& row) override;
  Result<Known> known(const std::string& source) override;
  Result<std::optional<RecordRow>> record(std::int64_t id) override;
  Result<std::optional<RecordRow>> record(const std::string& source, RecordKind kind, const std::string& key) override;
  Result<std::vector<RecordRow>> records_page(const std::string& source, RecordKind kind, std::int64_t after,
                                              int limit) override;
  Result<std::vector<RecordRow>> missing_records(const std::string& source) override;
  Result<std::int64_t> put_record(const RecordRow& row) override;
  Result<void> show_record(const RecordRow& row) override;
  Result<void> erase_record(std::int64_t id) override;
  Result<std::vector<std::int64_t>> records_by_user(const std::string& source, const std::string& user_ref) override;
  Result<std::vector<std::pair<std::int64_t, RecordKind>>> records_by_ref(const std::string& source,
                                                                          const std::string& ref) override;
  Result<std::int64_t> count_records(const std::string& source, RecordKind kind) override;
  Result<MemberDelta> replace_members(std::int64_t group, const std::vector<Member>& members) override;
  Result<std::vector<Member>> members(std::int64_t group, const std::string& after_ref, int limit) override;
  Result<std::vector<std::int64_t>> groups_with(const std::string& source, const std::string& ref) override;
  Result<void> each_member(const std::string& source,
                           const std::function<void(std::string_view ref, std::int64_t group)>& f) override;
  Result<std::vector<Dangling>> dangling_members(const std::string& source, int examples) override;
  Result<std::optional<IdentityRow>> identity(const std::string& person) override;
  Result<std::vector<IdentityRow>> identities_page(const std::string& after, int limit) override;
  Result<void> put_identity(const IdentityRow& row) override;
  Result<void> erase_identity(const std::string& person) override;
  Result<std::optional<std::string>> person_of(std::int64_t record) override;
  Result<std::vector<std::string>> questioned_people() override;
  Result<void> mark_dirty(const std::set<std::int64_t>& records) override;
  Result<void> mark_stale(const std::string& configuration) override;
  Result<std::vector<std::pair<std::int64_t, std::string>>> dirty() override;
  Result<void> clear_dirty(const std::set<std::int64_t>& records) override;
  Result<std::vector<std::string>> find_people(const std::string& text) override;
  Result<void> put_join_keys(std::int64_t record,
                             const std::vector<std::pair<std::string, std::string>>& name_value) override;
  Result<std::vector<std::int64_t>> records_by_join_key(const std::string& name, const std::string& value) override;
  Result<std::optional<DesiredRow>> desired(const std::string& provider, const std::string& person) override;
  Result<void> put_desired(const DesiredRow& row, const std::vector<DesiredKey>& keys) override;
  Result<void> erase_desired(const std::string& provider, const std::string& person) override;
  Result<std::vector<std::string>> people_by_desired_key(const std::string& provider, const DesiredKey& key) override;
  Result<std::vector<Pair>> open_pairs(const std::string& provider, const std::string& after, int limit, Instant now,
                                       bool all) override;
  Result<void> settle(const std::string& provider, const std::string& person, const std::string& settled,
                      Instant due) override;
  Result<Instant> next_due(Instant after) override;
  Result<void> unsettle_all(const std::string& provider) override;
  Result<std::int64_t> count_in_scope(const std::string& provider) override;
  Result<std::int64_t> count_settled(const std::string& provider) override;
  Result<std::vector<KnownAccount>> known_accounts(const std::string& provider) override;
  Result<std::optional<AccountRow>> account(const std::string& provider, const std::string& id) override;
  Result<std::optional<AccountRow>> account_of(const std::string& provider, const std::string& person) override;
  Result<void> put_account(const AccountRow& row, const std::vector<DesiredKey>& keys) override;
  Result<void> erase_account(const std::string& provider, const std::string& id) override;
  Result<std::vector<AccountRow>> accounts_by_key(const std::string& provider, const DesiredKey& key) override;
  Result<std::vector<AccountRow>> accounts_page(const std::string& provider, bool linked, const std::string& after_id,
                                                int limit) override;
  Result<std::int64_t> count_accounts(const std::string& provider, bool linked) override;
  Result<std::vector<std::string>> sample_linked(const std::string& provider, int count) override;
  Result<std::optional<ProviderRow>> provider(const std::string& name) override;
  Result<void> put_provider(const ProviderRow& row) override;
  Result<void> put_run(const RunRow& row) override;
  Result<std::optional<RunRow>> run(const std::string& id) override;
  Result<std::vector<RunRow>> runs(Instant since, int limit) override;
  Result<bool> plan_was_applied(const std::string& plan_id) override;
  Result<std::int64_t> put_action(const ActionRow& row) override;
  Result<std::vector<ActionRow>> actions(const ActionFilter& filter, int limit) override;
  Result<std::map<std::pair<std::string, bool>, std::int64_t>> carried_out(const std::string& provider,
                                                                           Instant since) override;
  Result<std::int64_t> put_journal(const JournalRow& row) override;
  Result<std::vector<std::pair<JournalRow, ActionRow>>> in_doubt() override;
  Result<std::vector<HoldRow>> holds(const std::string& provider) override;
  Result<std::optional<HoldRow>> hold(const std::string& id) override;
  Result<void> put_hold(const HoldRow& row) override;
  Result<void> erase_hold(const std::string& id) override;
  Result<std::vector<DecisionRow>> decisions(const std::string& person) override;
  Result<void> put_decision(const DecisionRow& row) override;
  Result<bool> erase_decision(const std::string& kind, const std::string& person, const std::string& scope, const std::string& subject) override;
  Result<std::optional<InvitationRow>> invitation(const std::string& provider, const std::string& person) override;
  Result<std::vector<InvitationRow>> invitations(const std::string& provider, const std::string& state) override;
  Result<std::vector<Instant>> invited_since(const std::string& provider, Instant since) override;
  Result<void> put_invitation(const InvitationRow& row) override;
  Result<std::optional<ResourceRow>> resource(const std::string& source, const std::string& id) override;
  Result<std::optional<ResourceRow>> resource(std::int64_t record) override;
  Result<void> put_resource(const ResourceRow& row, const std::optional<std::vector<std::string>>& emails) override;
  Result<void> erase_resource(std::int64_t record) override;
  Result<std::vector<ResourceRow>> resources_page(const std::string& source, RecordKind kind, std::int64_t after, std::int64_t offset, std::int64_t limit) override;
  Result<std::int64_t> count_resources(const std::string& source, RecordKind kind) override;
  Result<std::vector<std::int64_t>> resources_by(const std::string& source, RecordKind kind, ResourceKey key, const std::string& value) override;
  Result<bool> add_member(std::int64_t group, const std::string& source, const Member& member) override;
  Result<bool> remove_member(std::int64_t group, const std::string& ref) override;
  Result<bool> has_member(std::int64_t group, const std::string& ref) override;
  Result<std::vector<ShownMember>> shown_members(std::int64_t group, const std::string& source) override;
  Result<std::vector<ResourceRow>> groups_of_member(const std::string& source, const std::string& ref) override;
  Result<void> mark_members_dirty(std::int64_t group) override;
  Result<Standing> standing(std::int64_t record) override;
  Result<Outcome> outcome(const std::string& provider, const std::string& person) override;
  Result<void> put_sealed(const SealedRow& row) override;
  Result<std::optional<SealedRow>> sealed(const std::string& provider, const std::string& person) override;
  Result<void> erase_sealed(const SealedRow& delivered, const std::string& person) override;
  Result<void> keep_sealed_for(const std::set<std::string>& providers) override;
  Result<std::optional<TokenRow>> token(const std::string& id) override;
  Result<std::vector<TokenRow>> tokens() override;
  Result<void> put_token(const TokenRow& row) override;
  Result<bool> erase_token(const std::string& id) override;
  Result<void> touch_token(const std::string& id, Instant now) override;
  Result<std::int64_t> count_identities() override;

 private:
  // For operations of several statements: as a whole or not at all. Inside a transaction its owner sees to that.
  template <class F>
  Result<void> together(F&& f) {
    if (depth_ > 0) return f();
    return transaction(f);
  }
  Result<void> unsettle(const std::string& provider, const std::string& person);

  std::unique_ptr<Connection> db_;
  Access access_;
  std::string id_;
  int depth_ = 0;  // transactions and savepoints that are open
};

}  // namespace rollcall::store
