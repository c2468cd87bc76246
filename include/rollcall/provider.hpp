// The port of an identity provider. A provider is verbs over HTTP: it knows neither dry-run, retry, rate, journal nor brakes -
// the executor does, once, for all. Every verb is idempotent in effect, answers with our error kinds, and answers `unsupported`
// exactly where the capabilities say so. tests/contract/provider_contract.hpp is the law in code.
// Thread rule: verbs may run concurrently on one executor; a provider holds no mutable state but caches guarded by that.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "rollcall/account.hpp"
#include "rollcall/clock.hpp"
#include "rollcall/http.hpp"
#include "rollcall/result.hpp"
#include "rollcall/secret.hpp"

namespace rollcall {

enum class InviteWay { none, link, code, mail };  // mail: the provider can only send it itself
enum class LookupBy { id, external_id, user_name, email };

struct Capabilities {
  bool lists_accounts = true;
  bool lists_changes = false;         // list_changed() tells who changed since an instant
  bool shows_roles = true;            // list and find fill Account::roles
  bool lists_roles = true;            // false (LoginRadius): there is no catalogue, roles() is unsupported, and a rule names the id
  bool roles_at_create = false;       // create takes roles; otherwise assign is a second step
  bool roles_as_whole = false;        // set_roles needs the whole list, not a difference
  bool roles_with_fields = false;     // set_roles writes fields in the same call: an external id that a create refuses
  bool removes_roles = true;          // false (OneLogin v3 under `append`): a revoke is impossible
  bool suspends = true;
  bool deletes = true;
  bool shows_status = true;
  bool account_before_acceptance = true;  // false: LoginRadius
  bool external_id_at_create = true;  // false: it goes with the update that follows
  bool external_id_changes = true;    // false (Zitadel): it is the account's id, which the create sets for good
  bool lists_acceptance = true;       // false: the listing may miss that somebody came; has_accepted() tells
  InviteWay invite = InviteWay::none; // what invite() returns for our own mail
  bool sends_invitations = false;     // deliver = "provider" is possible
  bool cancels_invitations = false;   // the vendor can recall a link
  bool resends_invitations = false;   // send_invitation() mails a living one again: InviteRequest::again
  std::string external_id_field;      // "" when the provider has none
  std::string user_name_field, email_field;
  std::string password_field;         // what takes a password as clear text; "" when the provider takes none
  std::set<LookupBy> finds = {LookupBy::id, LookupBy::external_id, LookupBy::user_name, LookupBy::email};  // others: unsupported
  std::set<std::string> required_any; // a create needs one of these fields
  std::set<std::string> required_all; // and each of these
  std::set<std::string> listed_fields;// what list() shows; other fields are compared with what was last written
  std::set<std::string> case_insensitive_fields;
  std::set<std::string> set_only;     // fields never read back anywhere (a password)
  int page_size = 100;                // accounts a list call, for the plan's cost
};

struct UnusableAccount {
  std::string account, detail;
};

struct AccountPage {
  std::vector<Account> accounts;
  std::vector<UnusableAccount> unusable;  // accounts of the answer that could not be understood: the listing is incomplete
  std::string next;                       // cursor of the next page; empty at the end
};

struct NewAccount {
  Fields fields;              // enforced and on-create, canonical
  std::set<std::string> role_ids;  // only where roles_at_create
};

struct RoleChange {  // role ids
  std::set<std::string> whole;   // what the account shall have in the end, of all that is known; for roles_as_whole
  std::set<std::string> add, remove;
  Fields fields;                 // written by the same call; empty unless the capability roles_with_fields is set
};

struct InviteRequest {
  std::string account;         // id; empty where account_before_acceptance is false
  std::string email;           // the account's e-mail as the provider spells it
  std::string to;              // where the mail shall go; equal to email unless the configuration says otherwise
  std::string landing;         // the configuration's template, untouched
  std::string application_name;
  std::set<std::string> role_ids;  // where roles travel inside the invitation
  std::string again;           // the vendor's id of the living invitation to mail once more; not_found when it lives no more
};

struct InviteAnswer {
  std::string id;              // the vendor's id of the invitation, may be empty
  std::string link, code;      // secrets
  std::string expires;         // RFC 3339, or empty when the vendor does not say
  std::string organization;    // fills {orgId} of the landing page, where the vendor has organisations
};

class Provider {
 public:
  virtual ~Provider() = default;
  virtual const Capabilities& capabilities() const = 0;

  // What this provider would read back for these fields (trimmed, cut, folded as the vendor does), so that no difference is
  // endless. Pure.
  virtual Fields canonical(Fields desired) const { return desired; }

