// The rows of the table of verdicts as programs. run.py knows what each must be told.
#pragma once

#include <atomic>
#include <span>
#include <sluice/sluice.hpp>

namespace verdicts {

struct Row {
  const char* name;
  void (*program)();
};

std::span<const Row> order_rows();
std::span<const Row> other_rows();

// Lets one goroutine come after another in this run without saying anything to checked mode: the
// order is one of chance, as far as anybody can tell.
class Turns {
 public:
  void wait_for(int turn) const {
    while (turn_.load(std::memory_order_acquire) < turn) sluice::yield();
  }
  void next() { turn_.fetch_add(1, std::memory_order_release); }

 private:
  std::atomic<int> turn_{0};
};

template <class First, class Second>
void nest(First& first, Second& second) {
  sluice::Lock a(first);
  sluice::Lock b(second);
}

// Runs them in goroutines of their own, one after the other by chance, and waits for all.
template <class... Work>
void by_chance(Work... work) {
  sluice::WaitGroup wg;
  Turns turns;
  int turn = 0;
  (
      [&] {
        wg.go([&turns, work, mine = turn] {
          turns.wait_for(mine);
          work();
          turns.next();
        });
        ++turn;
      }(),
      ...);
  wg.wait();
}

}  // namespace verdicts
