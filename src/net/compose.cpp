#include <algorithm>

#include "crypto/hash.hpp"
#include "net/address.hpp"
#include "net/mail.hpp"
#include "net/mime.hpp"

namespace rollcall::net {
namespace {

// A line break in a value would begin a header of somebody else's making.
Result<void> check_value(std::string_view text, const std::string& what) {
  if (!std::ranges::all_of(text, [](unsigned char c) { return (c >= 0x20 && c != 0x7f) || c == '\t'; }))
    return fail(ErrorKind::invalid, what + " of the mail has a line break or another control character");
  if (!is_utf8(text)) return fail(ErrorKind::invalid, what + " of the mail is not UTF-8");
  return {};
}

Result<std::string> address_header(const std::string& name, std::string_view value) {
  ROLLCALL_CHECK(check_value(value, name));
  ROLLCALL_TRY(auto mailbox, parse_mailbox(value, name));
  std::string line = name + ": ";
  if (mailbox.name.empty()) return line + mailbox.address + "\r\n";
  line += phrase(mailbox.name, line.size());
  const std::size_t column = line.size() - (line.rfind('\n') == std::string::npos ? 0 : line.rfind('\n') + 1);
  const bool fits = column + mailbox.address.size() + 3 <= 76;
  return line + (fits ? " <" : "\r\n <") + mailbox.address + ">\r\n";
}

Result<std::string> id_header(std::string_view id) {
  const bool good =
      !id.empty() && id.size() <= 200 && id.find('@') != std::string_view::npos &&
      std::ranges::all_of(id, [](unsigned char c) { return c > 0x20 && c < 0x7f && c != '<' && c != '>'; });
  if (!good) return fail(ErrorKind::invalid, "the Message-ID of the mail is not of the form id@domain");
  return "Message-ID: <" + std::string(id) + ">\r\n";
}

Result<std::string> part(std::string_view type, std::string_view text) {
  if (!is_utf8(text) || text.find('\0') != std::string_view::npos)
    return fail(ErrorKind::invalid, "the body of the mail is not UTF-8 text");
  const bool printable = prefers_quoted_printable(text);
  std::string body(text);
  if (!printable) {  // lines end with CRLF inside base64 as well (RFC 2045 section 6.8)
    body.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r')) body += '\r';
      body += text[i];
    }
  }
  return "Content-Type: " + std::string(type) + "; charset=utf-8\r\nContent-Transfer-Encoding: " +
         (printable ? "quoted-printable\r\n\r\n" + quoted_printable(body) : "base64\r\n\r\n" + base64_lines(body));
}

// "=_" stands in no quoted-printable and no base64 text, so the boundary is in no part (RFC 2045 section 6.7).
Result<std::string> body_of(const Mail& mail) {
  ROLLCALL_TRY(auto text, part("text/plain", mail.text));
  if (mail.html.empty()) return text;
  ROLLCALL_TRY(auto html, part("text/html", mail.html));
  const std::string boundary = "=_" + crypto::sha256_hex(mail.message_id).substr(0, 32);
  return "Content-Type: multipart/alternative; boundary=\"" + boundary + "\"\r\n\r\n--" + boundary + "\r\n" + text +
         "\r\n--" + boundary + "\r\n" + html + "\r\n--" + boundary + "--\r\n";
}

}  // namespace

Result<std::string> compose(const Mail& mail) {
  ROLLCALL_CHECK(check_value(mail.date, "the date"));
  ROLLCALL_CHECK(check_value(mail.subject, "the subject"));
  if (mail.date.empty()) return fail(ErrorKind::invalid, "the mail has no date");
  ROLLCALL_TRY(auto from, address_header("From", mail.from));
  ROLLCALL_TRY(auto to, address_header("To", mail.to));
  ROLLCALL_TRY(auto id, id_header(mail.message_id));
  ROLLCALL_TRY(auto body, body_of(mail));
  // Auto-Submitted keeps out-of-office answers away (RFC 3834 section 5.2).
  return "Date: " + mail.date + "\r\n" + from + to + id + text_header("Subject", mail.subject) +
         "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n" + body;
}

}  // namespace rollcall::net
