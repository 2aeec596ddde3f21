// Hooks of connect and accept.
#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <mutex>

#include "patience.hpp"
#include "real.hpp"
#include "sluice/go.hpp"

namespace {

using sluice::detail::may_park;
using sluice::hook::blocks;
using sluice::hook::error_now;
using sluice::hook::Patience;
using sluice::hook::real;
using sluice::hook::set_error;

// Only while one is being looked at is it known that accept will not block: another goroutine may
// take the connection first. Held for two system calls that return at once.
std::mutex& accepting(int fd) noexcept {
  static std::array<std::mutex, 64> all;
  return all[static_cast<std::size_t>(fd) % all.size()];
}

template <class Accept>
int accept_patiently(int fd, Accept accept) noexcept {
  if (!may_park() || !blocks(fd)) return accept();
  return sluice::hook::persist(fd, sluice::hook::receiving(), [&] {
    const std::lock_guard guard(accepting(fd));
    if (sluice::hook::ready_now(fd, POLLIN)) return accept();
    set_error(EAGAIN);
    return -1;
  });
}

// Asks for the connection, and does not wait for it. The descriptor is told not to block for as
// long as that takes; there is no other way to ask.
int begin(int fd, const sockaddr* to, socklen_t size) noexcept {
  const int flags = ::fcntl(fd, F_GETFL);
  ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
  const int result = real().connect(fd, to, size);
  const int error = error_now();
  ::fcntl(fd, F_SETFL, flags);
  set_error(error);
  return result;
}

int connect_patiently(int fd, const sockaddr* to, socklen_t size) noexcept {
  if (begin(fd, to, size) == 0) return 0;
  if (error_now() == EAGAIN) {  // a Unix socket with too many before this one: nothing tells when
    return sluice::blocking([&] { return real().connect(fd, to, size); });
  }
  if (error_now() != EINPROGRESS) return -1;
  Patience patience(fd, sluice::hook::sending());
  do {
    if (!patience.wait()) {
      if (error_now() == EAGAIN) set_error(EINPROGRESS);
      return -1;
    }
  } while (!sluice::hook::ready_now(fd, POLLOUT));
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) return -1;
  if (error == 0) return 0;
  set_error(error);
  return -1;
}

}  // namespace

SLUICE_HOOK int accept(int fd, sockaddr* from, socklen_t* size) {
  return accept_patiently(fd, [&] { return real().accept(fd, from, size); });
}

SLUICE_HOOK int accept4(int fd, sockaddr* from, socklen_t* size, int flags) {
  return accept_patiently(fd, [&] { return real().accept4(fd, from, size, flags); });
}

SLUICE_HOOK int connect(int fd, const sockaddr* to, socklen_t size) {
  if (!may_park() || !blocks(fd)) return real().connect(fd, to, size);
  return connect_patiently(fd, to, size);
}
