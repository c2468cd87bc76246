// OneLogin's API v3 as its pages describe it (README.md beside this file says what is documented and what is assumed).
// Pure: decides over the tenant. Owned by the Sandbox; one thread at a time.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "sandbox/emulator.hpp"
#include "sandbox/request.hpp"

namespace rollcall::sandbox::onelogin_v3 {

struct Options {
  std::string api_key;  // empty: any
  std::string account_name = "rehearsal";
  std::string base_path;  // "" or "/prefix"
  bool append_roles = false;
  bool tolerant_fields = false;
  bool full_show = false;
  bool show_roles = true;
  bool html_update_errors = false;
  int update_status = 200;
  std::string password_policy = "strong";
  std::size_t page_size = 100;
  std::function<std::string()> token;  // a new one for each link
};

enum class Call {
  list,
  create,
  show,
  update,
  remove,
  show_by_name,
  update_by_name,
  remove_by_name,
  custom_attributes,
  roles,
  get_invite_link,
  send_invite_link,
  accept,
  unknown,
};
struct Route {
  Call call = Call::unknown;
  std::string argument;  // the id as it stands in the path, or the user name, decoded
};

class OneLoginV3 : public Emulator {
 public:
  OneLoginV3(Tenant& tenant, Options options) : tenant_(tenant), options_(std::move(options)) {}

  HttpResponse handle(const HttpRequest& request, Instant now, const Distortion& distortion) override;
  std::string pattern(const HttpRequest& request) const override;
  HttpResponse error(int status, std::string_view text) const override;
  HttpResponse html_error(int status) const override;

 private:
  Route route(const HttpRequest& request) const;
  std::optional<HttpResponse> refused(const HttpRequest& request, const Route& route) const;
  const Account* find(const Route& route) const;

  HttpResponse list(const Target& target, const Distortion& distortion) const;
  HttpResponse show(const Route& route, const Target& target) const;
  HttpResponse create(const HttpRequest& request, Instant now);
  HttpResponse update(const Route& route, const HttpRequest& request, Instant now);
  HttpResponse remove(const Route& route);
  HttpResponse roles() const;
  HttpResponse custom_attributes() const;

  HttpResponse invite(const HttpRequest& request, bool mail, Instant now);
  HttpResponse accept(const Target& target, Instant now);

  Tenant& tenant_;
  Options options_;
};

}  // namespace rollcall::sandbox::onelogin_v3
