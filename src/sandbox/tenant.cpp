#include "sandbox/tenant.hpp"

#include <cstdio>

#include <algorithm>

namespace rollcall::sandbox {
namespace {

std::string fold(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

}  // namespace

const Account* Tenant::find(std::int64_t id) const {
  const auto found = accounts_.find(id);
  return found == accounts_.end() ? nullptr : &found->second;
}

const Account* Tenant::find_by(std::string_view unique_field, std::string_view value) const {
  if (value.empty()) return nullptr;
  for (std::size_t i = 0; i < unique_.size(); ++i) {
    if (unique_[i] != unique_field) continue;
    const auto found = index_[i].find(fold(value));
    return found == index_[i].end() ? nullptr : find(found->second);
  }
  return nullptr;
}

Result<std::int64_t> Tenant::put(Account account) {
  for (const std::string& name : unique_) {
    const std::string* value = account.field(name);
    const Account* other = value ? find_by(name, *value) : nullptr;
    if (other && other->id != account.id)
      return fail(ErrorKind::already_exists,
                  name + " \"" + *value + "\" belongs to account " + std::to_string(other->id), name);
  }
  if (account.id == 0) account.id = next_id_;
  next_id_ = std::max(next_id_, account.id + 1);
  const std::int64_t id = account.id;
  if (const auto old = accounts_.find(id); old != accounts_.end()) take_from_index(old->second);
  for (std::size_t i = 0; i < unique_.size(); ++i)
    if (const std::string* value = account.field(unique_[i]); value && !value->empty()) index_[i][fold(*value)] = id;
  accounts_.insert_or_assign(id, std::move(account));
  ++version_;
  return id;
}

bool Tenant::remove(std::int64_t id) {
  const auto found = accounts_.find(id);
  if (found == accounts_.end()) return false;
  take_from_index(found->second);
  accounts_.erase(found);
  ++version_;
  return true;
}

void Tenant::take_from_index(const Account& account) {
  for (std::size_t i = 0; i < unique_.size(); ++i)
    if (const std::string* value = account.field(unique_[i])) index_[i].erase(fold(*value));
}

std::optional<std::int64_t> Tenant::role_id(std::string_view name) const {
  for (const auto& [id, known] : roles_)
    if (known == name) return id;
  return std::nullopt;
}

std::int64_t Tenant::add_role(std::string name, std::int64_t id) {
  if (const auto known = role_id(name)) return *known;
  if (id == 0) id = next_role_;
  next_role_ = std::max(next_role_, id + 1);
  roles_[id] = std::move(name);
  ++version_;
  return id;
}

const Invitation* Tenant::invitation(std::string_view token) const {
  const auto found = invitation_index_.find(std::string(token));
  return found == invitation_index_.end() ? nullptr : &invitations_[found->second];
}

void Tenant::add_invitation(Invitation invitation) {
  invitation_index_[invitation.token] = invitations_.size();
  invitations_.push_back(std::move(invitation));
  ++version_;
}

void Tenant::accept(std::string_view token, Instant now) {
  const auto found = invitation_index_.find(std::string(token));
  if (found == invitation_index_.end()) return;
  invitations_[found->second].accepted = now;
  ++version_;
}

void Tenant::change_invitation(const Invitation& changed) {
  const auto found = invitation_index_.find(changed.token);
  if (found == invitation_index_.end()) return;
  invitations_[found->second] = changed;
  ++version_;
}

void Tenant::add_mail(Mail mail) {
  mails_.push_back(std::move(mail));
  ++version_;
}

void Tenant::continue_at(std::int64_t next_id) { next_id_ = std::max(next_id_, next_id); }

void preload_people(Tenant& tenant, int accounts, const std::function<Account(const std::string& name, int number)>& made) {
  for (int number = 1; number <= accounts; ++number) {
    char name[32];
    std::snprintf(name, sizeof name, "user%06d", number);
    if (!tenant.find_by("username", name)) (void)tenant.put(made(name, number));   // the names were free
  }
}

}  // namespace rollcall::sandbox
