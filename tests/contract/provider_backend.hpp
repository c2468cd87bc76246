// What the chapters of provider_contract.hpp stand on. A back end is a class, made anew for each test, that holds no
// account and some roles:
//   Provider& provider();
//   Fields person(const std::string& name);                    // a complete account; `name` makes user name and e-mail, both unique
//   std::string text_field();                                  // a field for any text, as a first name
//   std::string preload(Fields);                               // an account that somebody else made, long ago: its id
//   std::optional<std::set<std::string>> roles_of(std::string id);  // role ids as they really are; nullopt: cannot be looked at
//   void accept(const std::string& email);                     // the person follows the newest invitation
//   bool can_accept();
//   std::vector<std::string> role_ids();                       // where the provider has no catalogue of roles
// Those over a vendor's emulator derive from Emulated (provider_emulated.hpp).
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "rollcall/provider.hpp"
#include "support/run.hpp"

namespace rollcall::test {

template <class Backend>
class ProviderContract : public testing::Test {
 protected:
  Provider& provider() { return backend_.provider(); }
  const Capabilities& can() { return provider().capabilities(); }

  template <class T>
  Result<T> run(boost::asio::awaitable<Result<T>> work) {
    return test::run(context_, std::move(work));
  }
  Fields person(const std::string& name) { return provider().canonical(backend_.person(name)); }
  std::string preload(const std::string& name) { return backend_.preload(person(name)); }

  std::optional<Account> by_id(const std::string& id) {
    auto found = run(provider().find(LookupBy::id, id));
    EXPECT_TRUE(found) << (found ? "" : found.error().message);
    return found ? *found : std::nullopt;
  }
  Result<Account> create(Fields fields) {
    NewAccount wanted;
    wanted.fields = std::move(fields);
    return run(provider().create(std::move(wanted)));
  }
  Result<void> set_roles(const std::string& id, std::set<std::string> whole, std::set<std::string> add,
                         std::set<std::string> remove) {
    return run(provider().set_roles(id, RoleChange{std::move(whole), std::move(add), std::move(remove), {}}));
  }
  // Ids of roles that there are: from the provider's catalogue, or from the back end where it has none (`role_ids()`).
  std::vector<std::string> role_ids() {
    std::vector<std::string> ids;
    if (!can().lists_roles) {
      if constexpr (requires { backend_.role_ids(); }) ids = backend_.role_ids();
      return ids;
    }
    const auto listed = run(provider().roles());
    EXPECT_TRUE(listed);
    for (const Role& role : *listed) ids.push_back(role.id);
    return ids;
  }
  InviteRequest invitation(const std::string& id, const std::string& name) {
    InviteRequest request;
    request.account = can().account_before_acceptance ? id : "";
    request.email = request.to = backend_.person(name).at(can().email_field);
    request.landing = "https://portal.example/welcome";
    return request;
  }
  std::vector<Account> everybody() {
    return all_pages([this](const std::string& cursor) { return provider().list(cursor); });
  }
  std::vector<Account> changed_since(Instant since) {
    return all_pages([this, since](const std::string& cursor) { return provider().list_changed(since, cursor); });
  }
  // Every account of a listing; fails when it does not end.
  template <class Listing>
  std::vector<Account> all_pages(Listing listing) {
    std::vector<Account> all;
    std::string cursor;
    for (int pages = 0; pages < 1000; ++pages) {
      auto page = run(listing(cursor));
      EXPECT_TRUE(page) << (page ? "" : page.error().message);
      if (!page) return all;
      EXPECT_TRUE(page->unusable.empty());
      all.insert(all.end(), page->accounts.begin(), page->accounts.end());
      if (page->next.empty()) return all;
      EXPECT_NE(page->next, cursor);
      cursor = page->next;
    }
    ADD_FAILURE() << "the listing does not end";
    return all;
  }
  void expect_roles(const std::string& id, const std::set<std::string>& ids) {
    if (const auto held = backend_.roles_of(id)) {
      EXPECT_EQ(*held, ids);
    }
  }
  // Of what was written, whatever this answer shows is right.
  static void expect_shown(const Account& account, const Fields& written) {
    for (const auto& [name, value] : written) {
      const auto it = account.fields.find(name);
      EXPECT_TRUE(it == account.fields.end() || it->second == value) << name;
    }
  }
  template <class T>
  static void expect_kind(const Result<T>& result, ErrorKind kind) {
    ASSERT_FALSE(result);
    EXPECT_EQ(to_string(result.error().kind), to_string(kind)) << result.error().message;
    EXPECT_FALSE(result.error().message.empty());
  }

  boost::asio::io_context context_{1};
  Backend backend_;
};

TYPED_TEST_SUITE_P(ProviderContract);

}  // namespace rollcall::test
