#include "transfer.hpp"

#include "patience.hpp"
#include "real.hpp"
#include "sluice/go.hpp"

namespace sluice::hook {
namespace {

bool is_stream(int fd) noexcept {
  int type = 0;
  socklen_t size = sizeof type;
  return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
}

}  // namespace

ssize_t receive(int fd, msghdr& message, int flags) noexcept {
  if ((flags & (MSG_DONTWAIT | MSG_ERRQUEUE | MSG_OOB)) != 0) {
    return real().recvmsg(fd, &message, flags);
  }
  const bool all = (flags & MSG_WAITALL) != 0 && is_stream(fd);
  if (all && (flags & MSG_PEEK) != 0 && blocks(fd)) {  // what is there already stays ready
    return sluice::blocking([&] { return real().recvmsg(fd, &message, flags); });
  }
  const int at_once = (flags & ~MSG_WAITALL) | MSG_DONTWAIT;
  const ssize_t got =
      persist(fd, receiving(), [&] { return real().recvmsg(fd, &message, at_once); });
  if (!all || got <= 0 || !blocks(fd)) return got;
  return move_rest(fd, receiving(), message, static_cast<std::size_t>(got),
                   [&](msghdr& next) { return real().recvmsg(fd, &next, at_once); });
}

ssize_t send_all(int fd, const msghdr& message, int flags) noexcept {
  if ((flags & MSG_DONTWAIT) != 0) return real().sendmsg(fd, &message, flags);
  const ssize_t sent =
      persist(fd, sending(), [&] { return real().sendmsg(fd, &message, flags | MSG_DONTWAIT); });
  if (sent < 0 || static_cast<std::size_t>(sent) == size_of(message) || !blocks(fd)) return sent;
  // The call that began it returns what it has sent; the signal is for the next one.
  const int quietly = flags | MSG_DONTWAIT | MSG_NOSIGNAL;
  return move_rest(fd, sending(), message, static_cast<std::size_t>(sent),
                   [&](msghdr& next) { return real().sendmsg(fd, &next, quietly); });
}

}  // namespace sluice::hook
