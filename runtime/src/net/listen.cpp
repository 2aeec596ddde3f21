// Waiting for connections.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "net/error.hpp"
#include "net/resolve.hpp"
#include "net/socket.hpp"

namespace sluice {

using namespace detail;

namespace {

std::error_code nil() noexcept { return std::make_error_code(std::errc::invalid_argument); }

void set(int fd, int level, int option, int value) noexcept {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

// `both`: a wildcard of IPv6 hears IPv4 too.
Listening listen_at(const Address& at, bool both) {
  const int fd = ::socket(at.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return {{}, last_error()};
  if (at.family() != AF_UNIX) set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  if (at.family() == AF_INET6) set(fd, IPPROTO_IPV6, IPV6_V6ONLY, both ? 0 : 1);
  if (::bind(fd, at.get(), at.size) != 0 || ::listen(fd, SOMAXCONN) != 0) {
    const std::error_code error = last_error();
    ::close(fd);
    return {{}, error};
  }
  std::error_code error;
  const auto socket = std::make_shared<Socket>(fd, Address{}, error);
  if (error) return {{}, error};
  const std::string path = at.family() == AF_UNIX ? at.text() : "";
  if (!path.starts_with('@')) socket->own_file(path);
  return {Listener(socket), {}};
}

Connected adopt(int fd, const Address& remote) {
  if (remote.family() != AF_UNIX) set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  std::error_code error;
  auto socket = std::make_shared<Socket>(fd, remote, error);
  if (error) return {{}, error};
  return {Conn(std::move(socket)), {}};
}

// One that was reset while it waited to be accepted is none.
int accept_next(int listener, Address& remote) noexcept {
  int fd = -1;
  do {
    remote.size = sizeof remote.storage;
    fd = ::accept4(listener, reinterpret_cast<sockaddr*>(&remote.storage), &remote.size,
                   SOCK_NONBLOCK | SOCK_CLOEXEC);
  } while (fd < 0 && error_number() == ECONNABORTED);
  return fd;
}

Connected accept_from(Socket* socket, const Context* ctx, const CallSite& site) {
  if (socket == nullptr) return {{}, nil()};
  int fd = -1;
  Address remote;
  const std::error_code error =
      socket->perform({&Descriptor::read, "accept on", ctx, site},
                      [&](int listener) { return fd = accept_next(listener, remote); });
  if (error) return {{}, error};
  return adopt(fd, remote);
}

}  // namespace

Listening listen(std::string_view network, std::string_view address) {
  const Addresses found =
      resolve(nullptr, network, address, ResolveFor::listening, SLUICE_CALL_SITE());
  Listening first{{}, found.error};
  for (const Address& each : found.all) {
    Listening made = listen_at(each, network == "tcp" && address.starts_with(':'));
    if (!made.error) return made;
    if (!first.error) first.error = made.error;
  }
  return first;
}

Listener::Listener(std::shared_ptr<Socket> socket) noexcept : socket_(std::move(socket)) {}

Connected Listener::accept() const {
  return accept_from(socket_.get(), nullptr, SLUICE_CALL_SITE());
}
Connected Listener::accept(const Context& ctx) const {
  return accept_from(socket_.get(), &ctx, SLUICE_CALL_SITE());
}

std::error_code Listener::close() const { return socket_ != nullptr ? socket_->close() : nil(); }

std::error_code Listener::set_deadline(TimePoint when) const {
  return socket_ != nullptr ? socket_->set_deadline(&Descriptor::read, when) : nil();
}

std::string Listener::address() const {
  return socket_ != nullptr ? socket_->local_address() : std::string();
}

}  // namespace sluice
