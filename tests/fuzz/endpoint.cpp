#include "fuzz/endpoint.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "endpoint/tokens.hpp"
#include "fuzz/law.hpp"
#include "language/mapping_file.hpp"
#include "log/log.hpp"

namespace rollcall::fuzz {
namespace {

std::shared_ptr<const endpoint::Catalogue> catalogue() {
  auto out = std::make_shared<endpoint::Catalogue>();
  const auto mapping = language::load_source_mapping(SOURCE_DIR "/mappings/scim.toml", true).value();
  for (const char* name : {"hr", "other"}) out->sources.emplace(name, endpoint::PushedSource{name, mapping, mapping.shape()});
  out->providers = out->password_takers = {"onelogin"};
  out->seal = std::make_shared<const crypto::Seal>(Secret(std::string(32, 'k')));
  return out;
}

void set_default(Headers& headers, const char* name, const std::string& value) {
  if (header_value(headers, name).empty()) headers.emplace_back(name, value);
}

std::string user(const std::string& name, const std::string& more) {
  return R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":")" + name + "\"," + more + "}";
}

std::string group(const std::string& name, const std::string& member) {
  return R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":")" + name + R"(","members":[{"value":")" + member + "\"}]}";
}

}  // namespace

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size()) text.replace(at, from.size(), to);
  return text;
}

Endpoint::Endpoint() {
  (void)log::configure("error", "text");
  std::string name = ::access("/dev/shm", W_OK) == 0 ? "/dev/shm/rollcall-fuzz.XXXXXX" : "/tmp/rollcall-fuzz.XXXXXX";
  law(::mkdtemp(name.data()) != nullptr, "there is a temporary folder");
  folder_ = name;
  make();
  begin();
}

Endpoint::~Endpoint() {
  handler_.reset();
  std::filesystem::remove_all(folder_);
}

std::string Endpoint::give_token(const std::string& source) const {
  auto state = store::State::open("sqlite:" + (folder_ / "first.db").string(), store::Access::write).value();
  const endpoint::NewToken token = endpoint::make_token(source, {}, now_, {});
  law(state->put_token(token.row).has_value(), "a token is kept");
  return std::string(token.secret.reveal());
}

void Endpoint::open(const std::string& file) {
  endpoint::ScimOptions options;
  options.state_url = "sqlite:" + (folder_ / file).string();
  options.catalogue = catalogue();
  options.clock = [this] { return now_; };
  options.metrics = &metrics_;
  handler_ = endpoint::ScimHandler::open(io_.get_executor(), std::move(options)).value();
}

std::string Endpoint::add(const std::string& path, const std::string& body) {
  const Answered made = ask("POST", path, body);
  law(made.status == 201, "the first resources are made", made.text);
  return made.body.text("id");
}

void Endpoint::make() {
  const std::string hr = give_token("hr");
  token_ = give_token("other");
  open("first.db");
  add("/Users", user(stranger, R"("title":"Fremdling-4711")"));
  token_ = hr;
  const std::string secret = std::string(R"("password":")") + password + "\"";
  ids_["@ada"] = add("/Users", user("ada", secret + R"(,"name":{"familyName":"Lovelace","givenName":"Ada"},"externalId":"7","active":true,
    "emails":[{"value":"ada@x","type":"work","primary":true},{"value":"a@home.x","type":"home"}],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Engines","manager":{"value":"26"}})"));
  ids_["@eve"] = add("/Users", user("eve", secret));
  ids_["@gone"] = add("/Users", user("gone", secret));
  ids_["@crew"] = add("/Groups", group("crew", ids_["@ada"]));
  ids_["@all"] = add("/Groups", group("all", ids_["@crew"]));
  law(ask("DELETE", "/Users/" + ids_["@gone"]).status == 204, "a resource is deleted");
  handler_.reset();
  // Who closes the file last, and may write, leaves all of it in one file.
  (void)store::State::open("sqlite:" + (folder_ / "first.db").string(), store::Access::write).value();
}

void Endpoint::begin() {
  handler_.reset();
  for (const char* more : {"", "-wal", "-shm"}) std::filesystem::remove(folder_ / (std::string("now.db") + more));
  std::filesystem::copy_file(folder_ / "first.db", folder_ / "now.db");
  open("now.db");
}

std::string Endpoint::filled(std::string text) const {
  for (const auto& [name, id] : ids_) text = replaced(std::move(text), name, id);
  return text;
}

Answered Endpoint::ask(HttpRequest request) {
  now_ += std::chrono::seconds{1};      // no test of the rate limit
  set_default(request.headers, "Host", "scim.test");
  set_default(request.headers, "Authorization", "Bearer " + token_);
  if (!request.body.empty()) set_default(request.headers, "Content-Type", "application/scim+json");
  net::ServerRequest received;
  received.http = std::move(request);
  received.peer.address = "127.0.0.1";
  auto answering = boost::asio::co_spawn(io_, handler_->handler()(std::move(received)), boost::asio::use_future);
  io_.restart();
  io_.run();
  Answered out;
  try {
    const net::ServerResponse response = answering.get();
    out = {response.http.status, response.http.headers, response.http.body, {}};
  } catch (const std::exception& error) {
    law(false, "no handler throws", error.what());
  }
  if (auto body = json::parse(out.text)) out.body = std::move(*body);
  return out;
}

Answered Endpoint::ask(const std::string& method, const std::string& path, const std::string& body) {
  HttpRequest request;
  request.method = method;
  request.url = "/scim/v2" + path;
  request.body = body;
  return ask(std::move(request));
}

}  // namespace rollcall::fuzz
