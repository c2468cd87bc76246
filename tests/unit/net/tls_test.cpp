#include "certificates.hpp"
#include "harness.hpp"

#include "net/tls.hpp"

namespace rollcall::net::test {
namespace {

struct Tls : Net {
  void start(const std::string& name) {
    ServerOptions options;
    options.certificate = folder_ / (name + ".crt");
    options.key = folder_ / (name + ".key");
    auto made = listen(context_.get_executor(), options, echo);
    ASSERT_TRUE(made) << made.error().message;
    server_ = std::move(*made);
  }
  std::unique_ptr<HttpClient> client(const std::string& ca_file) {
    ClientOptions options;
    options.ca_file = ca_file;
    return make_client(context_.get_executor(), options);
  }
  std::string url(const std::string& host = "127.0.0.1", const std::string& scheme = "https") const {
    return scheme + "://" + host + ':' + std::to_string(server_->port()) + "/x";
  }
  Error failure(HttpClient& client, const std::string& url) {
    auto got = send(client, request("GET", url));
    EXPECT_FALSE(got);
    return got ? Error{} : got.error();
  }

  Folder folder_;
  Authority authority_{folder_, "our-ca"};
  std::unique_ptr<Server> server_;
};

TEST_F(Tls, a_certificate_of_the_right_ca_for_the_right_name_is_accepted_and_the_connection_kept) {
  authority_.issue("server", "DNS:localhost,IP:127.0.0.1");
  start("server");
  auto good = client(authority_.file());
  for (const char* host : {"127.0.0.1", "localhost", "localhost"}) {
    auto got = send(*good, request("POST", url(host), std::string(100000, 'x')));
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->body.size(), 100008u);
  }
}

TEST_F(Tls, a_certificate_of_another_ca_is_refused_and_the_issuer_named) {
  Authority other(folder_, "other-ca");
  other.issue("server", "IP:127.0.0.1");
  start("server");
  auto strict = client(authority_.file());
  const Error error = failure(*strict, url());
  EXPECT_EQ(error.kind, ErrorKind::unavailable);
  EXPECT_FALSE(error.in_doubt);
  EXPECT_NE(error.message.find("other-ca"), std::string::npos) << error.message;
  EXPECT_NE(error.message.find(authority_.file()), std::string::npos) << error.message;
  auto system = client("");
  EXPECT_NE(failure(*system, url()).message.find("ca-file"), std::string::npos);
}

TEST_F(Tls, a_certificate_for_another_name_is_refused_and_its_names_shown) {
  authority_.issue("server", "DNS:api.example.org,IP:10.0.0.1");
  start("server");
  auto strict = client(authority_.file());
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const Error error = failure(*strict, url(host));
    EXPECT_EQ(error.kind, ErrorKind::unavailable);
    EXPECT_NE(error.message.find("api.example.org, 10.0.0.1"), std::string::npos) << error.message;
  }
}

TEST_F(Tls, an_expired_certificate_is_refused) {
  authority_.issue("server", "IP:127.0.0.1", -2);
  start("server");
  auto strict = client(authority_.file());
  EXPECT_NE(failure(*strict, url()).message.find("expired"), std::string::npos);
}

TEST_F(Tls, a_server_without_tls_is_named_as_such) {
  auto made = listen(context_.get_executor(), {}, echo);
  server_ = std::move(*made);
  auto strict = client(authority_.file());
  const Error error = failure(*strict, url());
  EXPECT_NE(error.message.find("does not speak TLS"), std::string::npos) << error.message;
}

TEST_F(Tls, clear_text_to_a_tls_server_gets_no_answer_and_does_no_harm) {
  authority_.issue("server", "IP:127.0.0.1");
  start("server");
  auto strict = client(authority_.file());
  auto got = send(*strict, request("GET", url("127.0.0.1", "http")));
  EXPECT_FALSE(got);
  EXPECT_TRUE(send(*strict, request("GET", url())));
}

TEST_F(Tls, a_ca_file_that_cannot_be_read_is_an_error_of_the_request) {
  authority_.issue("server", "IP:127.0.0.1");
  start("server");
  auto broken = client(folder_ / "missing.pem");
  const Error error = failure(*broken, url());
  EXPECT_EQ(error.kind, ErrorKind::invalid);
  EXPECT_NE(error.message.find("missing.pem"), std::string::npos);
}

TEST_F(Tls, old_protocols_are_not_spoken) {
  auto made = client_context("");
  ASSERT_TRUE(made);
  EXPECT_EQ(SSL_CTX_get_min_proto_version((*made)->native_handle()), TLS1_2_VERSION);
  authority_.issue("server", "IP:127.0.0.1");
  auto serving = server_context(folder_ / "server.crt", folder_ / "server.key");
  ASSERT_TRUE(serving);
  EXPECT_EQ(SSL_CTX_get_min_proto_version((*serving)->native_handle()), TLS1_2_VERSION);
}

TEST_F(Tls, a_reloaded_certificate_serves_new_connections_and_old_ones_go_on) {
  Authority next(folder_, "next-ca");
  authority_.issue("server", "IP:127.0.0.1");
  start("server");
  auto old_client = client(authority_.file());
  auto new_client = client(next.file());
  EXPECT_TRUE(send(*old_client, request("GET", url())));
  EXPECT_FALSE(send(*new_client, request("GET", url())));
  next.issue("server", "IP:127.0.0.1");
  ASSERT_TRUE(server_->reload_certificate());
  EXPECT_TRUE(send(*new_client, request("GET", url())));
  EXPECT_TRUE(send(*old_client, request("GET", url())));
  auto another = client(authority_.file());
  EXPECT_FALSE(send(*another, request("GET", url())));
}

