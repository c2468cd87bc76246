#include "sandbox/onelogin_v3/emulator.hpp"

#include "crypto/hash.hpp"
#include "sandbox/onelogin_v3/documents.hpp"

namespace rollcall::sandbox::onelogin_v3 {
namespace {

// One resource, and the calls that its methods are.
Call by_method(const std::string& method, Call get, Call put, Call erase) {
  if (method == "GET") return get;
  if (method == "PUT") return put;
  if (method == "DELETE") return erase;
  return Call::unknown;
}

Route users_route(const std::string& method, const std::vector<std::string>& rest) {
  if (rest.size() == 2 && rest[0] == "username")
    return {by_method(method, Call::show_by_name, Call::update_by_name, Call::remove_by_name), percent_decode(rest[1])};
  if (rest.size() != 1) return {};
  if (rest[0] == "custom_attributes") return {method == "GET" ? Call::custom_attributes : Call::unknown, ""};
  if (rest[0].size() <= 4 || !rest[0].ends_with(".xml")) return {};
  return {by_method(method, Call::show, Call::update, Call::remove), rest[0].substr(0, rest[0].size() - 4)};
}

bool is_write(Call call) { return call == Call::create || call == Call::update || call == Call::update_by_name; }
bool is_invite(Call call) { return call == Call::get_invite_link || call == Call::send_invite_link; }

constexpr std::string_view patterns[] = {"users.xml",
                                         "users.xml",
                                         "users/{id}.xml",
                                         "users/{id}.xml",
                                         "users/{id}.xml",
                                         "users/username/{username}",
                                         "users/username/{username}",
                                         "users/username/{username}",
                                         "users/custom_attributes",
                                         "roles.xml",
                                         "invites/get_invite_link",
                                         "invites/send_invite_link",
                                         "password/reset",
                                         "(unknown)"};
static_assert(std::size(patterns) == static_cast<std::size_t>(Call::unknown) + 1);

}  // namespace

Route OneLoginV3::route(const HttpRequest& request) const {
  Target target = parse_target(request.url);
  if (!target.path.starts_with(options_.base_path + "/")) return {};
  target = parse_target(std::string_view(target.path).substr(options_.base_path.size()));
  std::vector<std::string> segments = target.segments;
  if (target.path == "/password/reset") return {request.method == "GET" ? Call::accept : Call::unknown, ""};
  // Roles stand under v1, not v3 (vendor's page "Get Roles").
  if (target.path == "/api/v1/roles.xml") return {request.method == "GET" ? Call::roles : Call::unknown, ""};
  if (segments.size() < 3 || segments[0] != "api" || segments[1] != "v3") return {};
  if (target.path == "/api/v3/users.xml")
    return {request.method == "GET" ? Call::list : request.method == "POST" ? Call::create : Call::unknown, ""};
  const std::string room = segments[2];
  segments.erase(segments.begin(), segments.begin() + 3);
  if (room == "users") return users_route(request.method, segments);
  if (room != "invites" || segments.size() != 1 || request.method != "POST") return {};
  if (segments[0] == "get_invite_link") return {Call::get_invite_link, ""};
  if (segments[0] == "send_invite_link") return {Call::send_invite_link, ""};
  return {};
}

std::string OneLoginV3::pattern(const HttpRequest& request) const {
  return request.method + " " + std::string(patterns[static_cast<std::size_t>(route(request).call)]);
}

HttpResponse OneLoginV3::error(int status, std::string_view text) const {
  return error_document(status, status == 429 ? "Too Many Requests" : "Error", text);
}

HttpResponse OneLoginV3::html_error(int status) const {
  return html_page(status, "We are sorry, something went wrong.");
}

std::optional<HttpResponse> OneLoginV3::refused(const HttpRequest& request, const Route& route) const {
  if (route.call == Call::unknown) return error_document(404, "Not Found", "There is no " + pattern(request));
  if (route.call == Call::accept) return std::nullopt;
  if (is_invite(route.call)) {  // the key is in the body there
    if (media_type(request) == "application/json") return std::nullopt;
    return error_document(415, "Unsupported Media Type", "Content-Type must be application/json");
  }
  const auto key = basic_user(request);
  if (!key || key->empty() || (!options_.api_key.empty() && !crypto::equal_constant_time(*key, options_.api_key)))
    return error_document(401, "Unauthorized Access", "API key is invalid or missing");
  const std::string type = media_type(request);
  if (is_write(route.call) && type != "application/xml" && type != "text/xml")
    return error_document(415, "Unsupported Media Type", "Content-Type must be application/xml");
  return std::nullopt;
}

HttpResponse OneLoginV3::handle(const HttpRequest& request, Instant now, const Distortion& distortion) {
  const Route where = route(request);
  if (auto refusal = refused(request, where)) return *refusal;
  const Target target = parse_target(request.url);
  switch (where.call) {
    case Call::list:
      return list(target, distortion);
    case Call::create:
      return create(request, now);
    case Call::show:
    case Call::show_by_name:
      return show(where, target);
    case Call::update:
    case Call::update_by_name:
      return update(where, request, now);
    case Call::remove:
    case Call::remove_by_name:
      return remove(where);
    case Call::custom_attributes:
      return custom_attributes();
    case Call::roles:
      return roles();
    case Call::get_invite_link:
      return invite(request, false, now);
    case Call::send_invite_link:
      return invite(request, true, now);
    case Call::accept:
      return accept(target, now);
    case Call::unknown:
      break;
  }
  return error_document(404, "Not Found", "There is no " + pattern(request));
}

const Account* OneLoginV3::find(const Route& route) const {
  if (route.call == Call::show_by_name || route.call == Call::update_by_name || route.call == Call::remove_by_name)
    return tenant_.find_by("username", route.argument);
  const auto id = number<std::int64_t>(route.argument);
  return id ? tenant_.find(*id) : nullptr;
}

}  // namespace rollcall::sandbox::onelogin_v3
