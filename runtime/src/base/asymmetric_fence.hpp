// Two fences that make one of sequential consistency: where it is passed often it costs nothing,
// where it is passed rarely it makes all threads of the process pass a barrier.
#pragma once

#include <atomic>

namespace sluice::base {

inline void asymmetric_fence_light() noexcept {
  std::atomic_signal_fence(std::memory_order_seq_cst);
}
void asymmetric_fence_heavy() noexcept;  // some microseconds

}  // namespace sluice::base
