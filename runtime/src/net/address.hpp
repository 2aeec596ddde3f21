// Addresses: as text, as the system has them, and from the one to the other. Asks nobody.
#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace sluice::detail {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  int family() const noexcept { return storage.ss_family; }
  const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&storage); }
  // "192.0.2.1:80", "[::1]:80", a path; empty for a Unix socket without a name.
  std::string text() const;
  // The same without the port.
  std::string host() const;
};

// What getsockname or getpeername says; empty when that fails.
using AskAddress = int (*)(int fd, sockaddr* into, socklen_t* size);
Address address_of(int fd, AskAddress ask) noexcept;

// Of "tcp" (AF_UNSPEC: either of the internet's), "tcp4", "tcp6", "unix".
std::optional<int> family_of(std::string_view network) noexcept;

struct HostPort {
  std::string host;  // without brackets; may be empty
  std::string port;
};
std::optional<HostPort> split_host_port(std::string_view text);

// An address that is written in numbers; nothing if it is not, or of another family.
std::optional<Address> numeric_address(const HostPort& from, int family);
// Sets `error` when the path does not fit.
Address unix_address(std::string_view path, std::error_code& error) noexcept;

}  // namespace sluice::detail
