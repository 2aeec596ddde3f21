#include "base/asymmetric_fence.hpp"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "base/clock.hpp"

namespace sluice::base {

// Where the kernel has no such barrier (before Linux 4.14) some time for all threads to come to one
// must do.
void asymmetric_fence_heavy() noexcept {
  constexpr std::int64_t kGrace = 2'000'000;
  static const bool registered =
      syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
  if (registered && syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0) return;
  sleep_for(kGrace);
}

}  // namespace sluice::base
