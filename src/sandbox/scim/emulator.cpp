#include "sandbox/scim/emulator.hpp"

#include "crypto/hash.hpp"
#include "sandbox/answers.hpp"
#include "scim/response.hpp"

namespace rollcall::sandbox::scim {
namespace {

using protocol::refuse;

HttpResponse document(int status, std::string body) { return sandbox::document(status, protocol::media_type, std::move(body)); }

HttpResponse refusal(const protocol::Failure& failure) {
  HttpResponse response = document(failure.status, json::write(protocol::error_document(failure)));
  if (failure.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"scim\"");
  return response;
}

bool may_enter(const HttpRequest& request, const std::string& token) {
  const std::string_view header = header_value(request.headers, "Authorization");
  const std::string_view bearer = protocol::same_name(header.substr(0, 7), "Bearer ") ? header.substr(7) : std::string_view();
  return !bearer.empty() && (token.empty() || crypto::equal_constant_time(bearer, token));
}

protocol::Value supported(bool yes) { return protocol::Object{{"supported", yes}}; }

}  // namespace

Scim::Asked Scim::read(const HttpRequest& request, Instant now, const Distortion& distortion) const {
  Asked asked{request, {}, {}, "http://" + std::string(header_value(request.headers, "Host")) + std::string(base_path), now, distortion};
  const std::string& url = request.url;
  const auto mark = url.find('?');
  if (mark != url.npos) asked.query = url.substr(mark + 1);
  if (!url.starts_with(std::string(base_path) + "/")) return asked;
  for (const auto& segment : parse_target(url.substr(base_path.size())).segments) asked.path.push_back(percent_decode(segment));
  return asked;
}

HttpResponse Scim::handle(const HttpRequest& request, Instant now, const Distortion& distortion) {
  const Asked asked = read(request, now, distortion);
  if (asked.path.empty()) return html_error(404);  // nothing of SCIM stands there
  if (!may_enter(request, options_.token)) return error(401, "the token is not known here");
  Reply reply = answer(asked);
  return reply ? std::move(*reply) : refusal(reply.error());
}

Scim::Reply Scim::answer(const Asked& asked) {
  const std::string& kind = asked.path[0];
  const std::string& method = asked.request.method;
  if (!asked.request.body.empty() && !protocol::is_json_media_type(header_value(asked.request.headers, "Content-Type")))
    return refuse(415, "the media type is application/scim+json");
  if (kind == "ServiceProviderConfig" || kind == "Schemas" || kind == "ResourceTypes") return discovery(asked);
  const bool users_asked = kind == "Users", groups_asked = kind == "Groups";
  if (kind == "Bulk" || kind == "Me" || kind == ".search") return refuse(501, kind + " is not offered");
  if ((!users_asked && !groups_asked) || asked.path.size() > 2) return refuse(404, "there is no such endpoint");
  if (method == "PATCH" && !options_.patch) return refuse(501, "PATCH is not offered");
  if (asked.path.size() == 1) {
    if (method == "GET") return list(asked, users_asked ? person_type() : protocol::group_type());
    return users_asked ? users(asked) : Reply(refuse(501, "groups are made with --roles"));
  }
  const auto id = number<std::int64_t>(asked.path[1]);
  const Account* account = id && users_asked ? tenant_.find(*id) : nullptr;
  if (account) return user(asked, Account(*account));
  if (id && groups_asked && tenant_.roles().contains(*id)) return group(asked, *id);
  return refuse(404, kind + "/" + asked.path[1] + " does not exist");
}

protocol::Service Scim::service(const std::string& base) const {
  protocol::Service out;
  out.base = base;
  out.paging = {std::min<std::int64_t>(100, options_.page_size), options_.page_size};
  out.change_password = true;
  out.bulk = out.sort = false;
  out.etag = options_.etags;
  out.cursor = options_.by_cursor;
  return out;
}

Scim::Reply Scim::discovery(const Asked& asked) const {
  if (!options_.discovery) return refuse(404, "discovery is not offered");
  if (asked.request.method != "GET") return refuse(405, "discovery is read only");
  std::vector<std::string> all;
  if (asked.path[0] == "ServiceProviderConfig") {
    protocol::Value config = protocol::service_provider_config(service(asked.base));
    config.set("patch", supported(options_.patch));
    if (options_.filter == Filtering::off) config.set("filter", supported(false));
    if (!options_.by_index) {
      protocol::Value pages = *config.find("pagination");
      pages.set("index", false);
      pages.set("defaultPaginationMethod", "cursor");
      config.set("pagination", std::move(pages));
    }
    return document(200, json::write(config));
  }
  if (asked.path[0] == "Schemas")
    for (const auto urn : {protocol::user_urn, protocol::enterprise_urn, protocol::group_urn})
      all.push_back(json::write(protocol::schema_document(*protocol::find_schema(urn), asked.base)));
  else
    for (const auto* type : {&person_type(), &protocol::group_type()}) all.push_back(json::write(protocol::resource_type_document(*type, asked.base)));
  protocol::Page page;
  page.total = static_cast<std::int64_t>(all.size());
  return document(200, protocol::list_response(page, all));
}

std::string Scim::pattern(const HttpRequest& request) const {
  static const Distortion none;
  const Asked asked = read(request, Instant{}, none);
  if (asked.path.empty() || asked.path.size() > 2) return request.method + " ?";
  return request.method + " " + asked.path[0] + (asked.path.size() == 2 ? "/{id}" : "");
}

HttpResponse Scim::error(int status, std::string_view text) const { return refusal({status, protocol::ErrorType::none, std::string(text)}); }

HttpResponse Scim::html_error(int status) const { return html_document(status, "<h1>" + std::to_string(status) + "</h1><p>nothing of SCIM stands here</p>"); }

}  // namespace rollcall::sandbox::scim
