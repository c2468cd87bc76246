#include "sync/postman.hpp"

#include <algorithm>
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

// Minutes since midnight in the schedule's zone (TZ is set from it at the start).
int local_minutes(Instant now) {
  const std::time_t t = std::chrono::system_clock::to_time_t(now);
  std::tm tm{};
  localtime_r(&t, &tm);
  return tm.tm_hour * 60 + tm.tm_min;
}

bool is_quiet(const std::string& hours, int now) {
  int h1 = 0, m1 = 0, h2 = 0, m2 = 0;
  if (std::sscanf(hours.c_str(), "%d:%d-%d:%d", &h1, &m1, &h2, &m2) != 4) return false;
  const int from = h1 * 60 + m1, to = h2 * 60 + m2;
  return from <= to ? now >= from && now < to : now >= from || now < to;
}

std::string filled(std::string text, std::string_view slot, std::string_view value) {
  for (std::size_t at = text.find(slot); at != std::string::npos; at = text.find(slot, at + value.size()))
    text.replace(at, slot.size(), value);
  return text;
}

// The provider says that the person can sign in already: nobody is invited again who has accepted (contract 4.7).
store::InvitationRow accepted(store::InvitationRow row, const Error& said) {
  row.state = "accepted";
  row.detail = said.message;
  return row;
}

store::WriteQueue::Job put(store::InvitationRow row) {
  return [row = std::move(row)](store::State& state) { return state.put_invitation(row); };
}

}  // namespace

Postman::Postman(const ProviderSeat& seat, Journal& journal, MailTransport* mail, PostmanOptions options)
    : seat_(seat), journal_(journal), mail_(mail), options_(std::move(options)) {}

Postman::~Postman() { thread_.join(); }

std::string Postman::wait_reason(const InviteSettings& s, Instant now, std::int64_t sent) {
  if (!s.quiet.empty() && is_quiet(s.quiet, local_minutes(now))) return "quiet hours (" + s.quiet + ")";
  if (s.wave && sent >= s.wave->count) return "the wave is full: " + std::to_string(s.wave->count) + " went out";
  return {};
}

// The living invitation, or a new one: its id, on which the Message-ID depends, is on disk before anything is sent.
asio::awaitable<Result<store::InvitationRow>> Postman::open(const core::Subject& subject, const std::string& account) {
  store::InvitationRow row;
  std::string wait;
  const auto& settings = seat_.rules.settings;
  store::WriteQueue::Job job = [&](store::State& state) -> Result<void> {
    ROLLCALL_TRY(const auto old, state.invitation(settings.name, subject.person));
    const bool again = old && (old->state == "pending" || (old->state == "sent" && language::fold(old->email) == language::fold(subject.invite_to)));
    if (again) row = *old;
    if (!again) {
      row.id = crypto::random_uuid();
      row.provider = settings.name;
      row.person = subject.person;
      row.state = "pending";
    }
    row.account = account;
    row.email = subject.invite_to;
    std::int64_t sent = 0;
    if (settings.invite.wave) {
      ROLLCALL_TRY(const auto all, state.invitations(settings.name, ""));
      sent = std::count_if(all.begin(), all.end(), [&](const auto& i) { return i.sent > journal_.now() - settings.invite.wave->per; });
    }
    wait = wait_reason(settings.invite, journal_.now(), sent);
    row.detail = wait;
    return state.put_invitation(row);
  };
  auto written = co_await journal_.write(std::move(job));
  if (!written) co_return tl::unexpected<Error>(std::move(written).error());
  co_return row;
}

asio::awaitable<Result<void>> Postman::invite(std::int64_t action, core::Subject subject, std::string account) {
  auto row = co_await open(subject, account);
  if (!row) co_return tl::unexpected<Error>(std::move(row).error());
  if (!row->detail.empty()) co_return Result<void>{};          // pending: it waits for its turn
  InviteRequest request;
  request.account = account;
  request.to = subject.invite_to;
  request.email = subject.desired.email;
  if (auto it = subject.desired.enforced.find(seat_.capabilities.email_field); it != subject.desired.enforced.end()) request.email = it->second;
  request.landing = seat_.rules.settings.invite.landing;
  request.application_name = seat_.rules.settings.invite.application_name;
  if (seat_.rules.settings.invite.deliver == "provider") co_return co_await by_provider(action, std::move(*row), std::move(request));
  co_return co_await by_mail(action, std::move(*row), std::move(request), std::move(subject));
}

asio::awaitable<Result<void>> Postman::by_provider(std::int64_t action, store::InvitationRow row, InviteRequest request) {
  auto entry = co_await journal_.intend(action, "send");
  if (!entry) co_return tl::unexpected<Error>(std::move(entry).error());
  const auto verb = [&] { return seat_.provider->send_invitation(request); };
  auto answer = co_await retried(seat_, verb, Repeat::never_in_doubt);
  if (answer) {
    row.reminders += row.sent != Instant{};
    row.state = "sent";
    row.sent = journal_.now();
    row.vendor_id = answer->id;
    if (auto at = core::parse_rfc3339(answer->expires)) row.expires = *at;
    co_return co_await journal_.conclude(std::move(*entry), "done", nullptr, put(row));
  }
  const Error error = answer.error();
  if (error.kind == ErrorKind::already_exists) co_return co_await journal_.conclude(std::move(*entry), "done", nullptr, put(accepted(row, error)));
  row.state = error.in_doubt ? "in-doubt" : is_retryable(error.kind) ? "pending" : "failed";
  row.detail = error.message;
  auto noted = co_await journal_.conclude(std::move(*entry), "failed", &error, put(row));
  if (!noted) co_return noted;
  co_return tl::unexpected<Error>(error);
}

asio::awaitable<Result<void>> Postman::by_mail(std::int64_t action, store::InvitationRow row, InviteRequest request,
                                               core::Subject subject) {
  auto entry = co_await journal_.intend(action, "link");
  if (!entry) co_return tl::unexpected<Error>(std::move(entry).error());
  const auto verb = [&] { return seat_.provider->invite(request); };
  auto answer = co_await retried(seat_, verb);        // a second link harms nobody: only the last one is mailed
  const Error* error = answer ? nullptr : &answer.error();
  if (error && error->kind == ErrorKind::already_exists) co_return co_await journal_.conclude(std::move(*entry), "done", nullptr, put(accepted(row, *error)));
  auto noted = co_await journal_.conclude(std::move(*entry), answer ? "done" : "failed", error);
  if (!noted) co_return noted;
  if (!answer) co_return tl::unexpected<Error>(std::move(answer).error());
  row.vendor_id = answer->id;
  if (auto at = core::parse_rfc3339(answer->expires)) row.expires = *at;
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
  mail.message_id = row.id + (row.reminders > 0 ? ".r" + std::to_string(row.reminders) : "") + "@rollcall.invalid";
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
  if (sent) {
    row.reminders += row.sent != Instant{};
    row.state = "sent";
    row.sent = journal_.now();
    row.detail.clear();
    co_return co_await journal_.conclude(std::move(*entry), "done", nullptr, put(row));
  }
  const Error error = sent.error();
  row.state = error.in_doubt ? "in-doubt" : is_retryable(error.kind) ? "pending" : "failed";
  row.detail = error.message;
  auto noted = co_await journal_.conclude(std::move(*entry), "failed", &error, put(row));
  if (!noted) co_return noted;
  co_return tl::unexpected<Error>(error);
}

}  // namespace rollcall::sync
