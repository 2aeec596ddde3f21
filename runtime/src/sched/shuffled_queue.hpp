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
    heap_.emplace_back();
    rise(heap_.size() - 1, entry_of(goroutine));
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
      into[i] = heap_.back().goroutine;  // a heap less its last element is a heap
      heap_.pop_back();
    }
    publish();
    lock_.unlock();
    return count;
  }

  // May be out of date, but a push that happened before is seen.
  bool empty() const noexcept { return size_.load(std::memory_order_acquire) == 0; }
  std::size_t size() const noexcept { return size_.load(std::memory_order_acquire); }
  // The highest priority; 0 when empty.
  std::uint32_t best() const noexcept { return best_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::uint32_t kFairness = 32;

  // The priority stays as it is in a queue; beside the pointer, it is read without following that.
  struct Entry {
    std::uint32_t priority = 0;
    Goroutine* goroutine = nullptr;
  };
  SLUICE_THREAD_CONFINED static Entry entry_of(Goroutine* goroutine) noexcept {
    return {goroutine->chance.priority, goroutine};
  }

  // Puts the entry there, or above.
  void rise(std::size_t at, Entry entry) noexcept {
    for (; at > 0 && heap_[(at - 1) / 2].priority < entry.priority; at = (at - 1) / 2) {
      heap_[at] = heap_[(at - 1) / 2];
    }
    heap_[at] = entry;
  }
  // The gap goes down to the end of a branch, and there the last entry, which is seldom large, is
  // put: on the way nothing is compared but two neighbours.
  Goroutine* take_out(std::size_t at) noexcept {
    Goroutine* taken = heap_[at].goroutine;
    const Entry last = heap_.back();
    heap_.pop_back();
    const std::size_t size = heap_.size();
    if (at == size) return taken;
    for (std::size_t larger = 2 * at + 1; larger < size; larger = 2 * at + 1) {
      if (larger + 1 < size) larger += heap_[larger].priority < heap_[larger + 1].priority ? 1 : 0;
      heap_[at] = heap_[larger];
      at = larger;
    }
    rise(at, last);
    return taken;
  }
  void publish() noexcept {
    best_.store(heap_.empty() ? 0 : heap_[0].priority, std::memory_order_relaxed);
    size_.store(heap_.size(), std::memory_order_release);
  }

  base::SpinLock lock_;
  std::vector<Entry> heap_;  // no goroutine is above one of higher priority
  std::uint32_t pops_ = 0;
  base::Rng rng_;
  std::atomic<std::size_t> size_{0};
  std::atomic<std::uint32_t> best_{0};
};

}  // namespace sluice::detail
