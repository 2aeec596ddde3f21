// Receiving and sending on a socket as the kernel does it when that blocks: as much as there is,
// or all of what is given. For goroutines.
#pragma once

#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <cstddef>

#include "patience.hpp"

namespace sluice::hook {

ssize_t receive(int fd, msghdr& message, int flags) noexcept;
ssize_t send_all(int fd, const msghdr& message, int flags) noexcept;

// Buffers as a message; those that are sent are not written to.
inline msghdr message_of(const iovec* parts, int count) noexcept {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts);
  message.msg_iovlen = static_cast<std::size_t>(count);
  return message;
}

inline std::size_t size_of(const msghdr& message) noexcept {
  std::size_t size = 0;
  for (std::size_t i = 0; i < message.msg_iovlen; ++i) size += message.msg_iov[i].iov_len;
  return size;
}

// What is left of a message of which a stream has taken a part.
class Rest {
 public:
  explicit Rest(const msghdr& whole) noexcept : message_(whole) {
    message_.msg_control = nullptr;  // has gone with the first byte
    message_.msg_controllen = 0;
  }
  Rest(const Rest&) = delete;
  Rest& operator=(const Rest&) = delete;

  void advance(std::size_t moved) noexcept {
    while (message_.msg_iovlen > 0 && moved >= message_.msg_iov->iov_len - offset_) {
      moved -= message_.msg_iov->iov_len - offset_;
      ++message_.msg_iov;
      --message_.msg_iovlen;
      offset_ = 0;
    }
    offset_ += moved;
  }
  // To its end, or to the end of a buffer that has been begun.
  msghdr next() noexcept {
    msghdr next = message_;
    if (offset_ == 0) return next;
    begun_ = {static_cast<char*>(message_.msg_iov->iov_base) + offset_,
              message_.msg_iov->iov_len - offset_};
    next.msg_iov = &begun_;
    next.msg_iovlen = 1;
    return next;
  }

 private:
  msghdr message_;
  iovec begun_{};
  std::size_t offset_ = 0;
};

// Moves what is left of a message after the first `done` bytes, until that is all, or no more can
// be moved: then what was moved counts, if anything was. `move` does not block.
template <class Move>
ssize_t move_rest(int fd, Direction direction, const msghdr& whole, std::size_t done,
                  Move move) noexcept {
  const std::size_t size = size_of(whole);
  Rest rest(whole);
  rest.advance(done);
  while (done < size) {
    const ssize_t moved = persist(fd, direction, [&] {
      msghdr next = rest.next();
      return move(next);
    });
    if (moved < 0 && done == 0) return -1;
    if (moved <= 0) break;
    rest.advance(static_cast<std::size_t>(moved));
    done += static_cast<std::size_t>(moved);
  }
  return static_cast<ssize_t>(done);
}

}  // namespace sluice::hook
