#include "crypto/hash.hpp"
#include "json/json.hpp"
#include "sandbox/answers.hpp"
#include "sandbox/onelogin_v3/documents.hpp"
#include "sandbox/onelogin_v3/emulator.hpp"

namespace rollcall::sandbox::onelogin_v3 {
namespace {

HttpResponse envelope(int code, std::string_view type, std::string message, json::Array data = {}) {
  json::Value status, document;
  status.set("type", type);
  status.set("message", std::move(message));
  status.set("error", code >= 400);
  status.set("code", code);
  document.set("status", std::move(status));
  if (!data.empty()) document.set("data", std::move(data));
  return json_document(code, document);
}

}  // namespace

HttpResponse OneLoginV3::invite(const HttpRequest& request, bool mail, Instant now) {
  const auto body = json::parse(request.body);
  const std::string key = body ? body->text("api_key") : "";
  // XML on a JSON call: that is how the vendor answers (page "Generate Invite Link").
  if (key.empty() || (!options_.api_key.empty() && !crypto::equal_constant_time(key, options_.api_key)))
    return error_document(400, "", "API key is invalid or missing", "invalid_or_missing_api_key");
  const std::string email = body->text("email");
  const Account* found = tenant_.find_by("email", email);
  // The stored spelling and no other: a later version of the API is known to compare so.
  if (!found || *found->field("email") != email) return envelope(400, "bad request", "No User exists for input email");
  const std::string token = options_.token();
  const std::string_view host = header_value(request.headers, "Host");
  const std::string link = "http://" + std::string(host.empty() ? "127.0.0.1" : host) + options_.base_path +
                           "/password/reset?token=" + token;
  tenant_.add_invitation({token, found->id, email, now, std::nullopt});
  if (!mail) return envelope(200, "success", "Success", {json::Value(link)});
  const std::string personal = body->text("personal_email");
  const std::string to = personal.empty() ? email : personal;
  Account account = *found;
  account.invited = now;
  tenant_.add_mail({to, account.id, token, now});
  (void)tenant_.put(std::move(account));  // its names are its own
  return envelope(200, "success", "Email sent successfully to " + to);
}

HttpResponse OneLoginV3::accept(const Target& target, Instant now) {
  const Invitation* invitation = tenant_.invitation(target.parameter("token"));
  const Account* found = invitation ? tenant_.find(invitation->account) : nullptr;
  if (!found) return html_page(404, "This link is not valid.");
  if (invitation->accepted) return html_page(410, "This link has been used already.");
  Account account = *found;
  // A link is a way to a password, not past a suspension or a lock.
  if (account.status == 2 || account.status == 3) return html_page(403, "This account cannot sign in.");
  tenant_.accept(target.parameter("token"), now);
  account.status = 1;
  account.password_changed = account.updated = now;
  if (!account.activated) account.activated = now;
  (void)tenant_.put(std::move(account));  // its names are its own
  return html_page(200, "Your password has been set. You can sign in now.");
}

}  // namespace rollcall::sandbox::onelogin_v3
