#include <algorithm>

#include "sandbox/answers.hpp"
#include "sandbox/onelogin/emulator.hpp"
#include "sandbox/state.hpp"

namespace rollcall::sandbox::onelogin {
namespace {

using json::Value;

constexpr int signed_in = 5, changed_password = 11;

HttpResponse html(int status, const std::string& text) { return html_document(status, "<p>" + text + "</p>"); }

bool contains(std::string_view list, std::int64_t number) {
  return list.empty() || ("," + std::string(list) + ",").find("," + std::to_string(number) + ",") != std::string::npos;
}

Value event_of(std::int64_t id, int type, std::int64_t user, const std::string& at) {
  Value event;
  event.set("id", id);
  event.set("event_type_id", type);
  event.set("created_at", at);
  event.set("account_id", 555555);
  event.set("user_id", user);
  event.set("actor_user_id", user);
  event.set("actor_system", "");
  return event;
}

}  // namespace

// The stored spelling and no other; the user must be there (pages "Generate Invite Link", "Send Invite Link").
Checked<std::string> OneLogin::invite(const Asked& asked, const Value& body) {
  const std::string email = body.text("email");
  if (email.empty()) return refuse(400, "Email Parameter is missing");
  if (email.find('@') == email.npos) return refuse(400, "Email Input is in incorrect format");
  const Account* found = tenant_.find_by("email", email);
  if (!found || *found->field("email") != email) return refuse(400, "No User exists for input email");
  const std::string token = options_.token();
  tenant_.add_invitation({token, found->id, email, asked.now, std::nullopt});
  return token;
}

OneLogin::Reply OneLogin::get_invite_link(const Asked& asked) {
  const auto body = body_of(asked);
  if (!body) return tl::unexpected(body.error());
  const auto token = invite(asked, *body);
  if (!token) return tl::unexpected(token.error());
  const std::string_view host = header_value(asked.request.headers, "Host");
  return envelope(json::Array{Value("http://" + std::string(host.empty() ? "127.0.0.1" : host) + "/password/reset?token=" + *token)});
}

OneLogin::Reply OneLogin::send_invite_link(const Asked& asked) {
  const auto body = body_of(asked);
  if (!body) return tl::unexpected(body.error());
  const auto token = invite(asked, *body);
  if (!token) return tl::unexpected(token.error());
  const std::string personal = body->text("personal_email"), to = personal.empty() ? body->text("email") : personal;
  Account account = *tenant_.find_by("email", body->text("email"));
  account.invited = asked.now;
  tenant_.add_mail({to, account.id, *token, asked.now});
  (void)tenant_.put(std::move(account));  // its names are its own
  return envelope({}, {}, "Email sent successfully to " + to);
}

// Who followed a link chose a password; who has a last login signed in.
std::map<std::int64_t, Value> OneLogin::all_events() const {
  std::map<std::int64_t, Value> events;
  std::int64_t id = 1000;
  for (const Invitation& invitation : tenant_.invitations())
    if (++id; invitation.accepted) events.emplace(id, event_of(id, changed_password, invitation.account, write_time(*invitation.accepted)));
  for (const auto& [account_id, account] : tenant_.accounts())
    if (const std::string* login = account.field("last_login")) events.emplace(1'000'000 + account_id, event_of(1'000'000 + account_id, signed_in, account_id, *login));
  return events;
}

OneLogin::Reply OneLogin::events(const Asked& asked) {
  const auto user = number<std::int64_t>(asked.target.parameter("user_id"));
  const std::string_view types = asked.target.parameter("event_type_id");
  const auto since = read_time(asked.target.parameter("since")), until = read_time(asked.target.parameter("until"));
  auto items = all_events();
  std::erase_if(items, [&](const auto& item) {
    const auto at = read_time(item.second.text("created_at"));
    return (user && *user != *item.second.find("user_id")->as_int()) || !contains(types, *item.second.find("event_type_id")->as_int()) ||
           (since && at && *at < *since) || (until && at && *at >= *until);
  });
  return page(asked, items, items.size());
}

OneLogin::Reply OneLogin::event(const Asked& asked) {
  const auto events = all_events();
  const auto found = events.find(number<std::int64_t>(asked.id()).value_or(0));
  if (found == events.end()) return refuse(404, "Event not found");
  return envelope(json::Array{found->second});
}

OneLogin::Reply OneLogin::event_types(const Asked&) {
  json::Array types;
  for (const auto& [id, name] : {std::pair(1, "APP_ADDED_TO_ROLE"), std::pair(4, "USER_ASSIGNED_ROLE"), std::pair(signed_in, "USER_LOGGED_INTO_ONELOGIN"), std::pair(changed_password, "USER_CHANGED_PASSWORD")}) {
    Value type;
    type.set("id", id);
    type.set("name", name);
    types.push_back(std::move(type));
  }
  return envelope(types);
}

HttpResponse OneLogin::accept(const Asked& asked) {
  const std::string_view token = asked.target.parameter("token");
  const Invitation* invitation = tenant_.invitation(token);
  const Account* found = invitation ? tenant_.find(invitation->account) : nullptr;
  if (!found) return html(404, "This link is not valid.");
  if (invitation->accepted) return html(410, "This link has been used already.");
  Account account = *found;
  // A link is a way to a password, not past a suspension or a lock.
  if (account.status == 2 || account.status == 3) return html(403, "This account cannot sign in.");
  tenant_.accept(token, asked.now);
  account.status = 1;
  account.password_changed = account.updated = asked.now;
  if (!account.activated) account.activated = asked.now;
  (void)tenant_.put(std::move(account));  // its names are its own
  return html(200, "Your password has been set. You can sign in now.");
}

}  // namespace rollcall::sandbox::onelogin
