// Hooks of what ends a descriptor: whoever waits for it is woken, goroutine or not.
#include "real.hpp"
#include "sluice/detail/fd_wait.hpp"

using sluice::detail::FdClosing;
using sluice::hook::real;

SLUICE_HOOK int close(int fd) {
  const FdClosing closing(fd);
  return real().close(fd);
}

SLUICE_HOOK int dup2(int from, int to) noexcept {
  if (from == to) return real().dup2(from, to);
  const FdClosing closing(to);
  return real().dup2(from, to);
}

SLUICE_HOOK int dup3(int from, int to, int flags) noexcept {
  if (from == to) return real().dup3(from, to, flags);
  const FdClosing closing(to);
  return real().dup3(from, to, flags);
}
