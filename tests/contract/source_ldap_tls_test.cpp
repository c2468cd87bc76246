// The LDAP source and TLS: verified or nothing, and never a password in clear, whatever configuration files of libldap
// lie about.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_ldap.hpp"
#include "support/slapd.hpp"
#include "support/source_reading.hpp"

namespace rollcall::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class LdapTlsTest : public testing::Test {
 protected:
  void SetUp() override {
    server_ = std::make_unique<Slapd>(
        std::vector<std::string>{"--tls", "--ldif", made_directory(folder_, {"--people", "5", "--groups", "1"})});
    if (server_->missing()) GTEST_SKIP() << "there is no slapd or no openssl here";
    ASSERT_TRUE(server_->there());
    settings_.name = "corp";
    settings_.bind_dn = (*server_)["READER_DN"];
    settings_.ca_file = (*server_)["LDAP_CACERT"];
    settings_.people.base = "ou=People,dc=example,dc=test";
    settings_.timeout = std::chrono::seconds(10);
    other_ca_ = folder_ / "other-ca.pem";
  }
  std::string ldap() const { return (*server_)["LDAP_URI"]; }
  std::string ldaps() const { return (*server_)["LDAPS_URI"]; }
  bool make_other_ca() {
    return run({"sh", "-c",
                "exec openssl req -x509 -newkey rsa:2048 -nodes -keyout \"$1.key\" -out \"$1\" -days 2 -subj "
                "'/CN=with-slapd CA' 2> /dev/null",
                "sh", other_ca_}) == 0;
  }
  Reading read_it() { return read(settings_, (*server_)["READER_PW"]); }

  TemporaryFolder folder_;
  std::unique_ptr<Slapd> server_;
  SourceSettings settings_;
  std::string other_ca_;
};

TEST_F(LdapTlsTest, ReadsOverLdapsAndStartTlsWithTheRightCa) {
  settings_.uris = {ldaps()};
  Reading reading = read_it();
  EXPECT_TRUE(reading.report.complete) << reading.report.detail;
  settings_.uris = {ldap()};
  settings_.start_tls = true;
  reading = read_it();
  EXPECT_TRUE(reading.report.complete) << reading.report.detail;
  EXPECT_EQ(reading.report.people, 5);
}

TEST_F(LdapTlsTest, RefusesACertificateOfAnotherCa) {
  ASSERT_TRUE(make_other_ca());
  settings_.ca_file = other_ca_;
  for (const bool start_tls : {false, true}) {
    settings_.uris = {start_tls ? ldap() : ldaps()};
    settings_.start_tls = start_tls;
    const Reading reading = read_it();
    EXPECT_FALSE(reading.report.complete);
    EXPECT_FALSE(reading.report.reached);
    EXPECT_THAT(reading.report.detail,
                AllOf(HasSubstr("TLS could not be set up"), HasSubstr("openssl s_client -connect 127.0.0.1:")));
  }
}

TEST_F(LdapTlsTest, TakesTheSystemsCaFileWhenNoneIsNamedAndRefusesOurs) {
  if (!std::filesystem::exists("/etc/ssl/certs/ca-certificates.crt"))
    GTEST_SKIP() << "ca-certificates is not installed";
  settings_.ca_file.clear();
  settings_.uris = {ldaps()};
  EXPECT_THAT(read_it().report.detail, HasSubstr("/etc/ssl/certs/ca-certificates.crt"));
}

TEST_F(LdapTlsTest, LooksAtTheCaFileAgainWhenItChanged) {
  ASSERT_TRUE(make_other_ca());
  settings_.uris = {ldaps()};
  settings_.ca_file = folder_ / "ca.pem";
  std::filesystem::copy_file((*server_)["LDAP_CACERT"], settings_.ca_file);
  auto source = sources::make_ldap_source(settings_, shape_by("entryUUID"), Secret((*server_)["READER_PW"]));
  ASSERT_TRUE(source);
  EXPECT_TRUE(read(**source).report.complete);
  EXPECT_TRUE(read(**source).report.complete);
  std::filesystem::rename(other_ca_, settings_.ca_file);
  EXPECT_FALSE(read(**source).report.reached);
}

TEST_F(LdapTlsTest, RefusesACaFileThatIsMissingOrHoldsNoCertificate) {
  settings_.uris = {ldaps()};
  settings_.ca_file = folder_ / "none.pem";
  EXPECT_THAT(read_it().report.detail, HasSubstr("none.pem: No such file"));
  settings_.ca_file = folder_ / "empty.pem";
  std::ofstream(settings_.ca_file) << "nothing\n";
  EXPECT_FALSE(read_it().report.reached);
}

TEST_F(LdapTlsTest, IsNotMadeCarelessByConfigurationFilesOrTheEnvironment) {
  ASSERT_TRUE(make_other_ca());
  std::ofstream(folder_ / "ldaprc") << "TLS_REQCERT never\nTLS_CACERT " << (*server_)["LDAP_CACERT"] << "\n";
  std::ofstream(folder_ / ".ldaprc") << "TLS_REQCERT never\n";
  const std::string here = std::filesystem::current_path();
  ASSERT_EQ(::chdir(folder_.path().c_str()), 0);
  ::setenv("HOME", folder_.path().c_str(), 1);
  ::setenv("LDAPTLS_REQCERT", "never", 1);
  ::setenv("LDAPTLS_CACERT", (*server_)["LDAP_CACERT"].c_str(), 1);
  ::setenv("LDAPCONF", (folder_ / "ldaprc").c_str(), 1);
  ::setenv("LDAPURI", "ldap://203.0.113.1", 1);
  settings_.ca_file = other_ca_;
  settings_.uris = {ldaps()};
  EXPECT_THAT(read_it().report.detail, HasSubstr("TLS could not be set up"));
  settings_.uris = {ldap()};
  settings_.start_tls = true;
  EXPECT_THAT(read_it().report.detail, HasSubstr("TLS could not be set up"));
  settings_.ca_file = (*server_)["LDAP_CACERT"];
  EXPECT_TRUE(read_it().report.complete);
  ASSERT_EQ(::chdir(here.c_str()), 0);
}

TEST_F(LdapTlsTest, SendsNoPasswordToAServerWithoutStartTls) {
  for (const int code : {2, 53, 0}) {  // refused, unwilling, and "yes" with no TLS behind it
    FakeLdap fake([&](const LdapRequest& request, bool& close) {
      close = code == 0;
      return request.operation == 0x77 ? ldap_result(request, 0x78, code) : bind_result(request);
    });
    settings_.uris = {fake.uri()};
    settings_.start_tls = true;
    const Reading reading = read(settings_, "the-password");
    EXPECT_FALSE(reading.report.reached);
    EXPECT_THAT(fake.received(), Not(HasSubstr("the-password")));
    EXPECT_THAT(fake.received(), HasSubstr("1.3.6.1.4.1.1466.20037"));
    for (const LdapRequest& request : fake.requests()) EXPECT_NE(request.operation, 0x60) << "a bind";
  }
}

TEST_F(LdapTlsTest, GoesOnToTheNextServerAfterATlsFailure) {
  FakeLdap fake([](const LdapRequest&, bool& close) {
    close = true;
    return std::string();
  });
  settings_.start_tls = true;
  settings_.uris = {fake.uri(), ldap()};
  const Reading reading = read_it();
  EXPECT_TRUE(reading.report.complete) << reading.report.detail;
}

}  // namespace
}  // namespace rollcall::test
