// The mutex under Mutex, RWMutex and Once: tells nobody what it does.
#pragma once

#include <cstdint>

#include "sluice/detail/atomic.hpp"
#include "sluice/detail/event.hpp"
#include "sluice/detail/export.hpp"
#include "sluice/detail/wait_queue.hpp"

namespace sluice::detail {

// Invariants (Go's mutex, with the queue in the object):
//   M1  kWaiting is set exactly when the queue is not empty; both change only under queue_.lock.
//   M2  In starving mode (kStarving) the lock is never free: unlock hands it to the oldest waiter.
//   M3  unlock's last access to this object is the one that frees it, so the next owner may destroy
//   it. M4  kWoken: a waiter has been woken and will try again, so unlock need not wake another.
class SLUICE_EXPORT MutexCore {
 public:
  constexpr MutexCore() = default;

  // One compare-and-swap; fails when anybody waits, too.
  bool try_lock_fast() noexcept {
    std::uint32_t expected = 0;
    return state_.compare_exchange_strong(expected, kLocked, std::memory_order_acquire,
                                          std::memory_order_relaxed);
  }
  bool try_lock() noexcept;
  void lock(WaitReason reason) noexcept {
    if (!try_lock_fast()) lock_slow(reason);
  }
  // Returns false when it was not locked; nothing has changed then.
  bool unlock() noexcept { return unlock_fast() || unlock_slow(); }
  // One compare-and-swap; fails when anybody waits, too.
  bool unlock_fast() noexcept {
    std::uint32_t expected = kLocked;
    return state_.compare_exchange_strong(expected, 0, std::memory_order_release,
                                          std::memory_order_relaxed);
  }
  bool locked() const noexcept { return (state_.load(std::memory_order_relaxed) & kLocked) != 0; }

 private:
  static constexpr std::uint32_t kLocked = 1, kWaiting = 2, kStarving = 4, kWoken = 8;

  void lock_slow(WaitReason reason) noexcept;
  bool unlock_slow() noexcept;

  Atomic<std::uint32_t> state_{0};
  WaitQueue queue_;
};

}  // namespace sluice::detail
