// A lock that makes its thread sleep, for what takes longer than a spin lock is meant for. Not
// std::mutex, because checked mode sees who takes those.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"
#include "base/clock.hpp"
#include "base/futex.hpp"

namespace sluice::base {

// 0: free, 1: taken, 2: taken, and somebody may sleep (Drepper, "Futexes Are Tricky", mutex 2).
class ThreadMutex {
 public:
  constexpr ThreadMutex() = default;
  void lock() noexcept {
    std::uint32_t free = 0;
    if (word_.compare_exchange_strong(free, 1, std::memory_order_acquire,
                                      std::memory_order_relaxed)) {
      return;
    }
    while (word_.exchange(2, std::memory_order_acquire) != 0) futex_wait(word_, 2, kNever);
  }
  bool try_lock() noexcept {
    std::uint32_t free = 0;
    return word_.compare_exchange_strong(free, 1, std::memory_order_acquire,
                                         std::memory_order_relaxed);
  }
  void unlock() noexcept {
    if (word_.exchange(0, std::memory_order_release) == 2) futex_wake(word_, 1);
  }

 private:
  Atomic<std::uint32_t> word_{0};
};

}  // namespace sluice::base
