#include "sources/ldap/verdict.hpp"

#include <array>
#include <utility>

#include <ldap.h>

namespace rollcall::sources {
namespace {

using Reason = std::pair<std::string_view, std::string_view>;

constexpr std::array reasons = std::to_array<Reason>({
    {"525", "no such user"},
    {"52e", "the password is wrong"},
    {"530", "the account may not log on at this time"},
    {"531", "the account may not log on from this host"},
    {"532", "the password has expired"},
    {"533", "the account is disabled"},
    {"568", "the account is in too many groups"},
    {"701", "the account has expired"},
    {"773", "the password must be changed first"},
    {"775", "the account is locked out"},
});

std::string code_text(int code) { return std::to_string(code) + " " + ldap_err2string(code); }

std::string join(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (std::string_view part : parts) out += part;
  return out;
}

std::string limit_text(std::string_view what, std::string_view who) {
  return join(
      {what, "; lift the limits for ", who.empty() ? "the reader" : who,
       " (OpenLDAP: limits dn.exact=\"...\" size=unlimited size.prtotal=unlimited time=unlimited; 389 DS: nsSizeLimit, "
       "nsLookThroughLimit and nsPagedSizeLimit on its entry; Active Directory: page-size at most MaxPageSize)"});
}

}  // namespace

std::string quoted(std::string_view diagnostic) {
  std::string out;
  for (char c : diagnostic.substr(0, 200))
    if (static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f) out += c;
  return out.empty() ? out : " (\"" + out + "\")";
}

std::string_view active_directory_reason(std::string_view diagnostic) {
  const auto at = diagnostic.find(" data ");
  if (at == std::string_view::npos) return {};
  const std::string_view code = diagnostic.substr(at + 6, diagnostic.find_first_of(", \0", at + 6) - at - 6);
  for (const auto& [known, meaning] : reasons)
    if (code == known) return meaning;
  return {};
}

bool try_next(int code) {
  switch (code) {
    case LDAP_BUSY:
    case LDAP_UNAVAILABLE:
    case LDAP_UNWILLING_TO_PERFORM:
    case LDAP_SERVER_DOWN:
    case LDAP_CONNECT_ERROR:
    case LDAP_TIMEOUT:
      return true;
    default:
      return false;
  }
}

Error bind_error(int code, std::string_view diagnostic, std::string_view server, std::string_view who) {
  const auto error = [&](ErrorKind kind, std::string text) {
    return Error{kind, join({server, ": ", text, quoted(diagnostic)}), std::string(server), std::nullopt, false};
  };
  switch (code) {
    case LDAP_INVALID_CREDENTIALS: {
      const std::string_view reason = active_directory_reason(diagnostic);
      return error(
          ErrorKind::unauthenticated,
          join({"the bind as ", who, " was refused: ",
                reason.empty() ? "wrong bind-dn or bind-password, or the account is locked or expired" : reason}));
    }
    case LDAP_STRONG_AUTH_REQUIRED:
    case LDAP_CONFIDENTIALITY_REQUIRED:
      return error(ErrorKind::forbidden,
                   join({"the server takes no bind as ", who, " without TLS: use ldaps:// or start-tls"}));
    case LDAP_INAPPROPRIATE_AUTH:
    case LDAP_AUTH_METHOD_NOT_SUPPORTED:
    case LDAP_AUTH_UNKNOWN:
      return error(ErrorKind::unsupported,
                   join({"this way of binding as ", who, " is not offered (", code_text(code),
                         "); for GSSAPI the package libsasl2-modules-gssapi-mit must be installed"}));
    case LDAP_UNWILLING_TO_PERFORM:
      return error(ErrorKind::unavailable, join({"the server is unwilling to take a bind as ", who}));
    default:
      return error(try_next(code) ? ErrorKind::unavailable : ErrorKind::forbidden,
                   join({"the bind as ", who, " failed: ", code_text(code)}));
  }
}

std::string search_verdict(int code, std::string_view diagnostic, std::string_view server, std::string_view base,
                           std::string_view who) {
  const std::string place = join({server, ": search below ", base.empty() ? "the root" : base, ": "});
  const std::string said = quoted(diagnostic);
  switch (code) {
    case LDAP_NO_SUCH_OBJECT:
      return join({place, "the base was not found, or ", who,
                   " may not see it (32 noSuchObject); correct base, or grant read", said});
    case LDAP_INSUFFICIENT_ACCESS:
      return join({place, who, " may not search here (50 insufficientAccessRights); grant read", said});
    case LDAP_SIZELIMIT_EXCEEDED:
      return join({place, limit_text("the server's size limit cut the answer short (4 sizeLimitExceeded)", who), said});
    case LDAP_TIMELIMIT_EXCEEDED:
      return join({place, limit_text("the server's time limit cut the answer short (3 timeLimitExceeded)", who), said});
    case LDAP_ADMINLIMIT_EXCEEDED:
      return join({place, limit_text("an administrative limit ended the search (11 adminLimitExceeded)", who), said});
    case LDAP_OPERATIONS_ERROR:
      return join({place, "1 operationsError; Active Directory says so to who has not bound", said});
    case LDAP_REFERRAL:
      return join({place,
                   "the server refers to another one (10 referral), and referrals are not followed; name a server that "
                   "holds this base",
                   said});
    case LDAP_TIMEOUT:
      return join({place, "the server fell silent; see its load, or raise timeout"});
    case LDAP_SERVER_DOWN:
      return join({place, "the connection broke while the answer came", said});
    default:
      return join({place, "it ended with ", code_text(code), said});
  }
}

}  // namespace rollcall::sources
