// Hooks of read and write. On a socket they are recv and send; a regular file is left to libc; for
// pipes, terminals, timers and their like the kernel is asked to do what it can at once, or, where
// it does not know that, whether there is something to be done.
#include <limits.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include "patience.hpp"
#include "real.hpp"
#include "transfer.hpp"

namespace {

using sluice::detail::may_park;
using sluice::hook::blocks;
using sluice::hook::error_now;
using sluice::hook::message_of;
using sluice::hook::persist;
using sluice::hook::real;
using sluice::hook::set_error;

enum class Kind { socket, waits, other };

// `waits`: neither a socket nor a file, and the program wants it to block.
Kind kind_of(int fd) noexcept {
  struct stat about {};
  if (::fstat(fd, &about) != 0) return Kind::other;
  if (S_ISSOCK(about.st_mode)) return Kind::socket;
  if (S_ISREG(about.st_mode) || S_ISDIR(about.st_mode) || S_ISBLK(about.st_mode)) {
    return Kind::other;
  }
  return blocks(fd) ? Kind::waits : Kind::other;
}

// Not known to this kernel for this kind of descriptor.
bool unsupported(ssize_t result) noexcept {
  return result < 0 && (error_now() == EOPNOTSUPP || error_now() == ENOSYS);
}

ssize_t not_now() noexcept {
  set_error(EAGAIN);
  return -1;
}

ssize_t read_some(int fd, const iovec* parts, int count) noexcept {
  return persist(fd, sluice::hook::receiving(), [&] {
    const ssize_t got = ::preadv2(fd, parts, count, -1, RWF_NOWAIT);
    if (!unsupported(got)) return got;
    // Should somebody else take it first, a thread blocks, and no worker for longer than 10 ms.
    return sluice::hook::ready_now(fd, POLLIN) ? real().readv(fd, parts, count) : not_now();
  });
}

// As much as fits now.
ssize_t write_at_once(int fd, const msghdr& message) noexcept {
  const ssize_t put =
      ::pwritev2(fd, message.msg_iov, static_cast<int>(message.msg_iovlen), -1, RWF_NOWAIT);
  if (!unsupported(put)) return put;
  if (!sluice::hook::ready_now(fd, POLLOUT)) return not_now();
  // A pipe that has room has room for so much.
  if (sluice::hook::size_of(message) <= PIPE_BUF) {
    return real().writev(fd, message.msg_iov, static_cast<int>(message.msg_iovlen));
  }
  const iovec& first = *message.msg_iov;
  return real().write(fd, first.iov_base, std::min<std::size_t>(first.iov_len, PIPE_BUF));
}

}  // namespace

SLUICE_HOOK ssize_t readv(int fd, const iovec* parts, int count) {
  if (!may_park() || count <= 0 || count > IOV_MAX) return real().readv(fd, parts, count);
  switch (kind_of(fd)) {
    case Kind::socket: {
      msghdr message = message_of(parts, count);
      return sluice::hook::receive(fd, message, 0);
    }
    case Kind::waits:
      return read_some(fd, parts, count);
    case Kind::other:
      break;
  }
  return real().readv(fd, parts, count);
}

SLUICE_HOOK ssize_t read(int fd, void* into, std::size_t size) {
  if (!may_park() || size == 0) return real().read(fd, into, size);
  const iovec part{into, size};
  return readv(fd, &part, 1);
}

SLUICE_HOOK ssize_t writev(int fd, const iovec* parts, int count) {
  if (!may_park() || count <= 0 || count > IOV_MAX) return real().writev(fd, parts, count);
  const msghdr message = message_of(parts, count);
  switch (kind_of(fd)) {
    case Kind::socket:
      return sluice::hook::send_all(fd, message, 0);
    case Kind::waits:
      return sluice::hook::move_rest(fd, sluice::hook::sending(), message, 0,
                                     [&](msghdr& next) { return write_at_once(fd, next); });
    case Kind::other:
      break;
  }
  return real().writev(fd, parts, count);
}

SLUICE_HOOK ssize_t write(int fd, const void* data, std::size_t size) {
  if (!may_park() || size == 0) return real().write(fd, data, size);
  const iovec part{const_cast<void*>(data), size};
  return writev(fd, &part, 1);
}
