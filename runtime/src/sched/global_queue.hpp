// The queue that all workers share: what foreign threads make runnable, what overflows, what a
// stuck worker leaves.
#pragma once

#include <algorithm>
#include <cstddef>

#include "base/spin_lock.hpp"
#include "sched/goroutine.hpp"

namespace sluice::detail {

class GlobalQueue {
 public:
  void push(Goroutine* goroutine) noexcept {
    lock_.lock();
    append(goroutine);
    lock_.unlock();
  }
  void push(Goroutine* const* goroutines, std::size_t count) noexcept {
    lock_.lock();
    for (std::size_t i = 0; i < count; ++i) append(goroutines[i]);
    lock_.unlock();
  }
  // Takes up to `most`, oldest first; returns how many.
  std::size_t take(Goroutine** into, std::size_t most) noexcept {
    if (empty()) return 0;
    lock_.lock();
    std::size_t count = 0;
    while (count < most && head_ != nullptr) {
      into[count++] = head_;
      head_ = head_->next;
    }
    if (head_ == nullptr) tail_ = nullptr;
    size_.store(size_.load(std::memory_order_relaxed) - count, std::memory_order_relaxed);
    lock_.unlock();
    return count;
  }
  // May be out of date, but a push that happened before is seen.
  bool empty() const noexcept { return size_.load(std::memory_order_acquire) == 0; }
  std::size_t size() const noexcept { return size_.load(std::memory_order_acquire); }

 private:
  void append(Goroutine* goroutine) noexcept {
    goroutine->next = nullptr;
    (tail_ != nullptr ? tail_->next : head_) = goroutine;
    tail_ = goroutine;
    size_.store(size_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
  }

  base::SpinLock lock_;
  Goroutine* head_ = nullptr;
  Goroutine* tail_ = nullptr;
  base::Atomic<std::size_t> size_{0};
};

}  // namespace sluice::detail
