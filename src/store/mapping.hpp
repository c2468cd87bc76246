// Which columns hold the members of each row struct, in the order in which statements name them (src/store/schema). See
// query.hpp.
#pragma once

#include <string>
#include <string_view>

#include "crypto/hash.hpp"
#include "store/query.hpp"
#include "store/rows.hpp"

namespace rollcall::store {

// Without ASCII case, as references to records by id or user name are compared; other letters stay.
inline std::string folded(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return out;
}

template <>
struct Table<SourceRow> {
  static constexpr std::string_view name = "source", key = " name ", fixed = " ";
  static void fields(auto& r, auto& v) {
    v("name", r.name), v("last_read", r.last_read),
        v("last_complete", r.last_complete);
    v("people", r.people), v("group_count", r.groups), v("complete", r.complete), v("detail", r.detail);
    v("content_id", r.content_id), v("accepted", r.accepted);
  }
};

template <>
struct Table<RecordRow> {
  static constexpr std::string_view name = "record", key = " id ", fixed = " source kind key key_hash key_ref ";
  static void fields(auto& r, auto& v) {
    v("id", r.id), v("source", r.source), v("kind", r.kind), v("key", r.key);
    v.derived("key_hash", [&] { return crypto::to_hex(crypto::fingerprint(r.key)); });
    v("content", r.content), v("members_hash", r.members_hash), v("has", r.has);
    // Members that name a record by its id are folded; a key that is folded already needs no second index entry.
    v.derived("key_ref", [&] {
      std::string ref = folded(r.key);
      return ref == r.key ? std::string() : ref;
    });
    v("locator", r.locator), v("dn_ref", r.dn_ref), v("user_ref", r.user_ref), v("name", r.name);
    v("member_count", r.member_count), v("absent_since", r.absent_since), v("absent_reads", r.absent_reads);
    v("absent_content", r.absent_content), v("gone", r.gone), v("emptied_since", r.emptied_since);
    v("emptied_reads", r.emptied_reads), v("first_seen", r.first_seen);
    v.derived("missing", [&] {  // 1 absent, 2 gone, 4 emptied
      return std::int64_t{(r.absent_since > Instant{} ? 1 : 0) + (r.gone ? 2 : 0) +
                          (r.emptied_since > Instant{} ? 4 : 0)};
    });
    v("body", r.body);
  }
};

template <>
struct Table<IdentityRow> {
  static constexpr std::string_view name = "identity", key = " person ", fixed = " ";
  static void fields(auto& r, auto& v) {
    v("person", r.person), v("hash", r.hash), v("presence", r.presence), v("active", r.active),
        v("left_since", r.left_since);
    v("user_name", r.user_name), v("email", r.email), v("name", r.name), v("body", r.body);
    v("questioned", r.questioned);
  }
};

template <>
struct Table<DesiredRow> {
  static constexpr std::string_view name = "desired", key = " provider person ", fixed = " ";
  static void fields(auto& r, auto& v) {
    v("provider", r.provider), v("person", r.person), v("in_scope", r.in_scope), v("leaving", r.leaving);
    v("hash", r.hash), v("name", r.name), v("out_since", r.out_since), v("due", r.due);
    v("settled", r.settled), v("body", r.body);
  }
};

template <>
struct Table<AccountRow> {
  static constexpr std::string_view name = "account", key = " provider id ", fixed = " id_hash ";
  static void fields(auto& r, auto& v) {
    v("provider", r.provider), v("id", r.id), v("person", r.person), v("link", r.link), v("hash", r.hash);
    v.derived("id_hash", [&] { return crypto::to_hex(crypto::fingerprint(r.id)); });
    v("status", r.status), v("missing_runs", r.missing_runs), v("suspended_by_us", r.suspended_by_us);
    v("suspended_at", r.suspended_at), v("status_before", r.status_before), v("audited", r.audited);
    v("created_by_run", r.created_by_run), v("written", r.written), v("body", r.body);
  }
};

template <>
struct Table<ProviderRow> {
  static constexpr std::string_view name = "provider", key = " name ", fixed = " ";
  static void fields(auto& r, auto& v) {
    v("name", r.name), v("config_hash", r.config_hash), v("last_complete", r.last_complete),
        v("last_success", r.last_success);
    v("accounts", r.accounts), v("complete", r.complete), v("detail", r.detail), v("circuit", r.circuit);
    v("strikes", r.strikes), v("accepted", r.accepted), v("last_audit", r.last_audit);
    v("changes_since", r.changes_since);
    v("retry_at", r.retry_at);
  }
};

template <>
struct Table<RunRow> {
  static constexpr std::string_view name = "run", key = " id ", fixed = " ";
  static void fields(auto& r, auto& v) {
    v("id", r.id), v("started", r.started), v("finished", r.finished), v("mode", r.mode), v("plan_id", r.plan_id);
    v("result", r.result), v("detail", r.detail);
  }
};

template <>
struct Table<ActionRow> {
  static constexpr std::string_view name = "action", key = " id ", fixed = " ";
  static void fields(auto& r, auto& v) {
    v("id", r.id), v("run", r.run), v("plan_action", r.plan_action), v("provider", r.provider), v("person", r.person);
    v("account", r.account), v("kind", r.kind), v("changes", r.changes), v("reason", r.reason);
    v("precondition", r.precondition), v("stated", r.stated), v("approved", r.approved), v("name", r.name);
    v("outcome", r.outcome), v("detail", r.detail), v("finished", r.finished);
  }
};

template <>
struct Table<JournalRow> {
  static constexpr std::string_view name = "journal", key = " id ", fixed = " ";
  static void fields(auto& r, auto& v) {
    v("id", r.id), v("action", r.action), v("step", r.step), v("attempt", r.attempt), v("intent_at", r.intent_at);
    v("outcome_at", r.outcome_at), v("outcome", r.outcome), v("error_kind", r.error_kind), v("detail", r.detail);
  }
};

template <>
struct Table<HoldRow> {
  static constexpr std::string_view name = "hold", key = " id ", fixed = " ";
  static void fields(auto& r, auto& v) {
    v("id", r.id), v("provider", r.provider), v("source", r.source), v("person", r.person), v("kind", r.kind);
    v("name", r.name), v("role", r.role), v("reason", r.reason), v("content", r.content), v("since", r.since);
    v("until", r.until), v("state", r.state), v("by_whom", r.by);
  }
};

template <>
struct Table<DecisionRow> {
  static constexpr std::string_view name = "decision", key = " kind person scope subject ", fixed = " ";
  static void fields(auto& r, auto& v) {
    v("kind", r.kind), v("person", r.person), v("scope", r.scope), v("subject", r.subject), v("since", r.since);
    v("by_whom", r.by);
  }
};

template <>
struct Table<ResourceRow> {
  static constexpr std::string_view name = "resource", key = " record ", fixed = " source kind id created ";
  static void fields(auto& r, auto& v) {
    v("record", r.record), v("source", r.source), v("kind", r.kind), v("id", r.id), v("handle", r.handle);
    v("external_id", r.external_id), v("display", r.display), v("version", r.version), v("created", r.created);
    v("modified", r.modified), v("body", r.body);
  }
};

template <>
struct Table<SealedRow> {
  static constexpr std::string_view name = "sealed", key = " record provider ", fixed = " ";
  static void fields(auto& r, auto& v) { v("record", r.record), v("provider", r.provider), v("since", r.since), v("body", r.body); }
};

template <>
struct Table<TokenRow> {
  static constexpr std::string_view name = "token", key = " id ", fixed = " source hash created ";
  static void fields(auto& r, auto& v) {
    v("id", r.id), v("source", r.source), v("hash", r.hash), v("created", r.created), v("expires", r.expires);
    v("allow", r.allow), v("last_used", r.last_used);
  }
};

template <>
struct Table<InvitationRow> {
  static constexpr std::string_view name = "invitation", key = " id ", fixed = " ";
  static void fields(auto& r, auto& v) {
    v("id", r.id), v("provider", r.provider), v("person", r.person), v("account", r.account), v("state", r.state);
    v("email", r.email), v("sent", r.sent), v("next_at", r.next_at), v("expires", r.expires),
        v("reminders", r.reminders);
    v("vendor_id", r.vendor_id), v("detail", r.detail), v("roles", r.roles), v("looked", r.looked);
  }
};

}  // namespace rollcall::store
