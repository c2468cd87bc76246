// An LDAP server of a few lines, for what a real one will not do on demand: ranges, silence, broken answers. Listens on
// 127.0.0.1 until it goes; one connection after the other in a thread of its own. The answers are given by a function,
// which runs there.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace rollcall::test {

namespace ber {

inline std::string tlv(unsigned char tag, std::string_view body) {
  std::string out(1, static_cast<char>(tag));
  if (body.size() < 128) {
    out += static_cast<char>(body.size());
  } else {
    out += '\x84';
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(body.size() >> shift & 255);
  }
  return out.append(body);
}
inline std::string octets(std::string_view text) { return tlv(4, text); }
inline std::string integer(unsigned char tag, int value) {
  const char bytes[] = {static_cast<char>(value >> 8 & 127), static_cast<char>(value & 255)};
  return value < 128 ? tlv(tag, std::string_view(bytes + 1, 1)) : tlv(tag, std::string_view(bytes, 2));
}

// Takes one element off the front; an empty tag when there is no whole one.
struct Element {
  unsigned char tag = 0;
  std::string_view body;
};
inline Element take(std::string_view& in) {
  if (in.size() < 2) return {};
  std::size_t length = static_cast<unsigned char>(in[1]), head = 2;
  if (length >= 128) {
    const std::size_t count = length - 128;
    if (in.size() < 2 + count) return {};
    length = 0;
    for (; head < 2 + count; ++head) length = length << 8 | static_cast<unsigned char>(in[head]);
  }
  if (in.size() < head + length) return {};
  const Element out{static_cast<unsigned char>(in[0]), in.substr(head, length)};
  in.remove_prefix(head + length);
  return out;
}

}  // namespace ber

struct LdapRequest {
  int id = 0;
  unsigned char operation = 0;  // 0x60 bind, 0x63 search, 0x77 extended, 0x42 unbind
  std::string base;             // of a search
  std::vector<std::string> attributes;
  std::string cookie;  // of the paging control
  bool paged = false;
};

inline std::string ldap_message(const LdapRequest& to, const std::string& operation, const std::string& controls = {}) {
  return ber::tlv(0x30, ber::integer(2, to.id) + operation + controls);
}
inline std::string ldap_result(const LdapRequest& to, unsigned char tag, int code, const std::string& text = {},
                               const std::string& controls = {}) {
  return ldap_message(to, ber::tlv(tag, ber::integer(10, code) + ber::octets("") + ber::octets(text)), controls);
}
inline std::string bind_result(const LdapRequest& to, int code = 0, const std::string& text = {}) {
  return ldap_result(to, 0x61, code, text);
}
inline std::string search_done(const LdapRequest& to, int code = 0, const std::string& text = {}) {
  return ldap_result(to, 0x65, code, text);
}
inline std::string page_done(const LdapRequest& to, const std::string& cookie) {
  const std::string value = ber::tlv(0x30, ber::integer(2, 0) + ber::octets(cookie));
  return ldap_result(to, 0x65, 0, "",
                     ber::tlv(0xa0, ber::tlv(0x30, ber::octets("1.2.840.113556.1.4.319") + ber::octets(value))));
}
using FakeAttributes = std::vector<std::pair<std::string, std::vector<std::string>>>;
inline std::string search_entry(const LdapRequest& to, const std::string& dn, const FakeAttributes& attributes) {
  std::string list;
  for (const auto& [name, values] : attributes) {
    std::string set;
    for (const std::string& value : values) set += ber::octets(value);
    list += ber::tlv(0x30, ber::octets(name) + ber::tlv(0x31, set));
  }
  return ldap_message(to, ber::tlv(0x64, ber::octets(dn) + ber::tlv(0x30, list)));
}
inline std::string search_reference(const LdapRequest& to, const std::string& uri) {
  return ldap_message(to, ber::tlv(0x73, ber::octets(uri)));
}

class FakeLdap {
 public:
  // What to send; nothing is silence. `close` ends the connection afterwards.
  using Answer = std::function<std::string(const LdapRequest&, bool& close)>;

  explicit FakeLdap(Answer answer) : answer_(std::move(answer)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listener_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listener_, 8);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  FakeLdap(const FakeLdap&) = delete;
  ~FakeLdap() {
    {
      std::lock_guard lock(mutex_);
      ending_ = true;
      ::shutdown(listener_, SHUT_RDWR);
      if (connection_ >= 0) ::shutdown(connection_, SHUT_RDWR);
    }
    thread_.join();
    ::close(listener_);
  }

  std::string uri(const std::string& scheme = "ldap") const { return scheme + "://127.0.0.1:" + std::to_string(port_); }
  std::string received() const {  // every octet
    std::lock_guard lock(mutex_);
    return received_;
  }
  std::vector<LdapRequest> requests() const {
    std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void serve() {
    while (true) {
      const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) return;
      {
        std::lock_guard lock(mutex_);
        connection_ = connection;
        if (ending_) ::shutdown(connection, SHUT_RDWR);
      }
      talk(connection);
      std::lock_guard lock(mutex_);
      connection_ = -1;
      ::close(connection);
    }
  }

  void talk(int connection) {
    std::string input;
    char block[65536];
    for (ssize_t got; (got = ::recv(connection, block, sizeof block, 0)) > 0;) {
      input.append(block, static_cast<std::size_t>(got));
      {
        std::lock_guard lock(mutex_);
        received_.append(block, static_cast<std::size_t>(got));
      }
      std::string_view rest = input;
      for (ber::Element message; (message = ber::take(rest)).tag == 0x30;) {
        const LdapRequest request = parse(message.body);
        bool close = false;
        {
          std::lock_guard lock(mutex_);
          requests_.push_back(request);
        }
        const std::string reply = answer_(request, close);
        ::send(connection, reply.data(), reply.size(), MSG_NOSIGNAL);
        if (close) return;
      }
      input = rest;
    }
  }

  static LdapRequest parse(std::string_view in) {
    LdapRequest out;
    for (char c : ber::take(in).body) out.id = out.id << 8 | static_cast<unsigned char>(c);
    auto [tag, body] = ber::take(in);
    out.operation = tag;
    if (tag == 0x63) {
      out.base = ber::take(body).body;
      for (int skipped = 0; skipped < 6; ++skipped) ber::take(body);  // scope, deref, two limits, types only, filter
      std::string_view names = ber::take(body).body;
      while (!names.empty()) out.attributes.emplace_back(ber::take(names).body);
    }
    std::string_view controls = ber::take(in).body;
    while (!controls.empty()) {
      std::string_view control = ber::take(controls).body;
      if (ber::take(control).body != "1.2.840.113556.1.4.319") continue;
      ber::Element value = ber::take(control);
      if (value.tag == 1) value = ber::take(control);
      std::string_view sequence = ber::take(value.body).body;
      ber::take(sequence);
      out.cookie = ber::take(sequence).body;
      out.paged = true;
    }
    return out;
  }

  Answer answer_;
  int listener_ = -1, port_ = 0, connection_ = -1;
  mutable std::mutex mutex_;
  std::string received_;
  std::vector<LdapRequest> requests_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace rollcall::test