TEST_F(Tls, a_bad_certificate_at_reload_leaves_the_good_one_in_use) {
  authority_.issue("server", "IP:127.0.0.1");
  authority_.issue("other", "IP:127.0.0.1");
  start("server");
  std::filesystem::copy_file(folder_ / "other.key", folder_ / "server.key",
                             std::filesystem::copy_options::overwrite_existing);
  auto reloaded = server_->reload_certificate();
  ASSERT_FALSE(reloaded);
  EXPECT_NE(reloaded.error().message.find("server.key"), std::string::npos);
  auto good = client(authority_.file());
  EXPECT_TRUE(send(*good, request("GET", url())));
}

TEST_F(Tls, a_handshake_that_never_comes_ends_with_the_timeout) {
  ScriptedServer silent(context_, {[](tcp::socket& socket) -> asio::awaitable<void> {
                          std::string text;
                          auto buffer = asio::dynamic_buffer(text);
                          const std::string never = "never";
                          co_await asio::async_read_until(socket, buffer, never, token);
                        }});
  auto strict = client(authority_.file());
  auto what = request("POST", "https://127.0.0.1:" + std::to_string(silent.port()) + "/", "x");
  what.timeout = 50ms;
  auto got = send(*strict, what);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().kind, ErrorKind::timeout);
  EXPECT_FALSE(got.error().in_doubt);
}

// --- through a proxy
// ---------------------------------------------------------------------------------------------------------

asio::awaitable<void> pump(std::shared_ptr<tcp::socket> from, std::shared_ptr<tcp::socket> to) {
  std::string bytes(16384, '\0');
  for (;;) {
    const auto [error, size] = co_await from->async_read_some(asio::buffer(bytes), token);
    if (error) break;
    co_await asio::async_write(*to, asio::buffer(bytes.data(), size), token);
  }
  boost::system::error_code ignored;
  to->shutdown(tcp::socket::shutdown_both, ignored);
}

struct Variables {
  explicit Variables(const std::string& proxy) {
    setenv("HTTPS_PROXY", proxy.c_str(), 1);
    setenv("HTTP_PROXY", proxy.c_str(), 1);
  }
  ~Variables() {
    unsetenv("HTTPS_PROXY");
    unsetenv("HTTP_PROXY");
  }
};

TEST_F(Tls, https_goes_through_the_tunnel_of_a_proxy_and_the_certificate_is_still_checked) {
  authority_.issue("server", "DNS:api.example.org");
  start("server");
  std::string asked;
  ScriptedServer proxy(context_, {[&](tcp::socket& socket) -> asio::awaitable<void> {
                         asked = co_await read_head(socket);
                         auto client_side = std::make_shared<tcp::socket>(std::move(socket));
                         auto server_side = std::make_shared<tcp::socket>(context_);
                         const tcp::endpoint endpoint(asio::ip::make_address("127.0.0.1"), server_->port());
                         co_await server_side->async_connect(endpoint, token);
                         co_await say(*client_side, "HTTP/1.1 200 Connection established\r\n\r\n");
                         asio::co_spawn(context_, pump(server_side, client_side), asio::detached);
                         co_await pump(client_side, server_side);
                       }});
  const Variables variables("http://me:pa%3Ass@127.0.0.1:" + std::to_string(proxy.port()));
  auto proxied = client(authority_.file());
  for (int i = 0; i < 2; ++i) {
    auto got = send(*proxied, request("POST", "https://api.example.org/users?q", "hi"));
    ASSERT_TRUE(got) << got.error().message;
    EXPECT_EQ(got->body, "POST /users?q hi");
  }
  EXPECT_EQ(proxy.connections(), 1);
  EXPECT_EQ(asked,
            "CONNECT api.example.org:443 HTTP/1.1\r\nHost: api.example.org:443\r\nProxy-Authorization: Basic "
            "bWU6cGE6c3M=\r\n\r\n");
  const Error error = failure(*proxied, "https://api.example.com/");
  EXPECT_NE(error.message.find("api.example.org"), std::string::npos) << error.message;
}

TEST_F(Tls, a_proxy_that_refuses_is_named_and_nothing_is_in_doubt) {
  ScriptedServer proxy(context_, {[](tcp::socket& socket) -> asio::awaitable<void> {
                         co_await read_head(socket);
                         co_await say(socket,
                                      "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
                       }});
  const Variables variables("127.0.0.1:" + std::to_string(proxy.port()));
  auto proxied = client(authority_.file());
  const Error error = failure(*proxied, "https://api.example.org/");
  EXPECT_EQ(error.kind, ErrorKind::unavailable);
  EXPECT_FALSE(error.in_doubt);
  EXPECT_NE(error.message.find("407"), std::string::npos) << error.message;
}

TEST_F(Tls, clear_text_through_a_proxy_names_the_whole_url) {
  std::string asked;
  ScriptedServer proxy(context_, {[&](tcp::socket& socket) -> asio::awaitable<void> {
                         asked = co_await read_head(socket);
                         co_await say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                       }});
  const Variables variables("http://127.0.0.1:" + std::to_string(proxy.port()));
  auto proxied = client("");
  EXPECT_TRUE(send(*proxied, request("GET", "http://api.example.org:8080/users?q")));
  EXPECT_TRUE(asked.starts_with("GET http://api.example.org:8080/users?q HTTP/1.1\r\nHost: api.example.org:8080\r\n"))
      << asked;
}

}  // namespace
}  // namespace rollcall::net::test
