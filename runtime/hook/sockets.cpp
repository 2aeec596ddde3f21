// Hooks of the calls that are for sockets alone.
#include <cstddef>

#include "patience.hpp"
#include "real.hpp"
#include "transfer.hpp"

using sluice::detail::may_park;
using sluice::hook::message_of;
using sluice::hook::real;
using sluice::hook::receive;
using sluice::hook::send_all;

SLUICE_HOOK ssize_t recv(int fd, void* into, std::size_t size, int flags) {
  if (!may_park()) return real().recv(fd, into, size, flags);
  const iovec part{into, size};
  msghdr message = message_of(&part, 1);
  return receive(fd, message, flags);
}

SLUICE_HOOK ssize_t recvfrom(int fd, void* into, std::size_t size, int flags, sockaddr* from,
                             socklen_t* from_size) {
  if (!may_park()) return real().recvfrom(fd, into, size, flags, from, from_size);
  const iovec part{into, size};
  msghdr message = message_of(&part, 1);
  message.msg_name = from;
  message.msg_namelen = from != nullptr && from_size != nullptr ? *from_size : 0;
  const ssize_t got = receive(fd, message, flags);
  if (got >= 0 && from != nullptr && from_size != nullptr) *from_size = message.msg_namelen;
  return got;
}

SLUICE_HOOK ssize_t recvmsg(int fd, msghdr* message, int flags) {
  return may_park() ? receive(fd, *message, flags) : real().recvmsg(fd, message, flags);
}

SLUICE_HOOK ssize_t send(int fd, const void* data, std::size_t size, int flags) {
  if (!may_park()) return real().send(fd, data, size, flags);
  const iovec part{const_cast<void*>(data), size};
  return send_all(fd, message_of(&part, 1), flags);
}

SLUICE_HOOK ssize_t sendto(int fd, const void* data, std::size_t size, int flags,
                           const sockaddr* to, socklen_t to_size) {
  if (!may_park()) return real().sendto(fd, data, size, flags, to, to_size);
  const iovec part{const_cast<void*>(data), size};
  msghdr message = message_of(&part, 1);
  message.msg_name = const_cast<sockaddr*>(to);
  message.msg_namelen = to_size;
  return send_all(fd, message, flags);
}

SLUICE_HOOK ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  return may_park() ? send_all(fd, *message, flags) : real().sendmsg(fd, message, flags);
}
