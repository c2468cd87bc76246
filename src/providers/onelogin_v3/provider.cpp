#include "providers/onelogin_v3/provider.hpp"

#include <charconv>

#include "providers/http.hpp"
#include "providers/onelogin_v3/errors.hpp"
#include "providers/onelogin_v3/wire.hpp"
#include "rollcall/clock.hpp"

namespace rollcall::providers::onelogin_v3 {
namespace {

template <class T>
using Answer = boost::asio::awaitable<Result<T>>;

Capabilities capabilities_of(RoleList roles) {
  Capabilities c;
  c.shows_roles = false;  // no documented answer of v3 shows the roles of a user
  c.roles_as_whole = true;
  c.roles_with_fields = true;
  c.removes_roles = roles == RoleList::replace;
  c.password_field = "password";
  c.external_id_at_create = false;
  c.invite = InviteWay::link;
  c.sends_invitations = true;
  c.external_id_field = "external_id";
  c.user_name_field = "username";
  c.email_field = "email";
  c.finds = {LookupBy::id, LookupBy::user_name};
  c.required_any = {"username", "email"};
  c.listed_fields = listed_fields();
  c.case_insensitive_fields = {"username", "email"};
  c.set_only = {"password"};
  return c;
}

// CR LF and CR as LF: a reader of XML sees no other line end (XML 1.0 section 2.11), so neither would ever be read
// back.
std::string one_line_end(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    out += text[i] == '\r' ? '\n' : text[i];
  }
  return out;
}

bool same_name(std::string_view a, std::string_view b) {
  const FoldLess less;
  return !less(a, b) && !less(b, a);
}

class OneLoginV3 final : public Provider {
 public:
  OneLoginV3(std::string url, std::chrono::milliseconds timeout, RoleList roles, Secret api_key, HttpClient& client)
      : url_(std::move(url)),
        timeout_(timeout),
        role_list_(roles),
        api_key_(std::move(api_key)),
        client_(client),
        capabilities_(capabilities_of(roles)) {
    while (url_.ends_with('/')) url_.pop_back();
  }

  const Capabilities& capabilities() const override { return capabilities_; }

  Fields canonical(Fields desired) const override {
    for (auto& [name, value] : desired)
      if (value.find('\r') != value.npos) value = one_line_end(value);
    return desired;
  }

  Answer<std::string> authenticate() override {
    auto list = co_await roles();
    if (!list) co_return tl::unexpected(std::move(list).error());
    co_return "OneLogin accepts the API key and shows " + std::to_string(list->size()) + " roles";
  }

  Answer<AccountPage> list(std::string cursor) override {
    const std::string from = cursor.empty() ? "0" : cursor;
    auto response =
        co_await exchange(reading("list"), request("GET", "/api/v3/users.xml?from_id=" + percent_encoded(from)));
    if (!response) co_return tl::unexpected(std::move(response).error());
    auto users = read_users(response->body);
    if (!users) co_return tl::unexpected(misunderstood(std::move(users).error(), reading("list")));
    if (users->empty) co_return AccountPage();
    std::int64_t before = 0;
    std::from_chars(from.data(), from.data() + from.size(), before);
    if (users->highest <= before)  // else we would ask for this page for ever
      co_return fail(ErrorKind::corrupt, "OneLogin's listing does not go on behind id " + from, "onelogin-v3: list");
    users->page.next = std::to_string(users->highest);
    co_return std::move(users->page);
  }

  Answer<std::vector<Role>> roles() override {
    auto response = co_await exchange(reading("roles"), request("GET", "/api/v1/roles.xml"));
    if (!response) co_return tl::unexpected(std::move(response).error());
    auto roles = read_roles(response->body);
    if (!roles) co_return tl::unexpected(misunderstood(std::move(roles).error(), reading("roles")));
    co_return std::move(*roles);
  }

  Answer<std::optional<Account>> find(LookupBy by, std::string value) override {
    if (by != LookupBy::id && by != LookupBy::user_name)
      co_return fail(ErrorKind::unsupported, "OneLogin v3 finds a user by id and by user name only",
                     "onelogin-v3: find");
    if (value.empty()) co_return std::nullopt;
    const std::string path = by == LookupBy::id ? user_path(value) : "/api/v3/users/username/" + percent_encoded(value);
    auto response = co_await exchange(reading("find"), request("GET", path + "?include_custom_attributes=true"));
    if (!response && response.error().kind == ErrorKind::not_found) co_return std::nullopt;
    if (!response) co_return tl::unexpected(std::move(response).error());
    auto account = read_user(response->body);
    if (!account) co_return tl::unexpected(misunderstood(std::move(account).error(), reading("find")));
    // A user name that ends as a format does (".xml") might be read as another one.
    if (!same_name(by == LookupBy::id ? account->id : account->fields["username"], value))
      co_return fail(ErrorKind::corrupt,
                     "OneLogin was asked for '" + value + "' and answered with account " + account->id,
                     "onelogin-v3: find");
    co_return std::move(*account);
  }

