// Waits for locks followed all at once: circles, and who waits behind them.
#include "debug/wait_for_sweep.hpp"

#include <time.h>

#include <iterator>

#include "fake_program.hpp"
#include "support/figure.hpp"
#include "support/sanitizers.hpp"

namespace sluice::checked::test {
namespace {

#if defined(__OPTIMIZE__)
constexpr bool kOptimized = true;
#else
constexpr bool kOptimized = false;
#endif

TEST(WaitForSweep, those_behind_a_circle_are_told_with_it) {
  Program program(Level::wait);
  Object a{ObjectKind::mutex}, b{ObjectKind::mutex}, c{ObjectKind::mutex};
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  Goroutine& behind = program.go(program.main());
  Goroutine& last = program.go(program.main());
  program.lock(g1, a);
  program.lock(g2, b);
  program.lock(behind, c);
  program.block(g1, b);
  program.block(g2, a);
  EXPECT_TOLD(program, "SL201");
  program.quiet();
  EXPECT_TOLD(program, "SL201");  // nobody waits behind them yet
  program.block(behind, a);
  program.block(last, c);
  program.quiet();
  EXPECT_TOLD(program, "SL201", "SL202");
  EXPECT_EQ(told()[1].title.substr(0, 12), "4 goroutines");
  program.quiet();
  EXPECT_TOLD(program, "SL201", "SL202");
}

TEST(WaitForSweep, a_chain_that_ends_with_one_who_runs_is_no_finding) {
  Program program(Level::wait);
  Object a{ObjectKind::mutex}, b{ObjectKind::mutex};
  Goroutine& runs = program.go(program.main());
  Goroutine& waits = program.go(program.main());
  program.lock(runs, a);
  program.lock(waits, b);
  program.block(waits, a);
  for (int i = 0; i < 10; ++i) program.block(program.go(program.main()), b);
  program.quiet();
  EXPECT_SILENT(program);
}

TEST(WaitForSweep, a_lock_that_was_handed_over_has_no_owner) {
  Program program(Level::wait);
  Object a{ObjectKind::mutex}, b{ObjectKind::mutex};
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.lock(g1, a);
  program.unlock(g2, a);  // from here on it counts as a semaphore
  program.lock(g1, a);
  program.lock(g2, b);
  program.block(g1, b);
  program.block(g2, a);
  program.block(program.go(program.main()), b);
  program.quiet();
  for (const std::string& code : program.codes()) EXPECT_NE(code, "SL202");
}

// 100,000 wait for 1,000 locks, whose holders wait for each other in one line. Of several sweeps
// the shortest counts, by the clock of the processor: others may want it too, and its caches, so
// that it is tried until it is short enough, or for ten seconds.
TEST(WaitForSweep, takes_two_milliseconds_of_a_hundred_thousand) {
  constexpr int kLocks = 1'000, kWaiters = 99;
  constexpr std::int64_t kMost = 2'000'000;
  Program program(Level::wait);
  std::list<Object> locks;
  Goroutine* before = &program.main();
  for (int i = 0; i < kLocks; ++i) {
    Object& lock = locks.emplace_back(ObjectKind::mutex);
    Object* last = i > 0 ? &*std::prev(locks.end(), 2) : nullptr;
    program.lock(*before, lock);
    if (last != nullptr) program.block(*before, *last);
    for (int waiter = 0; waiter < kWaiters; ++waiter) {
      program.block(program.go(program.main()), lock);
    }
    before = &program.go(program.main());
  }
  const auto now = [] {
    timespec time;
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * std::int64_t{1'000'000'000} + time.tv_nsec;
  };
  std::int64_t best = INT64_MAX;
  const int tries = sluice::test::kSanitized || !kOptimized ? 10 : 5000;
  for (int i = 0; i < tries && (i < 10 || best > kMost); ++i) {
    const std::int64_t start = now();
    program.quiet();
    best = std::min(best, now() - start);
  }
  EXPECT_SILENT(program);
  sluice::test::figure("sweep of %d waits for locks: %.2f ms (at most %.0f)",
                       kLocks * (kWaiters + 1), static_cast<double>(best) / 1e6,
                       static_cast<double>(kMost) / 1e6);
  if (!sluice::test::kSanitized && kOptimized) {
    EXPECT_LE(best, kMost);
  }
}

}  // namespace
}  // namespace sluice::checked::test
