// Invitations (contract 4.7): a link or code from the provider, then one mail; or the provider's own mail. The ledger records each
// step, so that a crash between link and mail sends exactly one mail that works, or says plainly that it cannot know. What a person
// asks for meanwhile (`rollcall invitations`) is never written over.
// Thread rule: the I/O thread; mails go out on one mail thread.
#pragma once

#include <map>
#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include "core/subject.hpp"
#include "rollcall/mail.hpp"
#include "sync/house.hpp"
#include "sync/journal.hpp"
#include "sync/pace.hpp"

namespace rollcall::sync {

struct PostmanOptions {
  std::string from;              // of [smtp], or a neutral sender for the outbox
  std::string organization;
  std::string template_text;     // "" is the built-in one
};

class Postman {
 public:
  // `mail` is null with deliver = "provider".
  Postman(const ProviderSeat& seat, Journal& journal, MailTransport* mail, PostmanOptions options);
  ~Postman();

  // Why nothing went out: it waits for its turn, in the ledger as `pending`, or the person has come meanwhile. "" when it went out.
  // `roles`: ids by name, of those that the person shall have.
  boost::asio::awaitable<Result<std::string>> invite(std::int64_t action, core::Subject subject, std::string account,
                                                     std::map<std::string, std::string> roles);

  Pace& pace() { return pace_; }

 private:
  using Roles = std::map<std::string, std::string>;   // name -> id
  boost::asio::awaitable<Result<store::InvitationRow>> open(const core::Subject& subject, const std::string& account, const Roles& roles,
                                                            std::string wait);
  boost::asio::awaitable<Result<bool>> has_accepted(std::string account);
  boost::asio::awaitable<Result<bool>> has_come_by_address(std::string person, std::string address);
  boost::asio::awaitable<Result<bool>> has_come(const core::Subject& subject, std::string account);
  boost::asio::awaitable<Result<void>> send(std::int64_t action, store::InvitationRow row, core::Subject subject, Roles roles);
  boost::asio::awaitable<Result<void>> recall(std::int64_t action, std::string vendor_id);
  boost::asio::awaitable<Result<void>> conclude(store::JournalRow entry, store::InvitationRow row, Result<void> answer);
  boost::asio::awaitable<Result<void>> by_provider(std::int64_t action, store::InvitationRow row, InviteRequest request);
  boost::asio::awaitable<Result<void>> by_mail(std::int64_t action, store::InvitationRow row, InviteRequest request,
                                               core::Subject subject);
  boost::asio::awaitable<Result<void>> deliver(std::int64_t action, store::InvitationRow row, Mail mail);
  Result<Mail> compose(const store::InvitationRow& row, const InviteAnswer& answer, const core::Subject& subject) const;

  const ProviderSeat& seat_;
  Journal& journal_;
  MailTransport* mail_;
  PostmanOptions options_;
  Pace pace_;
  boost::asio::thread_pool thread_{1};
};

}  // namespace rollcall::sync
