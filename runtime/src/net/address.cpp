#include "net/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sluice::detail {
namespace {

const sockaddr_in& as_ipv4(const Address& address) noexcept {
  return reinterpret_cast<const sockaddr_in&>(address.storage);
}
const sockaddr_in6& as_ipv6(const Address& address) noexcept {
  return reinterpret_cast<const sockaddr_in6&>(address.storage);
}

// Names in the abstract namespace begin with a zero byte, which is written as @.
std::string unix_path(const Address& address) {
  const auto& name = reinterpret_cast<const sockaddr_un&>(address.storage);
  constexpr std::size_t kHead = offsetof(sockaddr_un, sun_path);
  if (address.size <= kHead) return {};
  const std::size_t size = address.size - kHead;
  if (name.sun_path[0] == '\0') return "@" + std::string(name.sun_path + 1, size - 1);
  return {name.sun_path, strnlen(name.sun_path, size)};
}

std::optional<std::uint16_t> port_number(std::string_view text) noexcept {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return {};
  return port;
}

}  // namespace

std::string Address::host() const {
  char text[INET6_ADDRSTRLEN] = "";
  switch (family()) {
    case AF_INET:
      return inet_ntop(AF_INET, &as_ipv4(*this).sin_addr, text, sizeof text);
    case AF_INET6:
      return inet_ntop(AF_INET6, &as_ipv6(*this).sin6_addr, text, sizeof text);
    case AF_UNIX:
      return unix_path(*this);
    default:
      return {};
  }
}

std::string Address::text() const {
  switch (family()) {
    case AF_INET:
      return host() + ":" + std::to_string(ntohs(as_ipv4(*this).sin_port));
    case AF_INET6:
      return "[" + host() + "]:" + std::to_string(ntohs(as_ipv6(*this).sin6_port));
    default:
      return host();
  }
}

Address address_of(int fd, AskAddress ask) noexcept {
  Address address;
  address.size = sizeof address.storage;
  if (ask(fd, reinterpret_cast<sockaddr*>(&address.storage), &address.size) != 0) return {};
  return address;
}

std::optional<int> family_of(std::string_view network) noexcept {
  if (network == "tcp") return AF_UNSPEC;
  if (network == "tcp4") return AF_INET;
  if (network == "tcp6") return AF_INET6;
  if (network == "unix") return AF_UNIX;
  return {};
}

std::optional<HostPort> split_host_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return {};
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return {};  // an IPv6 address needs brackets
  }
  return HostPort{std::string(host), std::string(text.substr(colon + 1))};
}

std::optional<Address> numeric_address(const HostPort& from, int family) {
  const std::optional<std::uint16_t> port = port_number(from.port);
  if (!port) return {};
  Address address;
  auto& ipv4 = reinterpret_cast<sockaddr_in&>(address.storage);
  auto& ipv6 = reinterpret_cast<sockaddr_in6&>(address.storage);
  if (family != AF_INET6 && inet_pton(AF_INET, from.host.c_str(), &ipv4.sin_addr) == 1) {
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = htons(*port);
    address.size = sizeof ipv4;
    return address;
  }
  if (family != AF_INET && inet_pton(AF_INET6, from.host.c_str(), &ipv6.sin6_addr) == 1) {
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_port = htons(*port);
    address.size = sizeof ipv6;
    return address;
  }
  return {};
}

Address unix_address(std::string_view path, std::error_code& error) noexcept {
  Address address;
  auto& name = reinterpret_cast<sockaddr_un&>(address.storage);
  if (path.empty() || path.size() >= sizeof name.sun_path) {
    error = std::make_error_code(std::errc::invalid_argument);
    return address;
  }
  name.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), name.sun_path);
  const bool is_abstract = path.front() == '@';
  if (is_abstract) name.sun_path[0] = '\0';
  const std::size_t end = is_abstract ? 0 : 1;
  address.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + end);
  return address;
}

}  // namespace sluice::detail
