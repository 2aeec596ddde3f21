// System calls for the runtime's own purposes, made where nobody may park: a library that stands in
// for libc's functions, sluice::hook or another, does not see them.
#pragma once

#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstddef>

namespace sluice::base {

inline ssize_t own_read(int fd, void* into, std::size_t size) noexcept {
  return syscall(SYS_read, fd, into, size);
}
inline ssize_t own_write(int fd, const void* data, std::size_t size) noexcept {
  return syscall(SYS_write, fd, data, size);
}

}  // namespace sluice::base
