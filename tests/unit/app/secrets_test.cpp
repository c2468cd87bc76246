#include "app/secrets.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "crypto/hash.hpp"
#include "unit/app/folder.hpp"

namespace rollcall::app {
namespace {

using testing::HasSubstr;
using testing::Not;

SecretRef ref(SecretRef::Kind kind, std::string name) {
  return {kind, std::move(name), "rollcall.toml:3:7: state.key"};
}

TEST(Secrets, AFileGivesItsTextWithoutTheLineEnd) {
  Folder folder;
  EXPECT_EQ(read_secret(ref(SecretRef::Kind::file, folder.write("a", "hunter2\n")))->reveal(), "hunter2");
  EXPECT_EQ(read_secret(ref(SecretRef::Kind::file, folder.write("b", "hunter2\r\n")))->reveal(), "hunter2");
  EXPECT_EQ(read_secret(ref(SecretRef::Kind::file, folder.write("c", " two\nlines ")))->reveal(), " two\nlines ");
}

TEST(Secrets, ACredentialComesFromTheFolderOfSystemd) {
  Folder folder;
  folder.write("api", "hunter2\n");
  Variable directory("CREDENTIALS_DIRECTORY", folder.path().c_str());
  EXPECT_EQ(read_secret(ref(SecretRef::Kind::credential, "api"))->reveal(), "hunter2");
  const auto missing = read_secret(ref(SecretRef::Kind::credential, "none"));
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message,
              testing::AllOf(HasSubstr(folder.path()), HasSubstr("/etc/rollcall/credentials"), HasSubstr("\"none\"")));
}

TEST(Secrets, AVariableIsReadFromTheEnvironment) {
  Variable set("ROLLCALL_TEST_SECRET", "hunter2"), unset("ROLLCALL_TEST_UNSET", nullptr),
      empty("ROLLCALL_TEST_EMPTY", "");
  EXPECT_EQ(read_secret(ref(SecretRef::Kind::env, "ROLLCALL_TEST_SECRET"))->reveal(), "hunter2");
  EXPECT_FALSE(read_secret(ref(SecretRef::Kind::env, "ROLLCALL_TEST_UNSET")));
  EXPECT_FALSE(read_secret(ref(SecretRef::Kind::env, "ROLLCALL_TEST_EMPTY")));
}

TEST(Secrets, WhatCannotBeReadNamesTheKeyAndItsPlace) {
  Folder folder;
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  for (const auto& path : {folder.path("none"), folder.path(), folder.write("empty", "\n"), folder.path("pipe"),
                           folder.write("large", std::string(70'000, 'x'))}) {
    const auto secret = read_secret(ref(SecretRef::Kind::file, path));
    ASSERT_FALSE(secret) << path;
    EXPECT_EQ(secret.error().where, "rollcall.toml:3:7: state.key");
    EXPECT_THAT(secret.error().message, HasSubstr(path));
  }
  EXPECT_FALSE(read_secret({}));
}

TEST(Secrets, AStateKeyIs32BytesOrTheirBase64) {
  Folder folder;
  std::string octets(32, 'k');
  octets.back() = '\n';  // a random key may well end in a line end
  EXPECT_EQ(read_state_key(ref(SecretRef::Kind::file, folder.write("raw", octets)))->reveal(), octets);
  EXPECT_EQ(read_state_key(ref(SecretRef::Kind::file, folder.write("text", crypto::base64(octets) + '\n')))->reveal(),
            octets);
  const auto wrong = read_state_key(ref(SecretRef::Kind::file, folder.write("short", "hunter2\n")));
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, testing::AllOf(HasSubstr("32 bytes"), Not(HasSubstr("hunter2"))));
}

TEST(Secrets, AFileThatEverybodyCanReadIsPointedOut) {
  Folder folder;
  const auto path = folder.write("a", "hunter2");
  ::chmod(path.c_str(), 0600);
  EXPECT_EQ(exposure(ref(SecretRef::Kind::file, path)), "");
  ::chmod(path.c_str(), 0644);
  EXPECT_THAT(exposure(ref(SecretRef::Kind::file, path)), HasSubstr(path));
}

}  // namespace
}  // namespace rollcall::app
