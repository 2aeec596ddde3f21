// Hooks of what a program calls in place of read, recv and poll when it was compiled with
// _FORTIFY_SOURCE: the same, after a look at the size of the buffer.
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>

#include "real.hpp"

extern "C" [[noreturn]] void __chk_fail() noexcept;

SLUICE_HOOK ssize_t __read_chk(int fd, void* into, std::size_t size, std::size_t room) {
  if (size > room) __chk_fail();
  return ::read(fd, into, size);
}

SLUICE_HOOK ssize_t __recv_chk(int fd, void* into, std::size_t size, std::size_t room, int flags) {
  if (size > room) __chk_fail();
  return ::recv(fd, into, size, flags);
}

SLUICE_HOOK ssize_t __recvfrom_chk(int fd, void* into, std::size_t size, std::size_t room,
                                   int flags, sockaddr* from, socklen_t* from_size) {
  if (size > room) __chk_fail();
  return ::recvfrom(fd, into, size, flags, from, from_size);
}

SLUICE_HOOK int __poll_chk(pollfd* fds, nfds_t count, int milliseconds, std::size_t room) {
  if (room / sizeof(pollfd) < count) __chk_fail();
  return ::poll(fds, count, milliseconds);
}

SLUICE_HOOK int __ppoll_chk(pollfd* fds, nfds_t count, const timespec* timeout,
                            const sigset_t* mask, std::size_t room) {
  if (room / sizeof(pollfd) < count) __chk_fail();
  return ::ppoll(fds, count, timeout, mask);
}
