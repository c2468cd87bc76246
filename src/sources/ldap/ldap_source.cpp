#include "sources/ldap/ldap_source.hpp"

#include <algorithm>
#include <exception>

#include "sources/filter.hpp"
#include "sources/dn.hpp"
#include "sources/ldap/handle_options.hpp"
#include "sources/ldap/root_dse.hpp"
#include "sources/ldap/search.hpp"
#include "sources/sources.hpp"

namespace rollcall::sources {
namespace {

constexpr std::chrono::minutes cool_down{5};  // a server that failed is asked last for so long
constexpr std::string_view everything = "(objectClass=*)";

std::string filter_of(const SearchSettings& search, const std::string& mapping) {
  if (!search.filter.empty()) return search.filter;
  return mapping.empty() ? std::string(everything) : mapping;
}

Result<void> check_filter(const std::string& filter, const std::string& where) {
  auto checked = Filter::check(filter);
  if (!checked) checked.error().where = where;
  return checked;
}

Result<void> check_bind(const SourceSettings& settings, const Secret& password) {
  if (!settings.sasl.empty()) {
    if (settings.sasl == "EXTERNAL" || settings.sasl == "GSSAPI") return {};
    return fail(ErrorKind::invalid, "sasl is EXTERNAL or GSSAPI, not " + settings.sasl, settings.where);
  }
  // RFC 4513 section 5.1.2: a DN with an empty password binds nobody, and many servers call that success.
  if (!settings.bind_dn.empty() && password.empty())
    return fail(ErrorKind::refused,
                "bind-password is empty: the bind as " + settings.bind_dn +
                    " would be an anonymous one, and "
                    "was not tried",
                settings.where);
  if (settings.bind_dn.empty() && !password.empty())
    return fail(ErrorKind::invalid, "there is a bind-password but no bind-dn", settings.where);
  return {};
}

Result<std::vector<ServerUri>> servers_of(const SourceSettings& settings) {
  std::vector<ServerUri> out;
  for (const std::string& uri : settings.uris) {
    ROLLCALL_TRY(ServerUri server, parse_server_uri(uri));
    if (server.scheme == "ldap" && !settings.start_tls && !server.loopback())
      return fail(ErrorKind::refused,
                  uri + " would send the password in clear: write ldaps://, or set start-tls = true", settings.where);
    out.push_back(std::move(server));
  }
  if (out.empty()) return fail(ErrorKind::invalid, "uris names no server", settings.where);
  return out;
}

Result<void> check_sentinels(const SourceSettings& settings) {
  for (const std::string& sentinel : settings.sentinels)
    if (normal_dn(sentinel).empty())
      return fail(ErrorKind::invalid, "the sentinel " + sentinel + " is no DN", settings.where);
  return {};
}

}  // namespace

Result<std::unique_ptr<Source>> make_ldap_source(const SourceSettings& settings, RecordShape shape,
                                                 Secret bind_password) {
  prepare_process();
  ROLLCALL_CHECK(check_bind(settings, bind_password));
  ROLLCALL_CHECK(check_sentinels(settings));
  ROLLCALL_CHECK(check_filter(filter_of(settings.people, shape.people_filter), settings.where));
  ROLLCALL_CHECK(check_filter(filter_of(settings.groups, shape.group_filter), settings.where));
  ROLLCALL_TRY(std::vector<ServerUri> servers, servers_of(settings));
  return std::make_unique<LdapSource>(settings, std::move(shape), std::move(bind_password), std::move(servers));
}

LdapSource::LdapSource(const SourceSettings& settings, RecordShape shape, Secret password,
                       std::vector<ServerUri> servers)
    : settings_(settings), shape_(std::move(shape)), password_(std::move(password)), tls_(settings.ca_file) {
  for (ServerUri& uri : servers) servers_.push_back({std::move(uri), {}, false});
}

void LdapSource::cancel() {
  std::lock_guard lock(mutex_);
  cancelled_ = true;
  if (guard_) guard_->shut();
}

std::shared_ptr<SocketGuard> LdapSource::new_guard() {
  auto guard = std::make_shared<SocketGuard>();
  std::lock_guard lock(mutex_);
  guard_ = guard;
  if (cancelled_) guard->shut();
  return guard;
}

// As configured, but who failed of late comes last.
std::vector<std::size_t> LdapSource::order() const {
  const auto now = SocketGuard::Clock::now();
  std::vector<std::size_t> out(servers_.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = i;
  std::stable_partition(out.begin(), out.end(),
                        [&](std::size_t i) { return !servers_[i].failed || now - servers_[i].failed_at > cool_down; });
  return out;
}

Result<LdapSource::Open> LdapSource::connect() {
  Error all{ErrorKind::unavailable, {}, settings_.where, std::nullopt, false};
  for (const std::size_t i : order()) {
    if (cancelled_) return fail(ErrorKind::cancelled, "cancelled");
    Server& server = servers_[i];
    std::shared_ptr<SocketGuard> guard = new_guard();
    auto connection = Connection::open(settings_, server.uri, password_, *guard, tls_);
    server.failed = !connection;
    if (connection) return Open{std::move(guard), std::move(*connection)};
    server.failed_at = SocketGuard::Clock::now();
    Error& error = connection.error();
    all.kind = error.kind;
    all.message += (all.message.empty() ? "" : "; ") + error.message;
    if (!is_retryable(error.kind)) break;  // a wrong password tried at every server locks the account
  }
  return tl::unexpected(std::move(all));
}

bool LdapSource::read_kind(Connection& connection, Intake& intake, RecordKind kind) {
  const bool person = kind == RecordKind::person;
  const SearchSettings& search_settings = person ? settings_.people : settings_.groups;
  const SearchRequest request{search_settings.base, search_settings.scope,
                              filter_of(search_settings, person ? shape_.people_filter : shape_.group_filter),
                              settings_.page_size};
  std::vector<std::string> ranged_dns;
  const SearchEnd end = search(connection, request, intake.wanted(kind), [&](const Entry& entry, bool ranged) {
    if (ranged)
      ranged_dns.emplace_back(entry.dn);
    else
      intake.take(kind, entry);
  });
  if (end.references > 0)
    intake.warn(request.base,
                std::to_string(end.references) +
                    " references to other servers were not followed; what they hold is not read: name it as a source "
                    "of its own if it is wanted");
  if (end.problem.empty() && end.entries == 0)
    intake.warn(request.base, "the filter " + request.filter + " matched nothing here, or the reader may not see it");
  if (!end.problem.empty()) intake.incomplete(end.problem);
  if (!end.lost) read_ranged(connection, intake, kind, ranged_dns);
  return !end.lost;
}

void LdapSource::read_ranged(Connection& connection, Intake& intake, RecordKind kind,
                             const std::vector<std::string>& dns) {
  for (const std::string& dn : dns) {
    const auto whole =
        read_whole(connection, dn, intake.wanted(kind), [&](const Entry& entry) { intake.take(kind, entry); });
    if (whole) continue;
    Entry entry;
    entry.dn = dn;
    intake.spoil(kind, entry,
                 "its values come in ranges, and not all came, so that it is unknown: " + whole.error().message);
    intake.incomplete("the values of " + dn + " could not all be read");
    if (cancelled_) return;
  }
}

void LdapSource::read_all(Connection& connection, Intake& intake) {
  const bool alive = read_kind(connection, intake, RecordKind::person);
  const bool groups = settings_.groups.present || !settings_.groups.base.empty();
  if (groups && alive && !cancelled_)
    read_kind(connection, intake, RecordKind::group);
  else if (groups)
    intake.incomplete("groups were not read");
}

ReadReport LdapSource::read(const Known& known, const RecordSink& sink) {
  Intake intake(settings_, shape_, known, sink);
  bool reached = false;
  try {
    auto open = connect();
    reached = open.has_value();
    if (reached)
      read_all(*open->connection, intake);
    else
      intake.incomplete(open.error().message);
  } catch (const std::exception& e) {
    intake.incomplete(std::string("the read broke off: ") + e.what());
  }
  if (cancelled_) intake.incomplete("the read was cancelled");
  ReadReport report = reached ? intake.finish() : intake.finish_unreached();
  done();
  return report;
}

void LdapSource::done() {
  std::lock_guard lock(mutex_);
  guard_.reset();
  cancelled_ = false;  // it was for what just ended
}

Result<std::string> LdapSource::probe() {
  auto out = reach();
  done();
  return out;
}

Result<std::string> LdapSource::reach() {
  ROLLCALL_TRY(Open open, connect());
  ROLLCALL_TRY(const RootDse root, read_root_dse(*open.connection));
  std::string out = open.connection->server() + ": " + root.product;
  out += settings_.bind_dn.empty() && settings_.sasl.empty() ? ", anonymous" : ", bound as " + root.bound_as;
  return out + ", paged results " + (root.paged ? "yes" : "no");
}

}  // namespace rollcall::sources
