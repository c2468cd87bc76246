// Outgoing mail: composes the message (RFC 5322, MIME multipart/alternative, RFC 2047 headers) and hands it to an SMTP server by
// libcurl, or writes it as one .eml of mode 0600 into an outbox folder. Thread rule: blocks; one mail thread.
#pragma once

#include <memory>
#include <string>

#include "rollcall/mail.hpp"
#include "rollcall/secret.hpp"

namespace rollcall::net {

// The whole message with CRLF line ends. CR, LF and NUL in header values are refused as `invalid`.
Result<std::string> compose(const Mail& mail);

struct SmtpOptions {
  std::string url;         // smtp:// or smtps://; smtp:// to other than loopback demands STARTTLS
  std::string user;
  Secret password;
  std::string ca_file;
  std::chrono::seconds timeout{30};
};
std::unique_ptr<MailTransport> make_smtp(SmtpOptions options);

// File name: the message id with unsafe characters replaced, and ".eml"; the same id is written once (exists already: success).
// Written to a temporary name, fsynced, renamed.
std::unique_ptr<MailTransport> make_outbox(std::string folder);

}  // namespace rollcall::net
