#include "net/url.hpp"

#include <gtest/gtest.h>

#include <map>

#include "net/proxy.hpp"
#include "net/server.hpp"

namespace rollcall::net {
namespace {

TEST(UrlText, is_taken_apart) {
  const auto url = parse_url("HTTPS://API.Example.org:8443/a/b?c=d?e#f");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->host, "api.example.org");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->path, "/a/b");
  EXPECT_EQ(url->query, "c=d?e");
  EXPECT_EQ(url->target, "/a/b?c=d?e");
}

TEST(UrlText, gets_the_default_port_and_path) {
  const std::map<std::string, int> ports = {{"http", 80},   {"https", 443}, {"smtp", 25},
                                            {"smtps", 465}, {"ldap", 389},  {"ldaps", 636}};
  for (const auto& [scheme, port] : ports) {
    const auto url = parse_url(scheme + "://h");
    ASSERT_TRUE(url);
    EXPECT_EQ(url->port, port);
    EXPECT_EQ(url->target, "/");
  }
  EXPECT_EQ(parse_url("http://h?a=b")->target, "/?a=b");
}

TEST(UrlText, may_have_an_ipv6_address) {
  const auto url = parse_url("http://[2001:DB8::1]:81/");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "2001:db8::1");
  EXPECT_EQ(url->port, 81);
}

TEST(UrlText, that_is_broken_is_invalid) {
  for (const char* text : {"",
                           "h",
                           "h:80",
                           "/a",
                           "://h",
                           "http:/h",
                           "http://",
                           "http:///a",
                           "http://:80",
                           "http://h:",
                           "http://h:x",
                           "http://h:0",
                           "http://h:65536",
                           "http://h:-1",
                           "http://[::1",
                           "http://[zz]",
                           "http://[::1]x",
                           "http://[::1%25eth0]/",
                           "http://a b/",
                           "http://h/a b",
                           "http://h/\r\nX: y",
                           "http://h/\xc3\xa4",
                           "http://b\xc3\xbc"
                           "cher.example/",
                           "http://a..b/",
                           "http://.a/",
                           "http://h\\x/",
                           "1http://h/",
                           "http://h:80:90/"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().kind, ErrorKind::invalid);
  }
}

TEST(UrlText, with_a_password_is_refused_without_repeating_it) {
  const auto url = parse_url("https://user:hunter2@h/");
  ASSERT_FALSE(url);
  EXPECT_EQ(url.error().message.find("hunter2"), std::string::npos);
}

TEST(Loopback, is_only_what_stays_on_this_host) {
  for (const char* host :
       {"localhost", "LOCALHOST", "127.0.0.1", "127.255.0.9", "::1", "[::1]", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"})
    EXPECT_TRUE(is_loopback(host)) << host;
  for (const char* host : {"", "localhost.example.org", "127.example.org", "127.0.0.1.example.org", "128.0.0.1",
                           "0.0.0.0", "::", "10.0.0.1", "::ffff:10.0.0.1"})
    EXPECT_FALSE(is_loopback(host)) << host;
}

TEST(EndpointText, is_an_address_and_a_port) {
  const auto v4 = parse_endpoint("127.0.0.1:8080");
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->address, "127.0.0.1");
  EXPECT_EQ(v4->port, 8080);
  EXPECT_TRUE(v4->loopback);
  const auto v6 = parse_endpoint("[::1]:8080");
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->address, "::1");
  EXPECT_TRUE(v6->loopback);
  EXPECT_FALSE(parse_endpoint("0.0.0.0:80")->loopback);
  EXPECT_EQ(parse_endpoint("127.0.0.1:0")->port, 0);
}

TEST(EndpointText, that_is_broken_is_invalid) {
  for (const char* text : {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "::1:8080",
                           "[::1]", "localhost:80", "127.1:80", "300.0.0.1:80"})
    EXPECT_FALSE(parse_endpoint(text)) << text;
}

struct ProxyChoice : ::testing::Test {
  std::map<std::string, std::string> variables;
  // "host:port" of the proxy, "straight", or "error".
  std::string choice(const std::string& url) {
    const auto proxies = read_proxies([this](const char* name) {
      const auto found = variables.find(name);
      return found == variables.end() ? nullptr : found->second.c_str();
    });
    const auto chosen = proxies.for_url(*parse_url(url));
    if (!chosen) return "straight";
    return *chosen ? (*chosen)->host + ':' + std::to_string((*chosen)->port) : "error";
  }
};

TEST_F(ProxyChoice, is_by_scheme) {
  variables = {{"HTTPS_PROXY", "http://a:1"}, {"HTTP_PROXY", "b:2"}};
  EXPECT_EQ(choice("https://x.example/"), "a:1");
  EXPECT_EQ(choice("http://x.example/"), "b:2");
  variables = {};
  EXPECT_EQ(choice("https://x.example/"), "straight");
}

TEST_F(ProxyChoice, leaves_out_loopback_and_no_proxy) {
  variables = {{"https_proxy", "http://a:1"},
               {"NO_PROXY", "corp.example, .dot.example,*.star.example ,10.0.0.0/8,fd00::/8,port.example:8443"}};
  for (const char* url : {"https://localhost/", "https://127.0.0.1/", "https://[::1]/", "https://corp.example/",
                          "https://a.CORP.example/", "https://b.dot.example/", "https://c.star.example/",
                          "https://10.1.2.3/", "https://[fd00::1]/", "https://port.example:8443/"})
    EXPECT_EQ(choice(url), "straight") << url;
  for (const char* url : {"https://notcorp.example/", "https://corp.example.org/", "https://11.0.0.1/",
                          "https://[fe00::1]/", "https://port.example/"})
    EXPECT_EQ(choice(url), "a:1") << url;
  variables["NO_PROXY"] = "*";
  EXPECT_EQ(choice("https://x.example/"), "straight");
}

TEST_F(ProxyChoice, that_cannot_be_used_is_an_error_and_not_a_way_around_it) {
  for (const char* proxy : {"socks5://a:1", "https://a:1", "http://", "http://a:x"}) {
    variables = {{"HTTPS_PROXY", proxy}};
    EXPECT_EQ(choice("https://x.example/"), "error") << proxy;
  }
}

}  // namespace
}  // namespace rollcall::net
