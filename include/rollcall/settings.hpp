// The configuration after it was read and checked (contract section 2). Plain values: only src/app/config makes them, everybody
// reads them. A member stands for the key of the same name. Thread rule: immutable after loading.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rollcall/clock.hpp"
#include "rollcall/secret.hpp"

namespace rollcall {

struct StateSettings {
  std::string url = "sqlite:/var/lib/rollcall/state.db";
  SecretRef key;
};

struct LogSettings {
  std::string level = "info";   // trace debug info warn error
  std::string format = "auto";  // auto text json journald
};

struct ScheduleSettings {
  Duration poll = std::chrono::minutes{5};
  Duration full = std::chrono::hours{24};
  double jitter = 0.1;          // share
  std::string zone;             // IANA name; empty: the host's
};

struct SearchSettings {
  std::string base;
  std::string scope = "sub";    // base one sub
  std::string filter;           // empty: the mapping's
  bool nested = false;          // groups only
  bool present = false;         // the table is in the file
};

struct SourceSettings {
  std::string name;
  std::string type;             // ldap ldif scim
  std::string mapping;
  std::string where;            // FILE:LINE:COLUMN of the table
  // ldap
  std::vector<std::string> uris;
  bool start_tls = false;
  std::string ca_file;
  std::string bind_dn;
  SecretRef bind_password;
  std::string sasl;             // "" EXTERNAL GSSAPI
  std::string changes = "auto";
  int page_size = 1000;
  Duration timeout = std::chrono::seconds{30};
  // ldif
  std::string path;
  // ldap and ldif
  SearchSettings people, groups;
  std::vector<std::string> sentinels;
  std::int64_t minimum = 1;
  Duration absent_for = std::chrono::minutes{15};
  // scim
  std::optional<Duration> silence;
};


struct Rate {
  std::int64_t count = 0;         // 0: no limit
  Duration per = std::chrono::seconds{1};
  bool operator==(const Rate&) const = default;
};

struct ScimSettings {
  bool present = false;
  std::string listen = "127.0.0.1:8080";
  std::string certificate, key;   // paths
  std::string public_url;         // what clients reach it by, without a trailing slash; empty: what they asked for
  bool open_discovery = false;    // /ServiceProviderConfig, /ResourceTypes and /Schemas also without a token
  std::int64_t max_body = 1 << 20;
  std::int64_t max_header = 16 << 10;
  std::int64_t max_depth = 32;         // of JSON
  std::int64_t max_operations = 1000;  // of a bulk request, and of a PATCH
  std::int64_t max_filter = 8192;      // bytes
  std::int64_t max_results = 200;      // of a page
  std::int64_t max_connections = 1024;
  Rate rate{1000, std::chrono::seconds{1}};  // requests of one token
  Duration header_timeout = std::chrono::seconds{10};
  Duration idle_timeout = std::chrono::seconds{75};
  bool operator==(const ScimSettings&) const = default;
};

struct AdminSettings {
  std::string listen;             // empty: no admin endpoint
  std::string control = "/run/rollcall/control";
};

struct JoinSettings {
  std::vector<std::string> keys;                              // identity attribute names
  std::map<std::string, std::vector<std::string>> authority;  // attribute -> sources
};

// A brake: the smaller of what is set; nullopt members do not limit.
struct Limit {
  std::optional<std::int64_t> count;
  std::optional<double> share;    // 0.10 for 10%
  std::string text;               // as written, for reports
};

struct RoleRule {
  std::string role;               // name or template over the group
  std::string group;              // name, DN or pattern; empty with `when`
  std::string source;
  std::string when;               // condition; empty with `group`
  std::string where;
};

struct InviteSettings {
  bool present = false;
  std::string when = "always";    // always never, or a condition
  std::string to = "{email}";
  std::string deliver = "provider";
  std::string path;               // outbox, absolute
  std::optional<Rate> wave;
  std::optional<Duration> remind;
  int reminders = 0;
  std::string quiet;              // "20:00-07:00" or empty
  std::string template_file;      // absolute or empty
  std::string landing;
  std::string application_name;
};

struct ProviderSettings {
  std::string name;
  std::string type;
  std::string url;                // without a trailing slash
  std::string mapping;
  std::string on_leave;           // keep suspend delete
  std::optional<Duration> delete_after;
  std::vector<std::string> match; // provider fields; empty: external id, user name, e-mail
  bool adopt = false;
  std::vector<std::string> protect;  // conditions on the account
  std::string scope = "active eq true";
  Rate rate;
  int concurrency = 8;
  Duration timeout = std::chrono::seconds{30};
  Duration retry = std::chrono::minutes{5};
  std::map<std::string, Limit> limits;  // by kind; defaults of contract 4.5 filled in
  InviteSettings invite;
  std::vector<RoleRule> roles;
  std::map<std::string, std::string> options;  // per type, defaults filled in
  std::map<std::string, SecretRef> secrets;    // per type
  std::string where;
};

struct SmtpSettings {
  bool present = false;
  std::string url, from, user;
  SecretRef password;
};

struct Settings {
  std::string file;               // absolute path of the configuration
  std::string fingerprint;        // "sha256:..." of the meaning of configuration and mappings, secrets by reference only
  StateSettings state;
  LogSettings log;
  ScheduleSettings schedule;
  std::vector<SourceSettings> sources;      // in file order
  ScimSettings scim;
  AdminSettings admin;
  JoinSettings join;
  std::vector<ProviderSettings> providers;  // in file order
  SmtpSettings smtp;
};

}  // namespace rollcall
