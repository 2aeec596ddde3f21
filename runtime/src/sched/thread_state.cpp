#include "sched/thread_state.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace sluice::detail {

// By the letter that follows its name in the system's table.
bool computes(pid_t tid) noexcept {
  char path[64];
  std::snprintf(path, sizeof path, "/proc/self/task/%d/stat", static_cast<int>(tid));
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  char text[128];
  const ssize_t count = ::read(file, text, sizeof text - 1);
  ::close(file);
  text[std::max<ssize_t>(count, 0)] = '\0';
  const char* name_end = std::strrchr(text, ')');
  return name_end != nullptr && std::strncmp(name_end, ") R", 3) == 0;
}

std::int64_t processor_time(pid_t tid) noexcept {
  // The number of a thread's clock, as linux/posix-timers.h makes it: of one thread, of the time
  // that the scheduler counts.
  constexpr clockid_t kOfOneThread = 4, kScheduled = 2;
  timespec time{};
  if (::clock_gettime((~static_cast<clockid_t>(tid) << 3) | kOfOneThread | kScheduled, &time) !=
      0) {
    return 0;
  }
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace sluice::detail
