#include <curl/curl.h>

#include <algorithm>
#include <mutex>

#include "net/address.hpp"
#include "net/mail.hpp"
#include "net/url.hpp"

namespace rollcall::net {
namespace {

// How far the dialogue came, as the debug callback sees it: libcurl's own codes do not tell a refused recipient from a
// lost connection, nor whether the final dot was answered. Neither commands (AUTH) nor contents are kept.
struct Dialogue {
  enum class Step { greeting, authentication, envelope, data } step = Step::greeting;
  std::string_view rest;     // of the message
  bool handed_over = false;  // all of it, so the final dot may have been sent
  std::string reply;         // the server's last line before QUIT
  bool over = false;         // QUIT was sent: libcurl says it after a refusal too
  bool replied = false;      // to the last step

  int code() const { return reply.size() >= 3 ? std::atoi(reply.substr(0, 3).c_str()) : 0; }
};

void note_command(Dialogue& dialogue, std::string_view line) {
  if (line.starts_with("AUTH")) dialogue.step = Dialogue::Step::authentication;
  if (line.starts_with("MAIL") || line.starts_with("RCPT")) dialogue.step = Dialogue::Step::envelope;
  if (line.starts_with("DATA")) dialogue.step = Dialogue::Step::data;
  if (line.starts_with("QUIT")) dialogue.over = true;
}

int on_debug(CURL*, curl_infotype type, char* data, size_t size, void* user) {
  auto& dialogue = *static_cast<Dialogue*>(user);
  std::string_view text(data, size);
  if (type == CURLINFO_HEADER_OUT) note_command(dialogue, text);
  if (type != CURLINFO_HEADER_IN || dialogue.over) return 0;
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  dialogue.reply = text.substr(text.rfind('\n') + 1);  // npos + 1 is the start
  dialogue.replied = dialogue.handed_over;
  return 0;
}

size_t on_read(char* buffer, size_t size, size_t count, void* user) {
  auto& dialogue = *static_cast<Dialogue*>(user);
  const size_t taken = std::min(size * count, dialogue.rest.size());
  std::copy_n(dialogue.rest.data(), taken, buffer);
  dialogue.rest.remove_prefix(taken);
  if (taken == 0)
    dialogue.handed_over = true;  // libcurl sends the final dot next: a lost connection is in doubt from here on
  return taken;
}

// The server's words for people: printable, short, and without the recipient, who is personal data.
std::string quotable(std::string reply, const std::string& recipient) {
  const auto alike = [](char a, char b) { return (a | 32) == (b | 32); };
  for (auto at = reply.begin();
       (at = std::search(at, reply.end(), recipient.begin(), recipient.end(), alike)) != reply.end();) {
    const auto offset = at - reply.begin();
    reply.replace(static_cast<std::size_t>(offset), recipient.size(), "(recipient)");
    at = reply.begin() + offset + 1;
  }
  std::ranges::replace_if(
      reply, [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
  return reply.substr(0, 200);
}

class Smtp : public MailTransport {
 public:
  explicit Smtp(SmtpOptions options) : options_(std::move(options)) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  }

  Result<void> deliver(const Mail& mail) override {
    ROLLCALL_TRY(auto server, parse_url(options_.url));
    if (server.scheme != "smtp" && server.scheme != "smtps")
      return fail(ErrorKind::invalid, "the URL of a mail server begins with smtps:// or smtp://", "smtp");
    ROLLCALL_TRY(auto text, compose(mail));
    ROLLCALL_TRY(auto from, parse_mailbox(mail.from, "From"));
    ROLLCALL_TRY(auto to, parse_mailbox(mail.to, "To"));
    Dialogue dialogue;
    dialogue.rest = text;
    const CURLcode code = perform(server, from.address, to.address, dialogue);
    return code == CURLE_OK ? Result<void>() : judge(code, dialogue, server, to.address);
  }

 private:
  CURLcode perform(const Url& server, const std::string& from, const std::string& to, Dialogue& dialogue) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy(curl_easy_init(), curl_easy_cleanup);
    if (!easy) return CURLE_FAILED_INIT;
    CURL* curl = easy.get();
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> recipients(
        curl_slist_append(nullptr, ('<' + to + '>').c_str()), curl_slist_free_all);
    curl_easy_setopt(curl, CURLOPT_URL, options_.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");  // ALL_PROXY is not for mail
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ('<' + from + '>').c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(curl, CURLOPT_READDATA, &dialogue);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);  // for the callback alone: nothing is printed
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, on_debug);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &dialogue);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    const long milliseconds = static_cast<long>(std::chrono::milliseconds(options_.timeout).count());
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, milliseconds);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, milliseconds);
    secure(curl, server);
    return curl_easy_perform(curl);
  }

  void secure(CURL* curl, const Url& server) {
    const bool loopback = is_loopback(server.host);  // contract section 2: clear text to loopback only
    curl_easy_setopt(curl, CURLOPT_USE_SSL, loopback && server.scheme == "smtp" ? CURLUSESSL_TRY : CURLUSESSL_ALL);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    if (!options_.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, options_.ca_file.c_str());
    if (options_.user.empty()) return;
    curl_easy_setopt(curl, CURLOPT_USERNAME, options_.user.c_str());
    const Secret password(std::string(options_.password.reveal()));  // a copy that is wiped, and ends with NUL
    curl_easy_setopt(curl, CURLOPT_PASSWORD, password.reveal().data());
  }

  tl::unexpected<Error> judge(CURLcode code, const Dialogue& dialogue, const Url& server,
                              const std::string& recipient) const;

  SmtpOptions options_;
};

