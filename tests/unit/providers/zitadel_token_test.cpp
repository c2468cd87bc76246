// The service account's credentials: assertions that OpenSSL verifies, tokens that are kept, renewed and replaced.
#include "providers/zitadel/token.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "crypto/hash.hpp"
#include "crypto/sign.hpp"
#include "json/json.hpp"
#include "providers/zitadel/session.hpp"
#include "support/later_http.hpp"
#include "support/run.hpp"
#include "support/scripted_http.hpp"

namespace rollcall::providers::zitadel {
namespace {

using test::ScriptedHttp;
using testing::HasSubstr;

struct Keys {
  std::string secret, open;
};

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

Keys make_keys(unsigned bits) {
  EVP_PKEY* key = EVP_RSA_gen(bits);
  BIO *secret = BIO_new(BIO_s_mem()), *open = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(secret, key, nullptr, nullptr, 0, nullptr, nullptr);
  PEM_write_bio_PUBKEY(open, key);
  EVP_PKEY_free(key);
  return {text_of(secret), text_of(open)};
}
const Keys& keys() {
  static const Keys made = make_keys(2048);
  return made;
}

std::string key_file(const std::string& pem) {
  json::Value file;
  file.set("type", "serviceaccount");
  file.set("keyId", "key-1");
  file.set("key", pem);
  file.set("userId", "machine-1");
  return json::write(file);
}

std::string decoded(std::string text) {
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  return crypto::base64_decode(text).value_or("");
}

const Instant noon = std::chrono::sys_days(std::chrono::year(2026) / 5 / 17) + std::chrono::hours(12);

TEST(ZitadelAssertion, IsSignedByTheKeyForTheAudienceAndShortLived) {
  const std::string jwt = assertion(read_service_key(key_file(keys().secret)).value(), "https://login.example", noon).value();
  const auto first = jwt.find('.'), last = jwt.rfind('.');
  EXPECT_EQ(decoded(jwt.substr(0, first)), R"({"alg":"RS256","kid":"key-1"})");
  EXPECT_EQ(decoded(jwt.substr(first + 1, last - first - 1)),
            R"({"iss":"machine-1","sub":"machine-1","aud":"https://login.example","iat":1779019200,"exp":1779022500})");
  EXPECT_TRUE(crypto::verify_rs256(keys().open, jwt.substr(0, last), decoded(jwt.substr(last + 1))));
  EXPECT_FALSE(crypto::verify_rs256(keys().open, jwt.substr(0, last) + "x", decoded(jwt.substr(last + 1))));
}

TEST(ZitadelAssertion, ABadKeyFileIsSaidWithoutItsContent) {
  for (const std::string& text : {std::string("p4t-token"), std::string("{}"), std::string(R"({"keyId":"k","key":"","userId":"u"})")})
    EXPECT_THAT(read_service_key(text).error().message, HasSubstr("expected the JSON key of a service account"));
  for (const std::string& pem : {std::string("no key of a kind"), make_keys(1024).secret}) {
    const auto jwt = assertion(read_service_key(key_file(pem)).value(), "https://a", noon);
    ASSERT_FALSE(jwt);
    EXPECT_EQ(jwt.error().kind, ErrorKind::invalid);
    EXPECT_EQ(jwt.error().message.find("PRIVATE"), std::string::npos);
  }
}

TEST(ZitadelAssertion, TheFormAsksForTheApisScope) {
  EXPECT_THAT(token_form("a.b"), HasSubstr("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"));
  EXPECT_THAT(token_form("a.b"), HasSubstr("urn%3Azitadel%3Aiam%3Aorg%3Aproject%3Aid%3Azitadel%3Aaud"));
}

class ZitadelTokens : public testing::Test {
 protected:
  Credentials made(const std::string& personal, const std::string& file) {
    return Credentials(Secret(personal), Secret(file), "https://z", "https://z", std::chrono::seconds(5), later, [this] { return now; });
  }
  // Counts tokens; an API call is accepted with the newest one only.
  HttpResponse serve(const HttpRequest& request) {
    if (request.url == "https://z/oauth/v2/token") {
      return {200, {}, "{\"access_token\":\"t" + std::to_string(++sold) + "\",\"expires_in\":3600}"};
    }
    const bool good = header_value(request.headers, "Authorization") == "Bearer t" + std::to_string(sold) && !revoked;
    return good ? HttpResponse{200, {}, "{}"} : HttpResponse{401, {}, R"j({"code":16,"message":"x (AUTH-7fs1e)"})j"};
  }
  int sold = 0;
  bool revoked = false;
  Instant now = noon;
  ScriptedHttp http{[this](const HttpRequest& request) { return serve(request); }};
  test::LaterHttp later{http};
};

TEST_F(ZitadelTokens, ATokenIsBoughtOnceAndAnewBeforeItEnds) {
  Credentials credentials = made("", key_file(keys().secret));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(test::run(credentials.token())->reveal(), "t1");
  now += std::chrono::minutes(58);
  EXPECT_EQ(test::run(credentials.token())->reveal(), "t1");
  now += std::chrono::seconds(61);
  EXPECT_EQ(test::run(credentials.token())->reveal(), "t2");
}

TEST_F(ZitadelTokens, WhoComesWhileATokenIsBoughtWaitsForIt) {
  Credentials credentials = made("", key_file(keys().secret));
  boost::asio::io_context io;
  int got = 0;
  const auto one = [&]() -> boost::asio::awaitable<void> {
    auto token = co_await credentials.token();
    got += token && token->reveal() == "t1";
  };
  for (int i = 0; i < 5; ++i) boost::asio::co_spawn(io, one(), boost::asio::detached);
  io.run();
  EXPECT_EQ(got, 5);
  EXPECT_EQ(sold, 1);
}

TEST_F(ZitadelTokens, ARefusedTokenIsReplacedOnce) {
  Session session("https://z", std::chrono::seconds(5), "org", made("", key_file(keys().secret)), http);
  ASSERT_TRUE(test::run(session.call("find", false, "GET", "/v2/users/1", "")));
  ++sold;  // the one in hand is worth nothing now
  ASSERT_TRUE(test::run(session.call("find", false, "GET", "/v2/users/1", "")));
  EXPECT_EQ(sold, 3);
  revoked = true;
  const auto refused = test::run(session.call("find", false, "GET", "/v2/users/1", ""));
  EXPECT_EQ(refused.error().error.kind, ErrorKind::unauthenticated);
  EXPECT_EQ(sold, 4);
}

TEST_F(ZitadelTokens, APersonalTokenIsSentAsItIsAndNeverRepeated) {
  Session session("https://z", std::chrono::seconds(5), "", made("p4t", ""), http);
  EXPECT_EQ(test::run(session.call("find", false, "GET", "/v2/users/1", "")).error().error.kind, ErrorKind::unauthenticated);
  EXPECT_EQ(http.requests.size(), 1u);
  EXPECT_EQ(header_value(http.requests[0].headers, "Authorization"), "Bearer p4t");
}

TEST_F(ZitadelTokens, TheOrganisationGoesInAHeaderOfV1AndConnectSaysItsVersion) {
  Session session("https://z", std::chrono::seconds(5), "org-1", made("p4t", ""), http);
  for (const char* target : {"/management/v1/x", "/v2/x", "/zitadel.a.v2.B/C"}) (void)test::run(session.call("x", true, "POST", target, "{}"));
  EXPECT_EQ(header_value(http.requests[0].headers, "x-zitadel-orgid"), "org-1");
  EXPECT_EQ(header_value(http.requests[1].headers, "x-zitadel-orgid"), "");
  EXPECT_EQ(header_value(http.requests[2].headers, "Connect-Protocol-Version"), "1");
  EXPECT_EQ(header_value(http.requests[2].headers, "Content-Type"), "application/json");
}

TEST_F(ZitadelTokens, WhatTheTokenEndpointSaysIsTold) {
  Credentials credentials = made("", key_file(keys().secret));
  http.answer(400, R"({"error":"invalid_grant","error_description":"assertion s3cret"})");
  const auto refused = test::run(credentials.token());
  EXPECT_EQ(refused.error().kind, ErrorKind::unauthenticated);
  EXPECT_THAT(refused.error().message, HasSubstr("no token for this key (invalid_grant)"));
  http.answer(503, "");
  EXPECT_EQ(test::run(credentials.token()).error().kind, ErrorKind::unavailable);
  http.lose_answer();
  EXPECT_FALSE(test::run(credentials.token()).error().in_doubt);
  http.answer(200, "<html>");
  EXPECT_EQ(test::run(credentials.token()).error().kind, ErrorKind::corrupt);
}

}  // namespace
}  // namespace rollcall::providers::zitadel
