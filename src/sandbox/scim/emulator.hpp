// A SCIM 2.0 service (RFC 7643, 7644, cursors of RFC 9865) over the tenant: its accounts are users, its roles groups. What bodies,
// filters and PATCH mean comes from src/scim. Pure: decides over the tenant. Owned by the Sandbox; one thread at a time.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sandbox/emulator.hpp"
#include "sandbox/request.hpp"
#include "scim/discovery.hpp"
#include "scim/projection.hpp"
#include "scim/query.hpp"
#include "scim/resource.hpp"

namespace rollcall::sandbox::scim {

namespace protocol = rollcall::scim;

inline constexpr std::string_view base_path = "/scim/v2";
inline constexpr int active = 1, inactive = 0;  // Account::status

enum class Filtering { on, off, ignored };

struct Options {
  std::string token;  // empty: any
  bool patch = true;
  Filtering filter = Filtering::on;
  bool etags = true;
  bool by_index = true, by_cursor = false;
  bool user_groups = true;
  bool discovery = true;
  std::int64_t page_size = 200;
};

class Scim : public Emulator {
 public:
  Scim(Tenant& tenant, Options options) : tenant_(tenant), options_(std::move(options)) {}

  HttpResponse handle(const HttpRequest& request, Instant now, const Distortion& distortion) override;
  std::string pattern(const HttpRequest& request) const override;
  HttpResponse error(int status, std::string_view text) const override;
  HttpResponse html_error(int status) const override;

 private:
  struct Asked {
    const HttpRequest& request;
    std::vector<std::string> path;  // behind the base, decoded
    std::string query;              // as it came
    std::string base;               // the URI under which /Users stands
    Instant now;
    const Distortion& distortion;
  };
  using Reply = protocol::Answer<HttpResponse>;
  Asked read(const HttpRequest& request, Instant now, const Distortion& distortion) const;
  Reply answer(const Asked& asked);
  Reply discovery(const Asked& asked) const;
  Reply users(const Asked& asked);
  Reply user(const Asked& asked, const Account& account);
  Reply group(const Asked& asked, std::int64_t role);
  Reply list(const Asked& asked, const protocol::ResourceType& type);
  Reply page(const Asked& asked, const protocol::Query& query, const std::vector<protocol::Value>& all, const protocol::Projection& projection) const;
  protocol::Answer<std::vector<protocol::Value>> chosen(const Asked& asked, const protocol::ResourceType& type, const protocol::Query& query) const;

  Reply store_user(const Asked& asked, Account account, protocol::Value resource, int status);
  Reply store_members(const Asked& asked, std::int64_t role, const protocol::Value& resource);
  Reply shown(const Asked& asked, const protocol::ResourceType& type, const protocol::Value& resource, int status) const;
  // The stored resource as the request changes it, by PUT or PATCH.
  protocol::Answer<protocol::Value> changed(const Asked& asked, const protocol::ResourceType& type, const protocol::Value& stored) const;

  protocol::Value stored_user(const Account& account) const;
  protocol::Value user_value(const Asked& asked, const Account& account) const;
  protocol::Value group_value(const Asked& asked, std::int64_t role, bool with_members) const;
  protocol::Answer<void> unchanged_meanwhile(const Asked& asked, const protocol::Value& resource) const;
  protocol::Service service(const std::string& base) const;

  Tenant& tenant_;
  Options options_;
};

const protocol::ResourceType& person_type();  // User and its enterprise extension

}  // namespace rollcall::sandbox::scim
