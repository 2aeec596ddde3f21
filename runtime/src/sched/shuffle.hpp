// Where the scheduler's free choices come from when a run is shuffled: a seed, in place of the
// order of arrival. Knows neither goroutines nor workers nor why anybody wants it; checked mode
// does.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "base/sanitizers.hpp"

namespace sluice::detail {

// What each goroutine carries. All that it draws comes from its own source, which its parent's
// source began: what one does, or when a timer fires, does not change what another will draw. Used
// only by whoever may make the goroutine run, as the rest of its control block.
struct Chance {
  std::uint64_t state;
  std::uint32_t priority;       // of all that are runnable in a queue, the highest runs next
  std::uint16_t until_change;   // how many more operations go by before the next change
  std::uint8_t changes;         // how many there were, up to 255
  std::uint8_t long_stretches;  // how often it has run for long at a time, up to kHog + 1
};

// How one run is shuffled. A seed chooses one of a few ways, since bugs differ in what brings them
// out: a goroutine that is held up again and again, one that is held up once for long, or nearly
// the usual order with a few swaps.
//
// The ways rest on: Burckhardt, Kothari, Musuvathi, Nagarakatte: A Randomized Scheduler with
// Probabilistic Guarantees of Finding Bugs (ASPLOS 2010), for priorities with few changes; Yuan,
// Yang, Gu: Partial Order Aware Concurrency Sampling (CAV 2018), for a priority drawn afresh each
// time; Emmi, Qadeer, Rakamaric: Delay-Bounded Scheduling (POPL 2011), for arrival with few swaps.
class Shuffle {
 public:
  explicit Shuffle(std::uint64_t seed) noexcept;

  // A goroutine is made: main, by another goroutine, by a thread that is none.
  void begin_main(Chance& chance) const noexcept;
  void begin(Chance& child, Chance& parent) const noexcept;
  void begin_outside(Chance& child) const noexcept;

  // It has run for long before it gave the worker back. Who does so again and again comes after all
  // others: else it would have as many turns as they, and so most of the time.
  void ran_long(Chance& chance) const noexcept;
  // It becomes runnable.
  void queued(Chance& chance) const noexcept;
  // It has asked to go behind the others: it comes after nearly all of them, so that one that polls
  // does not take every second turn.
  void yielded(Chance& chance) const noexcept;
  // It is about to do, or has done, something at which another may go first. True: that other one
  // should run now; `best_waiting` is the highest priority among those in the queue.
  SLUICE_THREAD_CONFINED bool gives_way(Chance& chance, std::uint32_t best_waiting) const noexcept {
    const bool changed = --chance.until_change == 0;
    if (changed) change(chance);
    return way_ == Way::priorities ? best_waiting > chance.priority : changed;
  }
  // Does what gives_way does twice in a row, if that is nothing but to say no.
  SLUICE_THREAD_CONFINED bool stays_twice(Chance& chance,
                                          std::uint32_t best_waiting) const noexcept {
    if (chance.until_change <= 2) return false;
    if (way_ == Way::priorities && best_waiting > chance.priority) return false;
    chance.until_change = static_cast<std::uint16_t>(chance.until_change - 2);
    return true;
  }
  // Whether gives_way is still in the first part of a goroutine's life, in which it changes often.
  bool young(const Chance& chance) const noexcept;
  // Evenly among 0 .. n-1, n > 0.
  std::uint32_t below(Chance& chance, std::uint32_t n) const noexcept;

  std::uint64_t seed() const noexcept { return seed_; }

 private:
  enum class Way : std::uint8_t { walk, priorities, arrival };

  static constexpr std::uint8_t kHog = 8;

  void change(Chance& chance) const noexcept;
  void draw_gap(Chance& chance) const noexcept;

  const std::uint64_t seed_;
  Way way_ = Way::walk;
  std::uint32_t gap_ = 1;  // of a young goroutine: changes come after 1 to 2*gap_-1 operations
  mutable std::atomic<std::uint64_t> outside_{0};
  mutable std::atomic<std::uint32_t> arrivals_{0};
};

// Runs that start from now on are shuffled by this seed, or not at all. Each run with one seed is
// shuffled alike.
void shuffle_runs(std::optional<std::uint64_t> seed) noexcept;
std::optional<std::uint64_t> seed_of_runs() noexcept;

}  // namespace sluice::detail