ErrorKind kind_of_reply(const Dialogue& dialogue, CURLcode code) {
  const int reply = dialogue.code();
  if (reply == 530 || reply == 535 || reply == 538 || (code == CURLE_LOGIN_DENIED && reply >= 500))
    return ErrorKind::unauthenticated;
  if (dialogue.step < Dialogue::Step::envelope || reply < 500)
    return ErrorKind::unavailable;  // 4xx: later (RFC 5321 section 4.2.1)
  return ErrorKind::invalid;
}

tl::unexpected<Error> Smtp::judge(CURLcode code, const Dialogue& dialogue, const Url& server,
                                  const std::string& recipient) const {
  Error out{ErrorKind::unavailable, {}, "smtp", std::nullopt, false};
  const std::string who = "the mail server " + server.host + ':' + std::to_string(server.port);
  const bool refused = dialogue.code() >= 400 && (!dialogue.handed_over || dialogue.replied);
  if (refused) {
    out.kind = kind_of_reply(dialogue, code);
    out.message = who + " answered: " + quotable(dialogue.reply, recipient);
  } else if (dialogue.handed_over) {
    out.kind = code == CURLE_OPERATION_TIMEDOUT ? ErrorKind::timeout : ErrorKind::unavailable;
    out.message = who + " took the whole mail and did not say whether it accepts it: " + curl_easy_strerror(code);
    out.in_doubt = true;
  } else if (code == CURLE_USE_SSL_FAILED) {
    out.message = who + " offers no STARTTLS; use smtps://, for a mail must not travel in clear text";
  } else if (code == CURLE_LOGIN_DENIED) {
    out.kind = ErrorKind::unauthenticated;
    out.message = who + " offers no way to log in that is supported, or refuses user and password";
  } else if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE) {
    out.message =
        who + " has a certificate that this host does not trust, or for another name; add its CA to the system's";
  } else {
    out.kind = code == CURLE_OPERATION_TIMEDOUT ? ErrorKind::timeout : ErrorKind::unavailable;
    out.message = who + " cannot be reached: " + curl_easy_strerror(code);
  }
  return tl::unexpected(std::move(out));
}

}  // namespace

std::unique_ptr<MailTransport> make_smtp(SmtpOptions options) { return std::make_unique<Smtp>(std::move(options)); }

}  // namespace rollcall::net
