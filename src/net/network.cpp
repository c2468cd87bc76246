#include "net/network.hpp"

#include <charconv>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

namespace rollcall::net {
namespace {

namespace ip = boost::asio::ip;
using boost::system::error_code;

ip::address plain(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  return address;
}

}  // namespace

Result<std::string> parse_network(std::string_view text) {
  const auto wrong = [&] {
    return fail(ErrorKind::invalid, "\"" + std::string(text.substr(0, 80)) + "\" is no network; write it like 192.0.2.0/24 or 2001:db8::/32");
  };
  const auto slash = text.find('/');
  error_code error;
  const auto address = ip::make_address(std::string(text.substr(0, slash)), error);
  if (error) return wrong();
  const int most = address.is_v4() ? 32 : 128;
  int length = most;
  if (slash != text.npos) {
    const char* const end = text.data() + text.size();
    const auto [stop, fault] = std::from_chars(text.data() + slash + 1, end, length);
    if (fault != std::errc() || stop != end || length < 0 || length > most) return wrong();
  }
  const auto bits = static_cast<unsigned short>(length);
  return address.is_v4() ? ip::network_v4(address.to_v4(), bits).canonical().to_string() : ip::network_v6(address.to_v6(), bits).canonical().to_string();
}

bool in_network(std::string_view address_text, std::string_view network) {
  error_code error, fault;
  const auto parsed = ip::make_address(std::string(address_text), error);
  if (error) return false;
  const auto address = plain(parsed);
  if (address.is_v4()) {
    const auto v4 = ip::make_network_v4(std::string(network), fault);
    return !fault && ip::network_v4(address.to_v4(), v4.prefix_length()).canonical() == v4.canonical();
  }
  const auto v6 = ip::make_network_v6(std::string(network), fault);
  return !fault && ip::network_v6(address.to_v6(), v6.prefix_length()).canonical() == v6.canonical();
}

}  // namespace rollcall::net
