// Waiting for descriptors of the program by their numbers: what FdWait promises.
#pragma once

#include "sluice/detail/fd_wait.hpp"

namespace sluice::detail {

// A run has ended: its goroutines wait no more.
void fd_waits_clear() noexcept;

}  // namespace sluice::detail
