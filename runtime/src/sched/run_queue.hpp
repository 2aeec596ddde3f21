// A worker's own queue: one producer, any number of thieves. The algorithm is that of Go's
// scheduler (runtime/proc.go, runqput and runqgrab), a bounded ring in which only the owner moves
// the tail and everybody competes for the head.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"
#include "sched/goroutine.hpp"

namespace sluice::detail {

class RunQueue {
 public:
#if defined(SLUICE_MODEL)
  static constexpr std::uint32_t kCapacity = 4;
#else
  static constexpr std::uint32_t kCapacity = 256;
#endif

  // Owner only. False when full.
  bool push(Goroutine* goroutine) noexcept {
    const std::uint32_t tail = tail_.load(std::memory_order_relaxed);
    // Acquire: a thief has read the slot that we may now overwrite.
    if (tail - head_.load(std::memory_order_acquire) >= kCapacity) return false;
    ring_[tail % kCapacity].store(goroutine, std::memory_order_relaxed);
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  // Owner only; oldest first. Null when empty.
  Goroutine* pop() noexcept {
    std::uint32_t head = head_.load(std::memory_order_acquire);
    for (;;) {
      // The tail is the owner's own, but the fiber that wrote it may be another: acquire, for the
      // race detector.
      if (head == tail_.load(std::memory_order_acquire)) return nullptr;
      Goroutine* goroutine = ring_[head % kCapacity].load(std::memory_order_relaxed);
      if (head_.compare_exchange_weak(head, head + 1, std::memory_order_acq_rel,
                                      std::memory_order_acquire)) {
        return goroutine;
      }
    }
  }

  // Anybody. Takes the older half, at least one if there is any, into `into`; returns how many.
  std::uint32_t steal(Goroutine* (&into)[kCapacity / 2]) noexcept {
    for (;;) {
      std::uint32_t head = head_.load(std::memory_order_acquire);
      const std::uint32_t tail = tail_.load(std::memory_order_acquire);
      const std::uint32_t count = (tail - head) - (tail - head) / 2;
      if (count == 0) return 0;
      if (count > kCapacity / 2) continue;  // head and tail were read at different times
      for (std::uint32_t i = 0; i < count; ++i) {
        into[i] = ring_[(head + i) % kCapacity].load(std::memory_order_relaxed);
      }
      if (head_.compare_exchange_strong(head, head + count, std::memory_order_acq_rel,
                                        std::memory_order_relaxed)) {
        return count;
      }
    }
  }

  // For who only looks on: true of some moment between the two reads, or nearly.
  std::uint32_t size() const noexcept {
    const std::uint32_t head = head_.load(std::memory_order_acquire);
    return tail_.load(std::memory_order_acquire) - head;
  }
  bool empty() const noexcept {
    return head_.load(std::memory_order_acquire) == tail_.load(std::memory_order_acquire);
  }

 private:
  base::Atomic<std::uint32_t> head_{0};  // written by owner and thieves
  base::Atomic<std::uint32_t> tail_{
      0};  // written by the owner; its release publishes the slots below it
  base::Atomic<Goroutine*> ring_[kCapacity] = {};
};

}  // namespace sluice::detail
