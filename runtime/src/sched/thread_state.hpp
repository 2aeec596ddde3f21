// What the system says of one of the process's threads.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace sluice::detail {

// Whether it runs or could run, that is, does not wait for anything.
bool computes(pid_t tid) noexcept;
// How much processor time it has had, in nanoseconds; 0 of a thread that is gone.
std::int64_t processor_time(pid_t tid) noexcept;

}  // namespace sluice::detail
