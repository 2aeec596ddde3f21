#include "base/spin_lock.hpp"

#include <sched.h>

namespace sluice::base {

// The holder may have been taken off its processor, and on a busy machine only yielding gets it
// back there.
void spin_lock_slow(Atomic<std::uint32_t>& word) noexcept {
  for (unsigned round = 0;; ++round) {
    for (int i = 0; i < 64; ++i) {
      if (word.load(std::memory_order_relaxed) == 0 &&
          word.exchange(1, std::memory_order_acquire) == 0)
        return;
      pause();
    }
    if (round >= 2) sched_yield();
  }
}

}  // namespace sluice::base
