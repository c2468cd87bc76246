#include "sandbox/answers.hpp"
#include "sandbox/loginradius/emulator.hpp"

namespace rollcall::sandbox::loginradius {
namespace {

using json::Value;

HttpResponse page(int status, const std::string& text) { return html_document(status, "<p>" + text + "</p>"); }

}  // namespace

void LoginRadius::mail(const Invitation& invitation, const Asked& asked) {
  const std::string host(header_value(asked.request.headers, "Host"));
  tenant_.add_mail({invitation.email, 0, "http://" + host + "/invitation/accept?token=" + invitation.token +
                                             (invitation.landing.empty() ? "" : " then " + invitation.landing), asked.now});
}

// A second one for the same address is taken: no page knows of a refusal.
LoginRadius::Reply LoginRadius::send(const Asked& asked) {
  const auto body = read_body(asked.request, 7914, {"email", "roleIds", "orgId", "inviterUid"});
  if (!body) return tl::unexpected(body.error());
  const std::string email = body->text("email");
  if (email.find('@') == std::string::npos) return refuse(400, 908, "A parameter is not formatted correctly", "The email is required.");
  if (body->text("orgId") != options_.organization)
    return refuse(404, 8118, "Organization not found", "The entered organization or its configuration does not exist.");
  const auto roles = read_texts(body->find("roleIds"), 908, "roleIds");
  if (!roles) return tl::unexpected(roles.error());
  if (const auto numbers = role_numbers(*roles); !numbers) return tl::unexpected(numbers.error());
  const std::string landing(asked.target.parameter("invitation_url"));
  if (!landing.empty() && !landing.starts_with("https://") && !landing.starts_with("http://"))
    return refuse(400, 908, "A parameter is not formatted correctly", "The invitation_url is not a valid URL.");
  if (const Account* there = tenant_.find_by("Email", email); there && there->field("member"))
    return refuse(409, 8170, "User already exist in an organization", "User already exist in an organization, Please provide correct email id.");
  Invitation invitation;
  invitation.id = options_.id("inv_");
  invitation.token = options_.id("");
  invitation.email = email;
  invitation.made = asked.now;
  invitation.expires = asked.now + options_.invitation_life;
  invitation.roles = *roles;
  invitation.inviter = body->text("inviterUid");
  invitation.landing = landing;
  mail(invitation, asked);
  Value answer = invitation_value(invitation, options_.organization, asked.now);
  tenant_.add_invitation(std::move(invitation));
  return answer;
}

Checked<Invitation> LoginRadius::living(const Asked& asked) const {
  if (asked.path.at(3).empty()) return refuse(400, 908, "A parameter is not formatted correctly", "The invitation id is required.");
  for (const auto& invitation : tenant_.invitations())
    if (invitation.id == asked.path[3] && !invitation.cancelled) return invitation;
  return refuse(404, 8169, "Invitation not found", "The invitation does not exist.");
}

LoginRadius::Reply LoginRadius::show_invitation(const Asked& asked) {
  const auto invitation = living(asked);
  if (!invitation) return tl::unexpected(invitation.error());
  return invitation_value(*invitation, options_.organization, asked.now);
}

LoginRadius::Reply LoginRadius::resend(const Asked& asked) {
  auto invitation = living(asked);
  if (!invitation) return tl::unexpected(invitation.error());
  if (invitation->accepted) return refuse(404, 8169, "Invitation not found", "The invitation was accepted.");
  invitation->expires = asked.now + options_.invitation_life;
  mail(*invitation, asked);
  tenant_.change_invitation(*invitation);
  Value answer;
  answer.set("Resent", true);
  return answer;
}

LoginRadius::Reply LoginRadius::revoke(const Asked& asked) {
  auto invitation = living(asked);
  if (!invitation) return tl::unexpected(invitation.error());
  Value answer = invitation_value(*invitation, options_.organization, asked.now);
  invitation->cancelled = asked.now;
  tenant_.change_invitation(*invitation);
  return answer;
}

// The page behind the link of the vendor's own mail: to get it is to accept. Who has no account gets one.
HttpResponse LoginRadius::follow(const Asked& asked) {
  const Invitation* found = tenant_.invitation(asked.target.parameter("token"));
  if (!found || found->cancelled) return page(404, "This link is not valid.");
  if (found->accepted || (found->expires && *found->expires <= asked.now)) return page(400, "This link is not valid any more.");
  const Account* there = tenant_.find_by("Email", found->email);
  Account account = there ? *there : Account();
  if (!there) {
    account.status = active;
    account.fields["Uid"] = options_.id("");
    account.fields["Email"] = found->email;
  }
  account.fields["member"] = "true";
  account.activated = asked.now;
  if (const auto numbers = role_numbers(found->roles)) account.roles.insert(numbers->begin(), numbers->end());
  const std::string token = found->token;
  (void)written(std::move(account), asked.now);
  tenant_.accept(token, asked.now);
  return page(200, "You can sign in now.");
}

}  // namespace rollcall::sandbox::loginradius
