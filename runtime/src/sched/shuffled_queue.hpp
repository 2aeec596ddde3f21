// A worker's queue in a shuffled run: who has the highest priority goes first, whenever it came.
// Takes the place of the worker's ring and of what it readied last.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/rng.hpp"
#include "base/sanitizers.hpp"
#include "base/spin_lock.hpp"
#include "sched/goroutine.hpp"

namespace sluice::detail {

// All may be called by anybody.
class ShuffledQueue {
 public:
  explicit ShuffledQueue(std::uint64_t seed) noexcept : rng_(seed) {}

  void push(Goroutine* goroutine) noexcept {
    lock_.lock();
    heap_.push_back(goroutine);
    up(heap_.size() - 1);
    publish();
    lock_.unlock();
  }

  // Null when empty. Now and then it is anyone's turn, so that the lowest priority comes, too.
  Goroutine* pop() noexcept {
    if (empty()) return nullptr;
    lock_.lock();
    Goroutine* goroutine = nullptr;
    if (!heap_.empty()) {
      const bool anyone = ++pops_ % kFairness == 0;
      const auto size = static_cast<std::uint32_t>(heap_.size());
      goroutine = take_out(anyone ? rng_.below(size) : 0);
      publish();
    }
    lock_.unlock();
    return goroutine;
  }

  // Half of all, but at most `most`, and at least one if there is any; returns how many.
  std::uint32_t steal(Goroutine** into, std::uint32_t most) noexcept {
    if (empty()) return 0;
    lock_.lock();
    const auto size = static_cast<std::uint32_t>(heap_.size());
    const std::uint32_t count = std::min(most, size - size / 2);
    for (std::uint32_t i = 0; i < count; ++i) {
      into[i] = heap_.back();  // a heap less its last element is a heap
      heap_.pop_back();
    }
    publish();
    lock_.unlock();
    return count;
  }

  // May be out of date, but a push that happened before is seen.
  bool empty() const noexcept { return size_.load(std::memory_order_acquire) == 0; }
  // The highest priority; 0 when empty.
  std::uint32_t best() const noexcept { return best_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::uint32_t kFairness = 32;

  SLUICE_THREAD_CONFINED std::uint32_t priority(std::size_t at) const noexcept {
    return heap_[at]->chance.priority;
  }

  void up(std::size_t at) noexcept {
    for (; at > 0 && priority((at - 1) / 2) < priority(at); at = (at - 1) / 2) {
      std::swap(heap_[at], heap_[(at - 1) / 2]);
    }
  }
  void down(std::size_t at) noexcept {
    for (;;) {
      std::size_t larger = 2 * at + 1;
      if (larger >= heap_.size()) return;
      if (larger + 1 < heap_.size() && priority(larger) < priority(larger + 1)) ++larger;
      if (priority(larger) <= priority(at)) return;
      std::swap(heap_[at], heap_[larger]);
      at = larger;
    }
  }
  Goroutine* take_out(std::size_t at) noexcept {
    Goroutine* taken = heap_[at];
    heap_[at] = heap_.back();
    heap_.pop_back();
    if (at < heap_.size()) {
      down(at);
      up(at);
    }
    return taken;
  }
  void publish() noexcept {
    best_.store(heap_.empty() ? 0 : priority(0), std::memory_order_relaxed);
    size_.store(heap_.size(), std::memory_order_release);
  }

  base::SpinLock lock_;
  std::vector<Goroutine*> heap_;  // no goroutine is above one of higher priority
  std::uint32_t pops_ = 0;
  base::Rng rng_;
  std::atomic<std::size_t> size_{0};
  std::atomic<std::uint32_t> best_{0};
};

}  // namespace sluice::detail