  // Cheapest call that proves the credentials; a line for people. For `check --connect`.
  virtual boost::asio::awaitable<Result<std::string>> authenticate() = 0;

  virtual boost::asio::awaitable<Result<AccountPage>> list(std::string cursor) = 0;  // "" begins
  // The accounts that were made or changed at `since` or later by the vendor's clock, as list() shows them; where lists_changes.
  // What was deleted does not show, and nothing is concluded from who is not there.
  virtual boost::asio::awaitable<Result<AccountPage>> list_changed(Instant, std::string) {
    co_return fail(ErrorKind::unsupported, "this provider does not list what changed");
  }
  virtual boost::asio::awaitable<Result<std::vector<Role>>> roles() = 0;
  // One account with all fields that the provider can show, or nullopt when it says that there is none. Several hits: conflict.
  virtual boost::asio::awaitable<Result<std::optional<Account>>> find(LookupBy by, std::string value) = 0;

  // The account as created: its id, and the fields that were written. A field that is missing there was not (the provider takes
  // it only afterwards, and that failed): it goes with the next update; of set-only fields those that are named there. already_exists
  // when a unique name is taken.
  virtual boost::asio::awaitable<Result<Account>> create(NewAccount account) = 0;
  // Only these fields change; "" clears. not_found when the account is gone.
  virtual boost::asio::awaitable<Result<void>> update(std::string id, Fields changes) = 0;
  virtual boost::asio::awaitable<Result<void>> set_roles(std::string id, RoleChange change) = 0;
  virtual boost::asio::awaitable<Result<void>> suspend(std::string id) = 0;
  virtual boost::asio::awaitable<Result<void>> reactivate(std::string id, std::string native_status) = 0;  // "" is the default
  virtual boost::asio::awaitable<Result<void>> remove(std::string id) = 0;  // an account that is gone already is success

  // Obtains a link or code for our own mail (InviteWay link, code). Nothing is mailed by the provider. already_exists: the
  // person can sign in already, so there is nothing to accept any more.
  virtual boost::asio::awaitable<Result<InviteAnswer>> invite(InviteRequest request) = 0;
  // The provider mails the person itself.
  virtual boost::asio::awaitable<Result<InviteAnswer>> send_invitation(InviteRequest request) = 0;
  virtual boost::asio::awaitable<Result<void>> cancel_invitation(std::string id) = 0;
  // Whether the person has come, in one call; where lists_acceptance is false.
  virtual boost::asio::awaitable<Result<bool>> has_accepted(std::string) {
    co_return fail(ErrorKind::unsupported, "this provider's listing shows who has accepted");
  }

  // The fields that the mapping enforces, said once before any verb: list and find show them even when they are empty. For
  // providers whose answers leave out what is empty.
  virtual void enforces(const std::set<std::string>&) {}

  // The last verb, once, when nobody uses the provider any more. For what the configuration wants ended with it: a token, say.
  virtual boost::asio::awaitable<Result<void>> close() { co_return Result<void>(); }
};

// ---- the table of types (src/providers/registry.cpp) ----

enum class OptionKind { text, flag, share, choice, url, secret };
struct OptionSpec {  // a key of [provider.NAME] beside those that every type has
  std::string key;
  OptionKind kind = OptionKind::text;
  bool required = false;
  std::string default_value;           // as text; "" is none
  std::vector<std::string> choices;
};

struct ProviderSettings;  // rollcall/settings.hpp
struct Objection {         // what only this type can say is wrong with [provider.NAME]
  std::string table;       // "" or "invite"
  std::string key, text;
};

struct ProviderType {
  std::string name;                    // as in `type =`
  std::string default_rate;            // "4000/h"
  std::string default_mapping;
  std::vector<OptionSpec> options;
  std::set<std::string> fields;        // provider fields that a mapping may name
  std::vector<std::string> field_prefixes;  // "custom_attribute_": such a field plus a name
  bool can_deliver = false;            // deliver = "provider"
  bool names_application = false;      // its mail takes `application-name`
  std::vector<Objection> (*objections)(const ProviderSettings& settings) = nullptr;  // may be null: none
  // What stands for capabilities before anything is built, for `check` and the documentation.
  Capabilities capabilities;
  // `options` holds texts of the options, defaults filled in; `secrets` the secret ones. `client` outlives the provider.
  std::unique_ptr<Provider> (*make)(const std::string& url, std::chrono::milliseconds timeout,
                                    const std::map<std::string, std::string>& options,
                                    const std::map<std::string, Secret>& secrets, HttpClient& client) = nullptr;
};

const std::vector<ProviderType>& provider_types();
const ProviderType* find_provider_type(std::string_view name);

}  // namespace rollcall
