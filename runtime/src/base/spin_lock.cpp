#include "base/spin_lock.hpp"

#include <sched.h>

#include <algorithm>

namespace sluice::base {

// Who holds it may take it again many times: each look from another processor would take the line
// away from it, so looks become rarer. The holder may also have been taken off its processor, and
// on a busy machine only yielding gets it back there.
void spin_lock_slow(Atomic<std::uint32_t>& word) noexcept {
  constexpr int kFirstPauses = 16, kMostPauses = 128;
  for (int pauses = kFirstPauses;; pauses = std::min(2 * pauses, kMostPauses)) {
    for (int i = 0; i < pauses; ++i) pause();
    if (word.load(std::memory_order_relaxed) == 0 &&
        word.exchange(1, std::memory_order_acquire) == 0) {
      return;
    }
    if (pauses == kMostPauses) sched_yield();
  }
}

}  // namespace sluice::base
