#include "sync/postman.hpp"

#include <cstdio>
#include <ctime>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/time.hpp"
#include "crypto/hash.hpp"
#include "language/unicode.hpp"
#include "providers/http.hpp"
#include "report/invitation_mail.hpp"
#include "sync/lookups.hpp"
#include "sync/retry.hpp"

namespace rollcall::sync {
namespace asio = boost::asio;
namespace {

// RFC 5322 section 3.3, in UTC.
std::string mail_date(Instant now) {
  const std::time_t t = std::chrono::system_clock::to_time_t(now);
  std::tm tm{};
  gmtime_r(&t, &tm);
  char out[64];
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::snprintf(out, sizeof out, "%s, %02d %s %04d %02d:%02d:%02d +0000", days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
                tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
  return out;
}

std::string filled(std::string text, std::string_view slot, std::string_view value) {
  for (std::size_t at = text.find(slot); at != std::string::npos; at = text.find(slot, at + value.size()))
    text.replace(at, slot.size(), value);
  return text;
}

// A person's wish stands, whatever was read before it was made.
store::WriteQueue::Job put(store::InvitationRow row) {
  return [row = std::move(row)](store::State& state) -> Result<void> {
    store::InvitationRow out = row;
    ROLLCALL_TRY(const auto now, state.invitation(row.provider, row.person));
    if (now && now->id == row.id) out.next_at = now->next_at;
    return state.put_invitation(out);
  };
}

// The same invitation goes on: nothing has gone out yet, or it goes to the same address again.
bool goes_on(const store::InvitationRow& row, const std::string& to) {
  if (row.state == "pending") return true;
  if (row.next_at != Instant{}) return false;       // a person asked for a new one
  return row.state == "failed" || ((row.state == "sent" || row.state == "expired") && language::fold(row.email) == language::fold(to));
}

}  // namespace

Postman::Postman(const ProviderSeat& seat, Journal& journal, MailTransport* mail, PostmanOptions options)
    : seat_(seat), journal_(journal), mail_(mail), options_(std::move(options)), pace_(seat.rules.settings.invite) {}

Postman::~Postman() { thread_.join(); }

// The living invitation, or a new one: its id, on which the Message-ID depends, is on disk before anything is sent.
asio::awaitable<Result<store::InvitationRow>> Postman::open(const core::Subject& subject, const std::string& account, const Roles& roles,
                                                             std::string wait) {
  store::InvitationRow row;
  store::WriteQueue::Job job = [&](store::State& state) -> Result<void> {
    const auto& provider = seat_.rules.settings.name;
    ROLLCALL_TRY(const auto old, state.invitation(provider, subject.person));
    if (old && old->next_at == store::never) return fail(ErrorKind::cancelled, "a person has cancelled it meanwhile");
    if (old && goes_on(*old, subject.invite_to)) {
      row = *old;
    } else {
      row.id = crypto::random_uuid();
      row.provider = provider;
      row.person = subject.person;
    }
    if (row.state != "sent") row.state = "pending";
    row.account = account;
    row.email = subject.invite_to;
    row.roles.clear();
    if (!seat_.capabilities.account_before_acceptance)
      for (const auto& [name, id] : roles) row.roles += name + "\n";
    row.next_at = {};
    row.detail = wait;
    return state.put_invitation(row);
  };
  auto written = co_await journal_.write(std::move(job));
  if (!written) co_return tl::unexpected<Error>(std::move(written).error());
  co_return row;
}

// Before a link goes to somebody who had one: the last listing may be a day old.
asio::awaitable<Result<bool>> Postman::has_accepted(std::string account) {
  if (!seat_.capabilities.lists_acceptance) {
    const auto ask = [&] { return seat_.provider->has_accepted(account); };
    co_return co_await retried(seat_, ask);
  }
  if (!seat_.capabilities.finds.contains(LookupBy::id)) co_return false;
  const auto verb = [&] { return seat_.provider->find(LookupBy::id, account); };
  auto found = co_await retried(seat_, verb);
  if (!found) co_return tl::unexpected<Error>(std::move(found).error());
  co_return *found && (*found)->accepted;
}

// Where an account comes to be by acceptance, finding one is the sign of it; it is the person's from now on.
asio::awaitable<Result<bool>> Postman::has_come_by_address(std::string person, std::string address) {
  const auto verb = [&] { return seat_.provider->find(LookupBy::email, address); };
  auto found = co_await retried(seat_, verb);
  if (!found) co_return tl::unexpected<Error>(std::move(found).error());
  if (!*found) co_return false;
  bool theirs = false;
  store::WriteQueue::Job note = [&](store::State& state) -> Result<void> {
    ROLLCALL_TRY(auto row, state.invitation(seat_.rules.settings.name, person));
    if (!row) return {};
    ROLLCALL_TRY(theirs, link_accepted(state, seat_, *row, **found, journal_.now()));
    return {};
  };
  auto noted = co_await journal_.write(std::move(note));
  if (!noted) co_return tl::unexpected<Error>(std::move(noted).error());
  co_return theirs;
}

asio::awaitable<Result<bool>> Postman::has_come(const core::Subject& subject, std::string account) {
  if (subject.invited_at == Instant{}) co_return false;
  if (!seat_.capabilities.account_before_acceptance) co_return co_await has_come_by_address(subject.person, subject.invited_address);
  if (account.empty()) co_return false;
  auto came = co_await has_accepted(account);
  if (!came || !*came) co_return came;
  store::WriteQueue::Job note = [&](store::State& state) -> Result<void> {
    ROLLCALL_TRY(auto row, state.invitation(seat_.rules.settings.name, subject.person));
    if (!row) return {};
    row->state = "accepted";
    row->next_at = {};
    row->detail.clear();
    return state.put_invitation(*row);
  };
  auto noted = co_await journal_.write(std::move(note));
  if (!noted) co_return tl::unexpected<Error>(std::move(noted).error());
  co_return true;
}

asio::awaitable<Result<std::string>> Postman::invite(std::int64_t action, core::Subject subject, std::string account, Roles roles) {
  if (pace_.wait_reason(journal_.now()).empty()) {
    auto come = co_await has_come(subject, account);
    if (!come) co_return tl::unexpected<Error>(std::move(come).error());
    if (*come) co_return std::string("the person has accepted meanwhile");
  }
  const Instant now = journal_.now();
  std::string wait = pace_.wait_reason(now);
  const bool claimed = wait.empty();
  if (claimed) pace_.claim(now);
  auto row = co_await open(subject, account, roles, wait);
  Result<void> sent;
  if (!row)
    sent = tl::unexpected<Error>(std::move(row).error());
  else if (claimed)
    sent = co_await send(action, std::move(*row), std::move(subject), std::move(roles));
  if (!sent && claimed && !sent.error().in_doubt) pace_.give_back(now);
  if (!sent) co_return tl::unexpected<Error>(std::move(sent).error());
  co_return wait;
}

asio::awaitable<Result<void>> Postman::send(std::int64_t action, store::InvitationRow row, core::Subject subject, Roles roles) {
  const bool lives = row.state == "sent" && (row.expires == Instant{} || row.expires > journal_.now());
  InviteRequest request;
  if (!row.vendor_id.empty() && lives && seat_.capabilities.resends_invitations) {
    request.again = row.vendor_id;
  } else if (!row.vendor_id.empty() && seat_.capabilities.cancels_invitations) {
    // The link of before, or one that was never mailed, would live beside the new one.
    auto recalled = co_await recall(action, row.vendor_id);
    if (!recalled) co_return recalled;
    row.vendor_id.clear();
  }
  if (!seat_.capabilities.account_before_acceptance)
    for (const auto& [name, id] : roles) request.role_ids.insert(id);
  request.account = row.account;
  request.to = subject.invite_to;
  request.email = subject.desired.email;
  if (auto it = subject.desired.enforced.find(seat_.capabilities.email_field); it != subject.desired.enforced.end()) request.email = it->second;
  request.landing = seat_.rules.settings.invite.landing;
  request.application_name = seat_.rules.settings.invite.application_name;
  if (seat_.rules.settings.invite.deliver == "provider") co_return co_await by_provider(action, std::move(row), std::move(request));
  co_return co_await by_mail(action, std::move(row), std::move(request), std::move(subject));
}

asio::awaitable<Result<void>> Postman::recall(std::int64_t action, std::string vendor_id) {
  auto entry = co_await journal_.intend(action, "cancel");
  if (!entry) co_return tl::unexpected<Error>(std::move(entry).error());
  const auto verb = [&] { return seat_.provider->cancel_invitation(vendor_id); };
  Result<void> answer = co_await retried(seat_, verb);
  auto noted = co_await journal_.conclude(std::move(*entry), answer ? "done" : "failed", answer ? nullptr : &answer.error());
  co_return answer ? noted : answer;
}

// What the ledger learns of a mail that was sent, refused, or cannot be known of. A reminder that failed leaves the invitation as it
// was, and is due again.
asio::awaitable<Result<void>> Postman::conclude(store::JournalRow entry, store::InvitationRow row, Result<void> answer) {
  const bool reminder = row.state == "sent" || row.sent != Instant{};
  if (answer) {
    row.reminders += reminder;
    row.state = "sent";
    row.sent = journal_.now();
    row.detail.clear();
    co_return co_await journal_.conclude(std::move(entry), "done", nullptr, put(row));
  }
  const Error error = answer.error();
  if (error.kind == ErrorKind::already_exists) {      // the person can sign in already (contract 4.7)
    row.state = "accepted";
    row.detail = error.message;
    co_return co_await journal_.conclude(std::move(entry), "done", nullptr, put(row));
  }
  if (error.in_doubt) {
    row.state = "in-doubt";
    row.sent = journal_.now();
  } else if (row.state != "sent") {
    row.state = is_retryable(error.kind) ? "pending" : "failed";
  }
  row.detail = error.message;
  auto noted = co_await journal_.conclude(std::move(entry), "failed", &error, put(row));
  if (!noted) co_return noted;
  co_return tl::unexpected<Error>(error);
}

void learn(store::InvitationRow& row, const InviteAnswer& answer) {
  row.vendor_id = answer.id;
  row.expires = core::parse_rfc3339(answer.expires).value_or(Instant{});
}

asio::awaitable<Result<void>> Postman::by_provider(std::int64_t action, store::InvitationRow row, InviteRequest request) {
  auto entry = co_await journal_.intend(action, "send");
  if (!entry) co_return tl::unexpected<Error>(std::move(entry).error());
  const auto verb = [&] { return seat_.provider->send_invitation(request); };
  auto answer = co_await retried(seat_, verb, Repeat::never_in_doubt);
  if (!answer && answer.error().kind == ErrorKind::not_found && !request.again.empty()) {   // it lives no more: another one
    request.again.clear();
    answer = co_await retried(seat_, verb, Repeat::never_in_doubt);
  }
  Result<void> sent;
  if (answer)
    learn(row, *answer);
  else
    sent = tl::unexpected<Error>(answer.error());
  co_return co_await conclude(std::move(*entry), std::move(row), std::move(sent));
}

asio::awaitable<Result<void>> Postman::by_mail(std::int64_t action, store::InvitationRow row, InviteRequest request,
                                               core::Subject subject) {
  auto entry = co_await journal_.intend(action, "link");
  if (!entry) co_return tl::unexpected<Error>(std::move(entry).error());
  const auto verb = [&] { return seat_.provider->invite(request); };
  auto answer = co_await retried(seat_, verb);        // a second link harms nobody: only the last one is mailed
  if (!answer) {
    Error error = answer.error();
    error.in_doubt = false;                           // nothing was mailed
    Result<void> refused = tl::unexpected<Error>(std::move(error));
    co_return co_await conclude(std::move(*entry), std::move(row), std::move(refused));
  }
  learn(row, *answer);
  auto noted = co_await journal_.conclude(std::move(*entry), "done", nullptr, put(row));
  if (!noted) co_return noted;
  auto mail = compose(row, *answer, subject);
  if (!mail) co_return tl::unexpected<Error>(std::move(mail).error());
  co_return co_await deliver(action, std::move(row), std::move(*mail));
}

Result<Mail> Postman::compose(const store::InvitationRow& row, const InviteAnswer& answer, const core::Subject& subject) const {
  std::string link = answer.link;
  if (link.empty()) {
    link = filled(seat_.rules.settings.invite.landing, "{userId}", providers::percent_encoded(row.account));
    link = filled(std::move(link), "{code}", providers::percent_encoded(answer.code));
    link = filled(std::move(link), "{orgId}", providers::percent_encoded(answer.organization));
  }
  std::map<std::string, std::string> values{
      {"displayName", subject.name},   {"givenName", subject.given_name}, {"familyName", subject.family_name},
      {"userName", subject.user_name}, {"email", subject.desired.email},  {"link", link},
      {"code", answer.code},           {"expires", answer.expires},       {"organization", options_.organization},
      {"landing", seat_.rules.settings.invite.landing}};
  ROLLCALL_TRY(auto text, report::render_invitation(options_.template_text, values));
  Mail mail;
  mail.from = options_.from;
  mail.to = row.email;
  mail.subject = std::move(text.subject);
  mail.text = std::move(text.text);
  mail.html = std::move(text.html);
  // The mail that is about to go: a reminder under the id of the mail before it would be thrown away as that one come twice.
  const auto reminder = row.reminders + (row.sent != Instant{});
  mail.message_id = row.id + (reminder > 0 ? ".r" + std::to_string(reminder) : "") + "@rollcall.invalid";
  mail.date = mail_date(journal_.now());
  return mail;
}

asio::awaitable<Result<void>> Postman::deliver(std::int64_t action, store::InvitationRow row, Mail mail) {
  // From here on a kill leaves the mail in doubt: the ledger says so before the mail server is asked.
  auto entry = co_await journal_.intend(action, "mail");
  if (!entry) co_return tl::unexpected<Error>(std::move(entry).error());
  const auto here = co_await asio::this_coro::executor;
  co_await asio::post(thread_, asio::use_awaitable);
  Result<void> sent = mail_->deliver(mail);
  co_await asio::post(here, asio::use_awaitable);
  co_return co_await conclude(std::move(*entry), std::move(row), std::move(sent));
}

}  // namespace rollcall::sync
