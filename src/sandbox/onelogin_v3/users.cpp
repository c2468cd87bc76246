#include "sandbox/onelogin_v3/changes.hpp"
#include "sandbox/onelogin_v3/documents.hpp"
#include "sandbox/onelogin_v3/emulator.hpp"

namespace rollcall::sandbox::onelogin_v3 {
namespace {

HttpResponse not_found(const Route& route) {
  const bool by_id = route.call == Call::show || route.call == Call::update || route.call == Call::remove;
  return error_document(404, "Record Not Found",
                        std::string("No user found by ") + (by_id ? "id" : "username") + " '" + route.argument + "'");
}

HttpResponse empty(int status) {
  HttpResponse response;
  response.status = status;
  return response;
}

bool wants_custom_attributes(const Target& target) { return target.parameter("include_custom_attributes") == "true"; }

// The part of an e-mail address before the '@', or the user name when there is no address (vendor's page "Create
// User").
std::string default_openid_name(const Account& account) {
  if (const std::string* email = account.field("email")) return email->substr(0, email->find('@'));
  return *account.field("username");
}

}  // namespace

HttpResponse OneLoginV3::list(const Target& target, const Distortion& distortion) const {
  const auto from = number<std::int64_t>(target.parameter("from_id")).value_or(0);
  const auto page = number<std::size_t>(target.parameter("page")).value_or(1);
  const auto status = number<int>(target.parameter("status"));
  std::size_t skip = (page > 1 ? page - 1 : 0) * options_.page_size;
  xml::Element users{"users", "", {{"type", "array"}}, {}};
  const auto& accounts = tenant_.accounts();
  // Strictly greater: `from_id` itself is not in the answer (vendor's page "Get Users").
  for (auto it = accounts.upper_bound(from); it != accounts.end() && users.children.size() < options_.page_size; ++it) {
    const Account& account = it->second;
    if ((status && account.status != *status) || distortion.hides(account.id)) continue;
    if (skip > 0) {
      --skip;
      continue;
    }
    users.add(listed_user(account, distortion.hide_fields, wants_custom_attributes(target)));
  }
  return xml_document(200, users);
}

HttpResponse OneLoginV3::show(const Route& route, const Target& target) const {
  const Account* account = find(route);
  if (!account) return not_found(route);
  const Shown shown{options_.show_roles, wants_custom_attributes(target), options_.full_show};
  return xml_document(200, shown_user(tenant_, *account, shown));
}

HttpResponse OneLoginV3::create(const HttpRequest& request, Instant now) {
  const auto change = read_change(request.body, true, tenant_, options_);
  if (!change) return error_document(400, change.error().title, change.error().message);
  auto account = validated(Account(), *change, tenant_, options_, now);
  if (!account) return error_document(400, account.error().title, account.error().message);
  account->created = account->updated = now;
  account->status = change->password ? 1 : 0;  // activated-at stays null even so: the vendor's sample
  if (!account->field("openid-name")) account->fields["openid-name"] = default_openid_name(*account);
  const auto id = tenant_.put(std::move(*account));
  if (!id) return error_document(400, "Invalid Request", id.error().message);
  const Shown shown{false, false, options_.full_show};
  return xml_document(201, shown_user(tenant_, *tenant_.find(*id), shown));
}

HttpResponse OneLoginV3::update(const Route& route, const HttpRequest& request, Instant now) {
  const Account* old = find(route);
  if (!old) return not_found(route);
  const auto change = read_change(request.body, false, tenant_, options_);
  auto account = change ? validated(*old, *change, tenant_, options_, now) : tl::unexpected(change.error());
  if (!account && options_.html_update_errors) return html_page(400, "The change you wanted was rejected.");
  if (!account) return error_document(400, account.error().title, account.error().message);
  account->updated = now;
  if (const auto id = tenant_.put(std::move(*account)); !id)
    return error_document(400, "Invalid Request", id.error().message);
  return empty(options_.update_status);
}

HttpResponse OneLoginV3::remove(const Route& route) {
  const Account* account = find(route);
  if (!account) return not_found(route);
  tenant_.remove(account->id);
  return empty(200);
}

HttpResponse OneLoginV3::roles() const {
  xml::Element roles{"roles", "", {{"type", "array"}}, {}};
  for (const auto& [id, name] : tenant_.roles()) {
    xml::Element role{"role", "", {}, {}};
    role.add(xml::leaf("id", std::to_string(id)));
    role.add(xml::leaf("name", name));
    roles.add(std::move(role));
  }
  return xml_document(200, roles);
}

HttpResponse OneLoginV3::custom_attributes() const {
  xml::Element list{"custom_attributes", "", {}, {}};
  for (const auto& [name, label] : tenant_.custom_attributes)
    list.add({"attribute", "", {{"type", "string"}, {"label", label}, {"name", name}}, {}});
  return xml_document(200, list);
}

}  // namespace rollcall::sandbox::onelogin_v3
