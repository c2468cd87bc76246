#include "net/network.hpp"

#include <gtest/gtest.h>

namespace rollcall::net {
namespace {

TEST(Network, IsReadInOneNormalForm) {
  EXPECT_EQ(parse_network("10.1.2.3/8").value(), "10.0.0.0/8");
  EXPECT_EQ(parse_network("192.0.2.7").value(), "192.0.2.7/32");
  EXPECT_EQ(parse_network("2001:db8::5/32").value(), "2001:db8::/32");
  for (const char* wrong : {"", "ten", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8x", "::1/129", "host/8"})
    EXPECT_FALSE(parse_network(wrong)) << wrong;
}

TEST(Network, HoldsItsAddressesOnly) {
  EXPECT_TRUE(in_network("10.255.0.1", "10.0.0.0/8"));
  EXPECT_FALSE(in_network("11.0.0.1", "10.0.0.0/8"));
  EXPECT_TRUE(in_network("::ffff:10.0.0.1", "10.0.0.0/8"));
  EXPECT_TRUE(in_network("2001:db8:1::1", "2001:db8::/32"));
  EXPECT_FALSE(in_network("2001:db9::1", "2001:db8::/32"));
  EXPECT_FALSE(in_network("10.0.0.1", "::/0"));
  EXPECT_TRUE(in_network("203.0.113.9", "0.0.0.0/0"));
  EXPECT_FALSE(in_network("", "0.0.0.0/0"));
}

}  // namespace
}  // namespace rollcall::net
