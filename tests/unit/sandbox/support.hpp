// A sandbox of OneLogin v3 without sockets, and short ways to ask it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "crypto/hash.hpp"
#include "json/json.hpp"
#include "sandbox/sandbox.hpp"
#include "xml/xml.hpp"

namespace rollcall::sandbox {

inline const Instant noon = std::chrono::sys_days(std::chrono::year(2024) / 5 / 17) + std::chrono::hours(12);

class OneLoginTest : public ::testing::Test {
 protected:
  OneLoginTest() { furnish({}); }

  // Anew, with options of the vendor beside the defaults.
  void furnish(VendorSettings extra) {
    const Vendor* vendor = find_vendor("onelogin-v3");
    VendorSettings settings = default_settings(*vendor);
    settings["api-key"] = "key";
    for (const auto& [name, value] : extra) settings[name] = value;
    sandbox = std::move(*Sandbox::make(*vendor, settings));
    sales = sandbox->tenant().add_role("Sales");
    engineering = sandbox->tenant().add_role("Engineering");
  }

  static HttpRequest request(std::string method, std::string url, std::string body = {}) {
    HttpRequest request;
    request.method = std::move(method);
    request.url = std::move(url);
    request.headers = {{"Host", "127.0.0.1:4711"}, {"Authorization", "Basic " + crypto::base64("key:x")}};
    if (!body.empty())
      request.headers.emplace_back("Content-Type", body[0] == '{' ? "application/json" : "application/xml");
    request.body = std::move(body);
    return request;
  }
  HttpResponse ask(std::string method, std::string url, std::string body = {}) {
    return handle(request(std::move(method), std::move(url), std::move(body))).response;
  }
  Answer handle(const HttpRequest& request) {
    Answer answer = sandbox->handle(request, now);
    if (answer.counted) sandbox->ended();
    return answer;
  }
  // Creates and answers the id.
  std::int64_t create(const std::string& username, const std::string& more = {}) {
    const HttpResponse response = ask(
        "POST", "/api/v3/users.xml",
        "<user><username>" + username + "</username><email>" + username + "@example.com</email>" + more + "</user>");
    EXPECT_EQ(response.status, 201) << response.body;
    return std::stoll(text(response, "id"));
  }
  HttpResponse update(std::int64_t id, const std::string& elements) {
    return ask("PUT", "/api/v3/users/" + std::to_string(id) + ".xml", "<user>" + elements + "</user>");
  }
  static xml::Element document(const HttpResponse& response) {
    auto root = xml::parse(response.body);
    EXPECT_TRUE(root) << response.body;
    return root ? *root : xml::Element();
  }
  // The text of a child of the root; "(none)" when it is not there, "(nil)" when it is a null.
  static std::string text(const HttpResponse& response, std::string_view name) {
    const xml::Element root = document(response);
    const xml::Element* child = root.child(name);
    return !child ? "(none)" : child->nil() ? "(nil)" : child->text;
  }
  static std::vector<std::string> ids(const HttpResponse& listing) {
    std::vector<std::string> ids;
    for (const xml::Element& user : document(listing).children) ids.push_back(user.child("id")->text);
    return ids;
  }
  json::Value state() { return *json::parse(ask("GET", "/_sandbox/state").body); }
  const Account& account(std::int64_t id) { return *sandbox->tenant().find(id); }

  std::unique_ptr<Sandbox> sandbox;
  std::int64_t sales = 0, engineering = 0;
  Instant now = noon;
};

}  // namespace rollcall::sandbox
