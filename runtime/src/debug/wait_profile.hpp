// How often and how long goroutines waited, by stack: a sample of all waits, whose sums are
// estimates of those of all.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "base/thread_mutex.hpp"
#include "debug/pprof.hpp"
#include "debug/stack_depot.hpp"

namespace sluice::checked {

// All may be called from any thread.
class WaitProfile {
 public:
  // A wait stands for this much: for itself and for those that were not counted.
  struct Weight {
    double count;
    double nanoseconds;
  };

  // Of waits of `nanoseconds` or more each is counted, of shorter ones as many as it takes for one
  // in so much time. 0: none. As in Go (runtime/mprof.go).
  void count_from(std::int64_t nanoseconds) noexcept {
    from_.store(nanoseconds, std::memory_order_relaxed);
    one_in_.store(0, std::memory_order_relaxed);
  }
  // One in `waits`, however long. 0: none.
  void count_one_in(std::int64_t waits) noexcept {
    one_in_.store(waits, std::memory_order_relaxed);
    from_.store(0, std::memory_order_relaxed);
  }
  bool counts() const noexcept {
    return from_.load(std::memory_order_relaxed) > 0 || one_in_.load(std::memory_order_relaxed) > 0;
  }

  // Nothing: this one is not counted. To be asked before anything is done for it.
  std::optional<Weight> weigh(std::int64_t nanoseconds) noexcept;
  void add(std::span<const void* const> pcs, const Weight& weight);

  // Each stack with how many waits there were, and how many nanoseconds in all; the longest first.
  std::vector<ProfileSample> samples();

 private:
  std::atomic<std::int64_t> from_{0}, one_in_{0};
  std::atomic<std::uint64_t> drawn_{0};
  base::ThreadMutex lock_;
  std::unordered_map<StackId, Weight> totals_;  // under lock_
};

}  // namespace sluice::checked
