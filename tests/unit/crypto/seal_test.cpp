#include "crypto/seal.hpp"

#include <gtest/gtest.h>

#include "crypto/hash.hpp"

namespace rollcall::crypto {
namespace {

const std::string octets(32, 'k');

TEST(Seal, WhatWasSealedOpensAndShowsNothingBefore) {
  const Seal seal{Secret(octets)};
  for (const std::string text : {"", "hunter2", "Gr\xC3\xBC\xC3\x9F\x65, \xE7\x8E\x8B", "with\n lines"}) {
    const std::string sealed = seal.close(text, "ada").value();
    EXPECT_EQ(seal.open(sealed, "ada").value().reveal(), text);
    if (!text.empty()) EXPECT_EQ(sealed.find(text), sealed.npos);
  }
}

TEST(Seal, EqualTextsAreSealedDifferently) {
  const Seal seal{Secret(octets)};
  EXPECT_NE(seal.close("hunter2", "ada").value(), seal.close("hunter2", "ada").value());
}

// NIST's GCM test case 14 (key and nonce of zeros) shows the construction: cipher text, then tag.
TEST(Seal, OpensWhatTheStandardSays) {
  const Seal zeros{Secret(std::string(32, '\0'))};
  const auto of_hex = [](std::string_view hex) {
    std::string out;
    for (std::size_t i = 0; i < hex.size(); i += 2) out += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    return out;
  };
  const std::string sealed = "1:" + base64(std::string(12, '\0') + of_hex("cea7403d4d606b6e074ec5d3baf39d18") + of_hex("d0d1c8a799996bf0265b98b5d48ab919"));
  EXPECT_EQ(zeros.open(sealed, "").value().reveal(), std::string(16, '\0'));
}

TEST(Seal, AnotherKeyAnotherPlaceAndAnyChangedByteOpenNothing) {
  const Seal seal{Secret(octets)}, other{Secret(std::string(32, 'o'))};
  const std::string sealed = seal.close("hunter2", "ada").value();
  EXPECT_FALSE(other.open(sealed, "ada"));
  EXPECT_FALSE(seal.open(sealed, "eve"));
  const std::string inner = *base64_decode(sealed.substr(2));
  for (std::size_t at = 0; at < inner.size(); ++at) {
    std::string changed = inner;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(seal.open("1:" + base64(changed), "ada")) << at;
  }
  for (const std::string& broken : std::vector<std::string>{"", "1:", "hunter2", "1:AAAA", "2:" + sealed.substr(2), sealed.substr(0, sealed.size() - 8)})
    EXPECT_FALSE(seal.open(broken, "ada")) << broken;
}

}  // namespace
}  // namespace rollcall::crypto
