// What the tables hold, as values (schema: src/store/schema/*.sql). Times are milliseconds since 1970, 0 is never. Hashes are
// 32 hex digits. Values cross threads, never references.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rollcall/clock.hpp"
#include "rollcall/record.hpp"
#include "rollcall/source.hpp"

namespace rollcall::store {

struct SourceRow {
  std::string name;
  Instant last_read{}, last_complete{};
  std::int64_t people = 0, groups = 0;   // of the last complete read: the measure for `size`
  bool complete = false;         // verdict of the last read
  std::string detail;
  std::string content_id;        // ldif: of the last complete read; scim: the mapping that made its records
  std::string accepted;          // a read verdict that a person approved, "" or the hold's id
};

// absent_reads counts complete reads that lacked it since absent_since; gone: the absence stands (contract 4.1).
struct RecordRow {
  std::int64_t id = 0;           // 0 before it is stored
  std::string source;
  RecordKind kind = RecordKind::person;
  std::string key, locator;
  std::string dn_ref;            // sources::member_ref of the locator, "" for none
  std::string user_ref;          // folded user name (people), what memberUid names; "" for none
  std::string name;              // groups: the mapped name
  std::string content, members_hash;   // what a read compares with; of a pushed record content is ""
  std::uint64_t has = 0;
  std::string body;              // json::write_attributes
  std::int64_t member_count = 0; // groups
  Instant absent_since{};
  std::int64_t absent_reads = 0; // gone without any: somebody stated the deletion
  std::string absent_content;    // ldif: content_id when it was first missed
  bool gone = false;
  Instant emptied_since{};       // groups: shows no members although it had some; they stand until it is confirmed
  std::int64_t emptied_reads = 0;
  Instant first_seen{};
};

enum class Presence { present, absent, gone };  // absent: missing, not confirmed; the last known identity stands

struct IdentityRow {
  std::string person;
  std::string hash;              // of body
  std::string body;              // JSON of Identity (sync/identity_body.hpp)
  Presence presence = Presence::present;
  bool active = true;
  Instant left_since{};
  std::vector<std::int64_t> records;
  // For look-ups by people: folded.
  std::string user_name, email, name;
  bool questioned = false;       // it is unclear whose record this is (ambiguous-join)
};

struct DesiredRow {
  std::string provider, person;
  bool in_scope = false;         // present or absent-not-confirmed, active, in scope: shall have an account
  std::string leaving;           // "" | stated | absent (confirmed) | waiting (missing or out of scope, not confirmed yet)
  std::string hash, body;        // JSON of DesiredAccount
  std::string name;              // for reports
  Instant out_since{};           // out of scope since this complete read; a later one confirms it
  Instant due{};                 // look at it again then (start date, delete-after, reminder); 0 never
  std::string settled;           // desired hash + account hash when nothing was left to do; "" looks at it in the next run
};

struct DesiredKey { std::string name, value; };   // provider field (or "external id") and folded value

enum class Link { none, made, adopted, isolated };  // isolated: protected accounts

struct AccountRow {
  std::string provider, id;
  std::string person;            // "" when unlinked
  Link link = Link::none;
  std::string hash, body;        // JSON of Account as last shown; hash of the body
  std::string written;           // JSON {"fields":{},"roles":[]} of what we last wrote; roles absent: never wrote roles
  std::string status;            // to_string(AccountStatus)
  std::int64_t missing_runs = 0; // complete listings and look-ups that lacked it
  bool suspended_by_us = false;
  Instant suspended_at{};
  std::string status_before;     // native status that a reactivation returns to
  Instant audited{};
  std::string created_by_run;
};

struct RunRow {
  std::string id;                // UUIDv7: time-ordered
  Instant started{}, finished{};
  std::string mode;              // apply run observe undo
  std::string plan_id;
  std::string result;            // running done failed held interrupted
  std::string detail;
};

struct ActionRow {
  std::int64_t id = 0;
  std::string run, plan_action, provider, person, account, kind;
  std::string changes;           // JSON array, secrets as ***
  std::string reason, precondition;
  bool stated = true;
  bool approved = false;         // its hold was approved: it does not count in the window of the brakes
  std::string name;
  std::string outcome;           // "" planned | done | failed | skipped | in-doubt
  std::string detail;
  Instant finished{};
};

struct JournalRow {
  std::int64_t id = 0, action = 0;
  std::string step;              // create | settle | update | roles | suspend | ... | link | mail
  int attempt = 1;
  Instant intent_at{}, outcome_at{};
  std::string outcome;           // "" in doubt | done | failed
  std::string error_kind, detail;
};

struct HoldRow {
  std::string id;                // deterministic: "h" + hash(provider or source, kind, person, role)
  std::string provider, source, person, kind, name, role;
  std::string reason;
  std::string content;           // "approval|precondition" of the held action (core/order.hpp); kind read: what looked wrong
  Instant since{}, until{};
  std::string state;             // held approved waived
  std::string by;
};

// One line of the ledger. `next_at` is what a person asked for: 0 nothing, `never` that it ends and is not sent again, any other
// instant that a new one goes (asked for then).
inline constexpr Instant never = Instant::max();
struct InvitationRow {
  std::string id;                // UUID; the Message-ID depends on it alone
  std::string provider, person, account;
  std::string state;             // pending sent accepted expired cancelled in-doubt failed
  std::string email;
  Instant sent{}, next_at{}, expires{};
  std::int64_t reminders = 0;
  std::string vendor_id;
  std::string detail;
  std::string roles;             // that travel inside it, a line each; empty where they do not
  Instant looked{};              // when somebody last looked whether the person has come
};

// What a person decided about a person, until it is taken back. Kinds:
//   suspend  scope: a provider, or "" for all. The account stays suspended whatever the sources say
//   unlink   scope: a provider, subject: an account that is not this person's
//   unjoin   scope: a source, subject: the key of a record that is not this person's
//   retire   scope: a provider. The deletion that waits for its time is due now
struct DecisionRow {
  std::string kind, person, scope, subject;
  Instant since{};
  std::string by;
};

// What a SCIM client pushed. The row of `record` with this number is made of it by the source's mapping.
struct ResourceRow {
  std::int64_t record = 0;       // of the record; 0 before it is stored
  std::string source;
  RecordKind kind = RecordKind::person;
  std::string id;                // given here, never again
  std::string handle;            // folded: the user name, unique among people; groups: the name
  std::string external_id;
  std::string display;           // what members and managers show of it
  std::int64_t version = 1;
  Instant created{}, modified{};
  std::string body;              // the resource in the form of scim/resource.hpp, without id, meta, password and members
};

// A pushed password on its way to a provider: sealed (crypto/seal.hpp), and gone once it is delivered.
struct SealedRow {
  std::int64_t record = 0;       // whose it is
  std::string provider;
  Instant since{};
  std::string body;
  std::string about() const { return "password " + std::to_string(record) + ' ' + provider; }   // what the seal is bound to
};

struct TokenRow {
  std::string id, source;
  std::string hash;              // SHA-256 of the whole token, hex
  Instant created{}, expires{};  // expires 0: never
  std::string allow;             // networks (CIDR), with spaces between; empty: from everywhere
  Instant last_used{};           // to the minute
};

struct ProviderRow {
  std::string name, config_hash;
  Instant last_complete{}, last_success{};
  Instant last_audit{};          // when a share of the accounts was last read one by one
  Instant changes_since{};       // who changed at the provider before then is known here; 0: no complete listing told
  std::int64_t accounts = 0;     // of the last complete listing
  bool complete = false;
  std::string detail;
  std::string circuit;           // the quarantine: "" none, else why
  Instant retry_at{};            // of the quarantine: not before
  std::int64_t strikes = 0;      // runs in a row that ended in quarantine
  std::string accepted;          // a listing that looked wrong and that a person approved: the hold's id
};

}  // namespace rollcall::store