  Answer<Account> create(NewAccount account) override {
    Fields now, later;
    for (auto& [name, value] : account.fields)
      if (!value.empty()) (goes_with_create(name) ? now : later)[name] = value;
    if (!now.contains("username") && !now.contains("email"))
      co_return fail(ErrorKind::invalid, "OneLogin v3 needs a username or an email", "onelogin-v3: create");
    auto body = write_user(now);
    auto rest = write_user(later);  // a field that cannot be written later stops us before anything is there
    if (!body || !rest) co_return tl::unexpected(at("create", body ? rest.error() : body.error()));
    const Call create = writing("create", password_in(now));
    auto response = co_await exchange(create, write_request("POST", "/api/v3/users.xml", std::move(*body)));
    if (!response) co_return tl::unexpected(std::move(response).error());
    auto made = read_user(response->body);
    if (!made) co_return tl::unexpected(misunderstood(std::move(made).error(), create));
    now.erase("password");
    made->fields.insert(now.begin(), now.end());  // the answer leaves out what it took: title, company, department
    co_await write_later(*made, std::move(later));
    co_return std::move(*made);
  }

  Answer<void> update(std::string id, Fields changes) override {
    if (changes.empty()) co_return Result<void>();
    auto body = write_user(changes);
    if (!body) co_return tl::unexpected(at("update", body.error()));
    co_return co_await put("update", std::move(id), std::move(*body), password_in(changes));
  }

  Answer<void> set_roles(std::string id, RoleChange change) override {
    if (role_list_ == RoleList::append && !change.remove.empty())
      co_return fail(ErrorKind::unsupported,
                     "with roles = \"append\" OneLogin v3 takes no role away: remove it by hand",
                     "onelogin-v3: set_roles");
    auto body = write_user(change.fields, change.whole);
    if (!body) co_return tl::unexpected(at("set_roles", body.error()));
    co_return co_await put("set_roles", std::move(id), std::move(*body), password_in(change.fields));
  }

  Answer<void> suspend(std::string id) override { return set_status("suspend", std::move(id), "2"); }

  Answer<void> reactivate(std::string id, std::string native_status) override {
    return set_status("reactivate", std::move(id), native_status.empty() ? "1" : std::move(native_status));
  }

  Answer<void> remove(std::string id) override {
    auto response = co_await exchange(writing("remove"), request("DELETE", user_path(id)));
    if (!response && response.error().kind != ErrorKind::not_found)
      co_return tl::unexpected(std::move(response).error());
    co_return Result<void>();
  }

  Answer<InviteAnswer> invite(InviteRequest invitation) override {
    auto response = co_await post_invite("invite", "get_invite_link", std::move(invitation.email), std::string());
    if (!response) co_return tl::unexpected(std::move(response).error());
    auto link = read_invite_link(response->body);
    if (!link) co_return tl::unexpected(misunderstood(std::move(link).error(), writing("invite")));
    InviteAnswer answer;
    answer.link = std::move(*link);
    co_return answer;
  }

  Answer<InviteAnswer> send_invitation(InviteRequest invitation) override {
    std::string elsewhere = same_name(invitation.to, invitation.email) ? std::string() : std::move(invitation.to);
    auto response =
        co_await post_invite("send_invitation", "send_invite_link", std::move(invitation.email), std::move(elsewhere));
    if (!response) co_return tl::unexpected(std::move(response).error());
    co_return InviteAnswer();
  }

  Answer<void> cancel_invitation(std::string) override {
    co_return fail(ErrorKind::unsupported, "OneLogin v3 cannot recall an invitation link",
                   "onelogin-v3: cancel_invitation");
  }

 private:
  static Secret password_in(const Fields& fields) {
    const auto it = fields.find("password");
    return it == fields.end() ? Secret() : Secret(it->second);
  }
  static Error at(std::string verb, Error error) {
    error.where = "onelogin-v3: " + std::move(verb);
    return error;
  }
  static std::string user_path(const std::string& id) { return "/api/v3/users/" + percent_encoded(id) + ".xml"; }

