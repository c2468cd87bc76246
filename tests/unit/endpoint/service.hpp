// The SCIM endpoint without a socket, over a state in a folder of its own: requests go to the handler as HTTP would bring them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <map>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "endpoint/scim/service.hpp"
#include "endpoint/tokens.hpp"
#include "json/json.hpp"

namespace rollcall::endpoint {

struct Answered {
  int status = 0;
  Headers headers;
  json::Value body;
  std::string text;
  std::string header(std::string_view name) const { return std::string(header_value(headers, name)); }
  std::string error() const { return body.text("scimType"); }
};

class ScimEndpoint : public testing::Test {
 protected:
  static constexpr Instant begin{std::chrono::hours{24 * 365 * 50}};

  void SetUp() override {
    char name[] = "/tmp/rollcall-scim.XXXXXX";
    folder_ = ::mkdtemp(name);
    url_ = "sqlite:" + folder_ + "/state.db";
    state_ = store::State::open(url_, store::Access::write).value();
    token_ = give_token("hr");
    open({});
  }
  void TearDown() override {
    shut();
    state_.reset();
    std::filesystem::remove_all(folder_);
  }

  void shut() {
    if (!handler_) return;
    io_.restart();
    auto work = boost::asio::make_work_guard(io_);
    std::thread runner([this] { io_.run(); });
    handler_->close();
    work.reset();
    runner.join();
    handler_.reset();
  }

  void open(ScimSettings settings) {
    shut();
    ScimOptions options;
    options.settings = settings;
    options.state_url = url_;
    options.catalogue = catalogue();
    options.clock = [this] { return now_; };
    options.on_write = [this] { ++writes_; };
    options.metrics = &metrics_;
    handler_ = ScimHandler::open(io_.get_executor(), std::move(options)).value();
  }

  static std::shared_ptr<const Catalogue> catalogue() {
    auto out = std::make_shared<Catalogue>();
    for (const char* name : {"hr", "other"}) {
      auto mapping = language::load_source_mapping(SOURCE_DIR "/mappings/scim.toml", true);
      EXPECT_TRUE(mapping);
      out->sources.emplace(name, PushedSource{name, *mapping, mapping->shape()});
    }
    out->providers = {"onelogin"};
    return out;
  }

  // As with `[state] key` and a provider whose mapping wants passwords.
  static inline const crypto::Seal seal{Secret(std::string(32, 'k'))};
  void keep_passwords() {
    auto keeping = std::make_shared<Catalogue>();
    keeping->sources = catalogue()->sources;
    keeping->providers = {"onelogin", "zitadel"};
    keeping->password_takers = {"onelogin"};
    keeping->seal = std::make_shared<const crypto::Seal>(seal);
    handler_->adopt(std::move(keeping));
    io_.restart();
    io_.run();
  }

  std::string give_token(const std::string& source, std::vector<std::string> allow = {}, Instant expires = {}) {
    const NewToken token = make_token(source, allow, now_, expires);
    EXPECT_TRUE(state_->put_token(token.row));
    last_token_id_ = token.row.id;
    return std::string(token.secret.reveal());
  }

  net::ServerRequest request(const std::string& method, const std::string& path, const std::string& body, Headers headers) {
    net::ServerRequest out;
    out.http.method = method;
    out.http.url = path.starts_with("/scim") || path.starts_with("/v2") || path.starts_with("/x") ? path : "/scim/v2" + path;
    out.http.body = body;
    out.http.headers = std::move(headers);
    out.http.headers.emplace_back("Host", "scim.test");
    if (header_value(out.http.headers, "Authorization").empty() && !token_.empty()) out.http.headers.emplace_back("Authorization", "Bearer " + token_);
    if (!body.empty() && header_value(out.http.headers, "Content-Type").empty()) out.http.headers.emplace_back("Content-Type", "application/scim+json");
    out.peer.address = peer_;
    return out;
  }

  // All at once; the answers in the order of the requests.
  std::vector<Answered> call_all(std::vector<net::ServerRequest> requests) {
    std::vector<std::future<net::ServerResponse>> pending;
    const auto handler = handler_->handler();
    for (auto& each : requests) pending.push_back(boost::asio::co_spawn(io_, handler(std::move(each)), boost::asio::use_future));
    io_.restart();
    io_.run();
    std::vector<Answered> out;
    for (auto& each : pending) {
      net::ServerResponse response = each.get();
      Answered one{response.http.status, response.http.headers, {}, response.http.body};
      if (!one.text.empty()) one.body = json::parse(one.text).value();
      out.push_back(std::move(one));
    }
    return out;
  }
  Answered call(const std::string& method, const std::string& path, const std::string& body = "", Headers headers = {}) {
    std::vector<net::ServerRequest> one;
    one.push_back(request(method, path, body, std::move(headers)));
    return call_all(std::move(one)).front();
  }

  static std::string user(const std::string& name, const std::string& more = "") {
    return R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":")" + name + "\"" + (more.empty() ? "" : "," + more) + "}";
  }
  static std::string group(const std::string& name, const std::string& more = "") {
    return R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":")" + name + "\"" + (more.empty() ? "" : "," + more) + "}";
  }
  static std::string patch(const std::string& operations) {
    return R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)" + operations + "]}";
  }
  std::string add_user(const std::string& name, const std::string& more = "") {
    const Answered made = call("POST", "/Users", user(name, more));
    EXPECT_EQ(made.status, 201) << made.text;
    return made.body.text("id");
  }
  std::string add_group(const std::string& name, const std::string& more = "") {
    const Answered made = call("POST", "/Groups", group(name, more));
    EXPECT_EQ(made.status, 201) << made.text;
    return made.body.text("id");
  }
  static std::vector<std::string> texts(const json::Value& list, const std::string& name) {
    std::vector<std::string> out;
    if (const auto* array = list.as_array())
      for (const auto& each : *array) out.push_back(each.text(name));
    return out;
  }
  std::vector<std::string> found(const std::string& path, const std::string& name = "userName") {
    const Answered list = call("GET", path);
    EXPECT_EQ(list.status, 200) << list.text;
    const json::Value* resources = list.body.find("Resources");
    return resources ? texts(*resources, name) : std::vector<std::string>{};
  }
  std::vector<std::string> members(const std::string& id) {
    const Answered got = call("GET", "/Groups/" + id);
    const json::Value* list = got.body.find("members");
    return list ? texts(*list, "value") : std::vector<std::string>{};
  }

  Instant now_ = begin;
  std::string folder_, url_, token_, last_token_id_, peer_ = "127.0.0.1";
  int writes_ = 0;
  Metrics metrics_;
  boost::asio::io_context io_;
  std::unique_ptr<store::State> state_;
  std::shared_ptr<ScimHandler> handler_;
};

}  // namespace rollcall::endpoint
