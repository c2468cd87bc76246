#include "sandbox/answers.hpp"
#include "sandbox/zitadel/emulator.hpp"

namespace rollcall::sandbox::zitadel {
namespace {

using json::Value;

bool can_sign_in(const Account& account) { return !account.password.empty() || account.field("passkey") || account.field("idp"); }

std::string filled(std::string text, std::string_view slot, const std::string& value) {
  for (auto at = text.find(slot); at != text.npos; at = text.find(slot, at + value.size())) text.replace(at, slot.size(), value);
  return text;
}

HttpResponse page(int status, const std::string& text) { return html_document(status, "<p>" + text + "</p>"); }

}  // namespace

Zitadel::Reply Zitadel::authentication_methods(const Asked& asked) {
  const auto account = seen(asked.path[2], asked.now);
  if (!account) return unknown_user();
  json::Array methods;
  if (!account->password.empty()) methods.emplace_back("AUTHENTICATION_METHOD_TYPE_PASSWORD");
  if (account->field("passkey")) methods.emplace_back("AUTHENTICATION_METHOD_TYPE_PASSKEY");
  if (account->field("idp")) methods.emplace_back("AUTHENTICATION_METHOD_TYPE_IDP");
  Value answer;
  answer.set("details", list_details(static_cast<std::int64_t>(methods.size()), asked.now));
  if (!methods.empty()) answer.set("authMethodTypes", std::move(methods));
  return answer;
}

// A new code ends the one before (user_v2_invite.go).
Zitadel::Reply Zitadel::invite(const Asked& asked) {
  const auto body = read_body(asked.request, {"userId", "sendCode", "returnCode"});
  if (!body) return tl::unexpected(body.error());
  const Value *send = body->find("sendCode"), *give = body->find("returnCode");
  if (send && give) return refuse(3, "", "error parsing \"returnCode\", oneof zitadel.user.v2.CreateInviteCodeRequest.verification is already set");
  const Account* found = find(asked.path[2]);
  if (!found) return refuse(9, "COMMAND-Wgvn4", "User could not be found");
  if (can_sign_in(*found)) return refuse(9, "COMMAND-EF34g", "User is already initialised");
  Value none = json::Object();
  const Value& how = send ? *send : none;
  if (auto known = only(how, {"urlTemplate", "applicationName"}); !known) return tl::unexpected(known.error());
  const auto url = text_member(how, "urlTemplate"), application = text_member(how, "applicationName");
  if (!url || !application) return tl::unexpected(!url ? url.error() : application.error());
  Account account = *found;
  const std::string code = options_.code();
  account.fields["invite-code"] = code;
  account.invited = asked.now;
  tenant_.add_invitation({code, account.id, *account.field("email"), asked.now, std::nullopt});
  if (!give) {
    const std::string host(header_value(asked.request.headers, "Host"));
    std::string link = url->value_or("http://" + host + "/ui/v2/login/verify?userId={{.UserID}}&code={{.Code}}&organization={{.OrgID}}&invite=true");
    link = filled(filled(filled(std::move(link), "{{.UserID}}", *account.field("userId")), "{{.Code}}", code), "{{.OrgID}}", options_.organization);
    tenant_.add_mail({*account.field("email"), account.id, application->value_or("ZITADEL") + ": " + link, asked.now});
  }
  Value answer;
  answer.set("details", details(account, options_.organization));
  if (give) answer.set("inviteCode", code);
  write(std::move(account), asked.now);
  return answer;
}

Checked<void> Zitadel::accept(Account account, const std::string& code, Instant now) {
  const std::string* open = account.field("invite-code");
  if (!open || *open != code || !account.invited || now >= *account.invited + options_.code_life)
    return refuse(3, "COMMAND-Wgn4q", "Code is invalid");
  tenant_.accept(code, now);
  account.fields.erase("invite-code");
  account.fields["email-verified"] = "true";
  write(std::move(account), now);
  return {};
}

Zitadel::Reply Zitadel::verify_invite(const Asked& asked) {
  const auto body = read_body(asked.request, {"userId", "verificationCode"});
  if (!body) return tl::unexpected(body.error());
  const Account* account = find(asked.path[2]);
  if (!account) return unknown_user();
  if (auto done = accept(*account, body->text("verificationCode"), asked.now); !done) return tl::unexpected(done.error());
  Value answer;
  answer.set("details", details(*account, options_.organization));
  return answer;
}

// The page behind the vendor's own link: to get it is to accept, with a passkey, or with what `method` names.
HttpResponse Zitadel::follow(const Asked& asked) {
  const Account* account = find(std::string(asked.target.parameter("userId")));
  if (!account) return page(404, "This link is not valid.");
  const std::int64_t id = account->id;
  if (!accept(*account, std::string(asked.target.parameter("code")), asked.now)) return page(400, "This code is not valid any more.");
  Account changed = *tenant_.find(id);
  const std::string_view method = asked.target.parameter("method");
  if (method == "password") {
    changed.password = "sha256:of a person's own";
    changed.password_changed = asked.now;
  } else {
    changed.fields[method == "idp" ? "idp" : "passkey"] = "true";
  }
  write(std::move(changed), asked.now);
  return page(200, "You can sign in now.");
}

}  // namespace rollcall::sandbox::zitadel
