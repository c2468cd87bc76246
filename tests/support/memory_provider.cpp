#include "support/memory_provider.hpp"

#include <algorithm>
#include <charconv>

namespace rollcall::test {

using boost::asio::awaitable;

namespace {

tl::unexpected<Error> unsupported(std::string verb) {
  return fail(ErrorKind::unsupported, "this provider cannot " + verb, "memory: " + verb);
}

bool equal_folded(std::string_view a, std::string_view b) {
  const FoldLess less;
  return !less(a, b) && !less(b, a);
}

std::string field_text(const Account& account, const std::string& field) {
  const auto it = account.fields.find(field);
  return it == account.fields.end() ? std::string() : it->second;
}

void set_status(Account& account, AccountStatus status) {
  account.status = status;
  account.native_status = std::string(to_string(status));
}

int number(const std::string& text) {
  int n = 0;
  std::from_chars(text.data(), text.data() + text.size(), n);
  return n;
}

}  // namespace

MemoryProvider::MemoryProvider(Capabilities capabilities) : capabilities_(std::move(capabilities)) {}

Capabilities MemoryProvider::everything() {
  Capabilities c;
  c.lists_changes = true;
  c.roles_at_create = true;
  c.password_field = "password";
  c.invite = InviteWay::link;
  c.sends_invitations = true;
  c.cancels_invitations = true;
  c.external_id_field = "externalId";
  c.user_name_field = "userName";
  c.email_field = "email";
  c.required_any = {"userName", "email"};
  c.listed_fields = {"userName", "email", "externalId", "givenName", "familyName", "title"};
  c.case_insensitive_fields = {"userName", "email"};
  c.set_only = {"password"};
  return c;
}

std::string MemoryProvider::add(Fields fields, std::set<std::string> role_ids, AccountStatus status) {
  Account account;
  account.id = std::to_string(next_id_++);
  account.fields = std::move(fields);
  account.roles = std::move(role_ids);
  set_status(account, status);
  account.accepted = status == AccountStatus::active;
  return accounts.insert_or_assign(account.id, account).first->first;
}

std::string MemoryProvider::add_role(const std::string& name) {
  role_list.push_back({"r" + std::to_string(role_list.size() + 1), name});
  return role_list.back().id;
}

void MemoryProvider::accept(const std::string& email) {
  const auto it = std::find_if(invitations.rbegin(), invitations.rend(),
                               [&](const Invitation& i) { return equal_folded(i.email, email) && !i.cancelled; });
  if (it == invitations.rend()) return;
  it->accepted = true;
  if (it->account.empty() || !accounts.contains(it->account)) it->account = add({{capabilities_.email_field, it->email}}, it->role_ids);
  Account& account = accounts.at(it->account);
  changed[account.id] = clock();
  set_status(account, AccountStatus::active);
  account.accepted = true;
}

std::size_t MemoryProvider::invited(const std::string& email) const {
  return std::count_if(invitations.begin(), invitations.end(),
                       [&](const Invitation& i) { return equal_folded(i.email, email); });
}

std::size_t MemoryProvider::living(const std::string& email) const {
  return std::count_if(invitations.begin(), invitations.end(),
                       [&](const Invitation& i) { return equal_folded(i.email, email) && !i.cancelled && !i.accepted; });
}

std::size_t MemoryProvider::count(std::string_view verb) const {
  return std::count_if(calls.begin(), calls.end(),
                       [&](const std::string& call) { return call.substr(0, call.find(' ')) == verb; });
}

Account MemoryProvider::shown(Account account, bool listed) const {
  if (!capabilities_.shows_roles) account.roles.reset();
  if (!capabilities_.shows_status) account.status = AccountStatus::unknown, account.native_status.clear();
  account.accepted = account.accepted || (listed && listed_as_accepted);
  if (listed)
    std::erase_if(account.fields, [&](const auto& f) { return !capabilities_.listed_fields.contains(f.first); });
  return account;
}

std::string MemoryProvider::field_of(LookupBy by) const {
  if (by == LookupBy::external_id) return capabilities_.external_id_field;
  return by == LookupBy::user_name ? capabilities_.user_name_field : capabilities_.email_field;
}

bool MemoryProvider::same(const std::string& field, std::string_view a, std::string_view b) const {
  return capabilities_.case_insensitive_fields.contains(field) ? equal_folded(a, b) : a == b;
}

Result<void> MemoryProvider::taken(const Fields& fields, const std::string& but) const {
  for (const auto& unique : {capabilities_.user_name_field, capabilities_.email_field}) {
    const auto wanted = fields.find(unique);
    if (unique.empty() || wanted == fields.end() || wanted->second.empty()) continue;
    for (const auto& [id, account] : accounts)
      if (id != but && same(unique, field_text(account, unique), wanted->second))
        return fail(ErrorKind::already_exists, unique + " is taken by account " + id, "memory");
  }
  return {};
}

Result<Account*> MemoryProvider::account(const std::string& id) {
  const auto it = accounts.find(id);
  if (it == accounts.end()) return fail(ErrorKind::not_found, "no account " + id, "memory");
  return &it->second;
}

Result<Account*> MemoryProvider::account_to_change(const std::string& id) {
  auto found = account(id);
  if (found) changed[id] = clock();
  return found;
}

bool MemoryProvider::known_role(const std::string& id) const {
  return std::any_of(role_list.begin(), role_list.end(), [&](const Role& role) { return role.id == id; });
}

AccountPage MemoryProvider::page_behind(const std::string& cursor, const std::function<bool(const std::string& id)>& fits) const {
  std::map<int, const Account*> behind;  // ids are numbers, their texts sort otherwise
  for (const auto& [id, account] : accounts)
    if (number(id) > number(cursor) && fits(id)) behind.emplace(number(id), &account);
  AccountPage page;
  for (const auto& [id, account] : behind) {
    if (static_cast<int>(page.accounts.size()) == capabilities_.page_size) {
      page.next = page.accounts.back().id;
      break;
    }
    page.accounts.push_back(shown(*account, true));
  }
  return page;
}

awaitable<Result<std::string>> MemoryProvider::authenticate() {
  calls.push_back("authenticate");
  co_return "memory: " + std::to_string(accounts.size()) + " accounts";
}

awaitable<Result<AccountPage>> MemoryProvider::list(std::string cursor) {
  calls.push_back("list " + cursor);
  if (!capabilities_.lists_accounts) co_return unsupported("list");
  const auto all = [](const std::string&) { return true; };
  co_return page_behind(cursor, all);
}

awaitable<Result<AccountPage>> MemoryProvider::list_changed(Instant since, std::string cursor) {
  calls.push_back("list_changed " + cursor);
  if (!capabilities_.lists_changes) co_return unsupported("list what changed");
  const auto lately = [&](const std::string& id) { return changed.contains(id) && changed.at(id) >= since; };
  co_return page_behind(cursor, lately);
}

awaitable<Result<std::vector<Role>>> MemoryProvider::roles() {
  calls.push_back("roles");
  if (!capabilities_.lists_roles) co_return unsupported("list roles");
  co_return role_list;
}

awaitable<Result<std::optional<Account>>> MemoryProvider::find(LookupBy by, std::string value) {
  calls.push_back("find " + value);
  if (!capabilities_.finds.contains(by)) co_return unsupported("find");
  std::optional<Account> found;
  for (const auto& [id, account] : accounts) {
    const bool hit = by == LookupBy::id
                         ? id == value
                         : !value.empty() && same(field_of(by), field_text(account, field_of(by)), value);
    if (!hit) continue;
    if (found)
      co_return fail(ErrorKind::conflict, "several accounts with " + field_of(by) + " " + value, "memory: find");
    found = shown(account, false);
  }
  co_return found;
}

awaitable<Result<Account>> MemoryProvider::create(NewAccount wanted) {
  const Fields& fields = wanted.fields;
  calls.push_back("create " +
                  (fields.contains(capabilities_.user_name_field) ? fields.at(capabilities_.user_name_field) : "?"));
  if (!capabilities_.account_before_acceptance) co_return unsupported("create");
  const auto given = [&](const std::string& name) { return fields.contains(name) && !fields.at(name).empty(); };
  if (!capabilities_.required_any.empty() &&
      std::none_of(capabilities_.required_any.begin(), capabilities_.required_any.end(), given))
    co_return fail(ErrorKind::invalid, "a required field is missing", "memory: create");
  if (auto clash = taken(fields, ""); !clash) co_return tl::unexpected(std::move(clash).error());
  Fields stored = cuts ? cuts(fields) : fields;
  std::erase_if(stored, [&](const auto& f) {
    const bool later = f.first == capabilities_.external_id_field && !capabilities_.external_id_at_create;
    return later || f.second.empty() || capabilities_.set_only.contains(f.first);
  });
  const bool active = fields.contains("password");
  const std::string id = add(std::move(stored), {}, active ? AccountStatus::active : AccountStatus::pending);
  accounts[id].accepted = false;
  for (const auto& name : capabilities_.set_only)
    if (const auto it = fields.find(name); it != fields.end()) secrets[id][name] = it->second;
  changed[id] = clock();
  if (capabilities_.roles_at_create) accounts[id].roles = wanted.role_ids;
  co_return shown(accounts[id], false);
}

awaitable<Result<void>> MemoryProvider::update(std::string id, Fields changes) {
  std::string call = "update " + id;
  for (const auto& [name, value] : changes) call += " " + name;
  calls.push_back(call);
  auto found = account_to_change(id);
  if (!found) co_return tl::unexpected(std::move(found).error());
  if (auto clash = taken(changes, id); !clash) co_return clash;
  for (auto& [name, value] : cuts ? cuts(changes) : changes)
    (capabilities_.set_only.contains(name) ? secrets[id] : (*found)->fields)[name] = value;
  co_return Result<void>();
}

awaitable<Result<void>> MemoryProvider::set_roles(std::string id, RoleChange change) {
  calls.push_back("set_roles " + id);
  if (!capabilities_.removes_roles && !change.remove.empty()) co_return unsupported("take roles away");
  auto found = account_to_change(id);
  if (!found) co_return tl::unexpected(std::move(found).error());
  std::set<std::string> next = *(*found)->roles;
  if (capabilities_.roles_as_whole && capabilities_.removes_roles) next.clear();
  const auto& granted = capabilities_.roles_as_whole ? change.whole : change.add;
  next.insert(granted.begin(), granted.end());
  if (!capabilities_.roles_as_whole)
    for (const auto& role : change.remove) next.erase(role);
  for (const auto& role : granted)
    if (!known_role(role)) co_return fail(ErrorKind::invalid, "no role " + role, "memory: set_roles");
  (*found)->roles = std::move(next);
  if (capabilities_.roles_with_fields)
    for (auto& [name, value] : cuts ? cuts(change.fields) : change.fields) (*found)->fields[name] = value;
  co_return Result<void>();
}

awaitable<Result<void>> MemoryProvider::suspend(std::string id) {
  calls.push_back("suspend " + id);
  if (!capabilities_.suspends) co_return unsupported("suspend");
  auto found = account_to_change(id);
  if (!found) co_return tl::unexpected(std::move(found).error());
  set_status(**found, AccountStatus::suspended);
  co_return Result<void>();
}

awaitable<Result<void>> MemoryProvider::reactivate(std::string id, std::string native_status) {
  calls.push_back("reactivate " + id);
  if (!capabilities_.suspends) co_return unsupported("reactivate");
  auto found = account_to_change(id);
  if (!found) co_return tl::unexpected(std::move(found).error());
  AccountStatus status = AccountStatus::active;
  for (const auto s : {AccountStatus::pending, AccountStatus::locked})
    if (native_status == to_string(s)) status = s;
  set_status(**found, status);
  co_return Result<void>();
}

awaitable<Result<void>> MemoryProvider::remove(std::string id) {
  calls.push_back("remove " + id);
  if (!capabilities_.deletes) co_return unsupported("delete");
  accounts.erase(id);
  co_return Result<void>();
}

Result<InviteAnswer> MemoryProvider::new_invitation(InviteRequest request, bool mailed) {
  if (capabilities_.account_before_acceptance) ROLLCALL_CHECK(account(request.account));
  const std::string n = std::to_string(invitations.size() + 1);
  Invitation invitation{"i" + n, request.account,  request.email, request.to, "",
                        "",      request.role_ids, mailed,        false,      false};
  if (!mailed && capabilities_.invite == InviteWay::link)
    invitation.link = "https://idp.example/accept?token=secret-" + n;
  if (!mailed && capabilities_.invite == InviteWay::code) invitation.code = "code-" + n;
  invitations.push_back(invitation);
  return InviteAnswer{invitation.id, invitation.link, invitation.code, expires};
}

awaitable<Result<InviteAnswer>> MemoryProvider::invite(InviteRequest request) {
  calls.push_back("invite " + request.email);
  const bool can = capabilities_.invite == InviteWay::link || capabilities_.invite == InviteWay::code;
  if (!can) co_return unsupported("invite");
  co_return new_invitation(std::move(request), false);
}

awaitable<Result<InviteAnswer>> MemoryProvider::send_invitation(InviteRequest request) {
  calls.push_back("send_invitation " + request.email);
  if (!capabilities_.sends_invitations) co_return unsupported("send invitations");
  if (!request.again.empty() && capabilities_.resends_invitations) {
    const auto it = std::find_if(invitations.begin(), invitations.end(), [&](const Invitation& i) { return i.id == request.again && !i.cancelled && !i.accepted; });
    if (it == invitations.end()) co_return fail(ErrorKind::not_found, "no such invitation", "memory: send_invitation");
    ++it->mails;
    co_return InviteAnswer{it->id, "", "", expires, ""};
  }
  co_return new_invitation(std::move(request), true);
}

awaitable<Result<void>> MemoryProvider::cancel_invitation(std::string id) {
  calls.push_back("cancel_invitation " + id);
  if (!capabilities_.cancels_invitations) co_return unsupported("cancel invitations");
  const auto it = std::find_if(invitations.begin(), invitations.end(), [&](const Invitation& i) { return i.id == id; });
  if (it != invitations.end()) it->cancelled = true;  // one that is gone already is success
  co_return Result<void>();
}

}  // namespace rollcall::test
