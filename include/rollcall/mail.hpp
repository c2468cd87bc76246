// The port of outgoing mail: SMTP or an outbox folder (src/net). Thread rule: deliver() blocks; one mail thread calls it.
#pragma once

#include <string>

#include "rollcall/result.hpp"

namespace rollcall {

struct Mail {
  std::string from, to;      // "Name <address>" or an address
  std::string subject;
  std::string text, html;    // UTF-8; html may be empty
  std::string message_id;    // without angle brackets; depends only on the invitation
  std::string date;          // RFC 5322 date, passed in
};

class MailTransport {
 public:
  virtual ~MailTransport() = default;
  // An error with in_doubt: the server may have taken the mail (the connection broke after the final dot).
  virtual Result<void> deliver(const Mail& mail) = 0;
};

}  // namespace rollcall
