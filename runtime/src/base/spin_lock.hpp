// A lock for a few instructions' work: the runtime's own, never held while user code runs.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"

namespace sluice::base {

// Operations on a bare word, because public objects carry the word and may be initialised at
// compile time.
//
// It may be taken by one context and freed by the next one that runs on the same thread: park()
// frees it only after it has left the stack of the goroutine that took it. So there is no owner,
// and the freeing is one plain store.
void spin_lock_slow(Atomic<std::uint32_t>& word) noexcept;

inline void spin_lock(Atomic<std::uint32_t>& word) noexcept {
  if (word.exchange(1, std::memory_order_acquire) != 0) spin_lock_slow(word);
}
inline void spin_unlock(Atomic<std::uint32_t>& word) noexcept {
  word.store(0, std::memory_order_release);
}

class SpinLock {
 public:
  constexpr SpinLock() = default;
  void lock() noexcept { spin_lock(word_); }
  bool try_lock() noexcept { return word_.exchange(1, std::memory_order_acquire) == 0; }
  void unlock() noexcept { spin_unlock(word_); }

 private:
  Atomic<std::uint32_t> word_{0};
};

}  // namespace sluice::base