  // With the secrets that an answer might repeat.
  Call call(std::string verb, bool writes, const Secret& password) const {
    const std::string basic = basic_authorization(api_key_.reveal(), "x").substr(6);
    return {std::move(verb), writes, {std::string(api_key_.reveal()), basic, std::string(password.reveal())}};
  }
  Call reading(std::string verb) const { return call(std::move(verb), false, Secret()); }
  Call writing(std::string verb, const Secret& password = Secret()) const {
    return call(std::move(verb), true, password);
  }

  HttpRequest request(std::string method, const std::string& target) const {
    HttpRequest request;
    request.method = std::move(method);
    request.url = url_ + target;
    request.headers = {{"Accept", "application/xml"}, {"Authorization", basic_authorization(api_key_.reveal(), "x")}};
    request.timeout = timeout_;
    return request;
  }
  HttpRequest write_request(std::string method, const std::string& target, std::string body) const {
    HttpRequest write = request(std::move(method), target);
    write.headers.emplace_back("Content-Type", "application/xml");
    write.body = std::move(body);
    return write;
  }

  Answer<HttpResponse> exchange(Call call, HttpRequest request) {
    const std::string method = request.method;
    auto response = co_await client_.send(std::move(request));
    if (!response) co_return tl::unexpected(unanswered(std::move(response).error(), call, "onelogin-v3"));
    if (!is_success(method, response->status)) co_return tl::unexpected(error_of(*response, call, system_now()));
    co_return std::move(*response);
  }

  Answer<void> put(std::string verb, std::string id, std::string body, Secret password) {
    auto response =
        co_await exchange(writing(std::move(verb), password), write_request("PUT", user_path(id), std::move(body)));
    if (!response) co_return tl::unexpected(std::move(response).error());
    co_return Result<void>();
  }

  Answer<void> set_status(std::string verb, std::string id, std::string status) {
    Fields change;
    change["status"] = std::move(status);
    auto body = write_user(change);
    if (!body) co_return tl::unexpected(at(std::move(verb), body.error()));
    co_return co_await put(std::move(verb), std::move(id), std::move(*body), Secret());
  }

  // A create refuses these fields. What fails here is no failure of the create: the account is there and must be known
  // as ours; the fields are missing from the answer, so the next comparison writes them.
  boost::asio::awaitable<void> write_later(Account& made, Fields later) {
    if (later.empty()) co_return;
    const auto done = co_await update(made.id, later);
    for (auto& [name, value] : later) {
      if (done)
        made.fields[name] = value;
      else
        made.fields.erase(name);
    }
    if (!done || !later.contains("status")) co_return;
    made.native_status = later["status"];
    made.status = status_of(made.native_status);
  }

  // No Basic header here: the key travels in the body (invite pages).
  Answer<HttpResponse> post_invite(std::string verb, std::string page, std::string email, std::string personal_email) {
    HttpRequest post = request("POST", "/api/v3/invites/" + page);
    post.headers = {{"Accept", "application/json"}, {"Content-Type", "application/json"}};
    post.body = write_invite(api_key_.reveal(), email, personal_email);
    const Call invite = writing(std::move(verb));
    auto response = co_await exchange(invite, std::move(post));
    if (!response) co_return tl::unexpected(std::move(response).error());
    if (auto error = envelope_error(*response, invite, system_now())) co_return tl::unexpected(std::move(*error));
    co_return std::move(*response);
  }

  std::string url_;
  std::chrono::milliseconds timeout_;
  RoleList role_list_;
  Secret api_key_;
  HttpClient& client_;
  Capabilities capabilities_;
};

}  // namespace

std::unique_ptr<Provider> make(const std::string& url, std::chrono::milliseconds timeout,
                               const std::map<std::string, std::string>& options,
                               const std::map<std::string, Secret>& secrets, HttpClient& client) {
  const auto roles = options.find("roles");
  const auto key = secrets.find("api-key");
  return std::make_unique<OneLoginV3>(
      url, timeout, roles != options.end() && roles->second == "append" ? RoleList::append : RoleList::replace,
      key == secrets.end() ? Secret() : key->second, client);
}

ProviderType type() {
  ProviderType type;
  type.name = "onelogin-v3";
  type.default_rate = "4000/h";  // the account's 5,000 calls an hour are assumed to hold for v3 too
  type.default_mapping = "onelogin-v3";
  type.options = {{"api-key", OptionKind::secret, true, "", {}},
                  {"roles", OptionKind::choice, false, "replace", {"replace", "append"}},
                  {"audit", OptionKind::share, false, "2%", {}}};
  type.fields = fields();
  type.field_prefixes = {std::string(custom_prefix)};
  type.can_deliver = true;
  type.capabilities = capabilities_of(RoleList::replace);
  type.make = &make;
  return type;
}

}  // namespace rollcall::providers::onelogin_v3
