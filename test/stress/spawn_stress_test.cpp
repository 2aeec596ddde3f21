// Goroutines that start, fail inside, use their stacks and end in great numbers; runs that start
// and end with some left.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/foreign_thread.hpp"
#include "support/goroutine_test.hpp"
#include "support/process_status.hpp"
#include "support/sanitizers.hpp"
#include "support/seed.hpp"
#include "support/stress.hpp"

namespace sluice {
namespace {

using test::Random;

[[gnu::noinline]] int use_stack(int levels) {
  volatile char frame[512];
  frame[0] = static_cast<char>(levels);
  frame[511] = static_cast<char>(levels);
  if (levels == 0) return frame[0];
  const int below = use_stack(levels - 1);
  return frame[0] == frame[511] ? below + 1 : -1'000'000;
}

// One goroutine's life, which may start others.
void live(WaitGroup& wg, std::atomic<int>& budget, std::uint64_t seed) {
  Random random(seed);
  switch (random.below(6)) {
    case 0:
      yield();
      break;
    case 1:
      EXPECT_EQ(use_stack(30), 30);
      break;
    case 2:
      try {
        throw std::runtime_error(std::to_string(seed));
      } catch (const std::runtime_error& error) {
        yield();
        EXPECT_EQ(error.what(), std::to_string(seed));
      }
      break;
    case 3:
      sleep_for(std::chrono::microseconds(random.below(50)));
      break;
    default:
      break;
  }
  const std::uint64_t children = random.below(4);
  for (std::uint64_t i = 0; i < children && --budget > 0; ++i) {
    wg.go([&, child = seed * 7 + i] { live(wg, budget, child); });
  }
  if (random.one_in(10)) {
    wg.add();
    GoOptions options;
    if (random.one_in(2)) options.name = "goroutine " + std::to_string(seed);
    if (random.one_in(2)) options.stack_size = std::size_t{16 * 1024} << random.below(8);
    go(options, [&wg] {
      EXPECT_EQ(use_stack(5), 5);
      wg.done();
    });
  }
}

SLUICE_TEST(SpawnStress, TreesOfGoroutines) {
  for (test::Rounds rounds; rounds.next();) {
    WaitGroup wg;
    std::atomic<int> budget{test::kThreadSanitizer ? 2'000 : 20'000};
    for (std::uint64_t i = 0; i < 50; ++i) wg.go([&, i] { live(wg, budget, rounds.seed() + i); });
    wg.wait();
  }
}

// Waves: many alive at once, then none, so that stacks go to the pool and come back.
SLUICE_TEST(SpawnStress, Waves) {
  for (test::Rounds rounds; rounds.next();) {
    Random random(rounds.seed());
    const int count =
        static_cast<int>(random.below(static_cast<std::uint64_t>(test::goroutines(10'000)))) + 1;
    const auto gate = make_chan();
    std::atomic<int> passed{0};
    WaitGroup wg;
    for (int i = 0; i < count; ++i) {
      wg.go([&, gate] {
        gate.recv();
        ++passed;
      });
    }
    gate.close();
    wg.wait();
    ASSERT_EQ(passed, count);
  }
}

// One goroutine leaves its stack for a new one, again and again: what a sanitizer notes of each
// must not pile up (ThreadSanitizer has room for 65,536 calls).
SLUICE_TEST(SpawnStress, OneAfterAnother) {
  const auto done = make_chan();
  for (int i = 0; i < 80'000; ++i) {
    go([done] { done.send(); });
    done.recv();
  }
}

SLUICE_TEST(SpawnStress, FromForeignThreads) {
  for (test::Rounds rounds; rounds.next();) {
    std::atomic<int> ran{0};
    constexpr int kThreads = 3;
    const int each = test::rounds(500);
    const auto done = make_chan(16);
    {
      std::vector<test::ForeignThread> threads;
      for (int id = 0; id < kThreads; ++id) {
        threads.emplace_back([&, done] {
          for (int i = 0; i < each; ++i) {
            go([&, done] {
              ++ran;
              done.send();
            });
          }
        });
      }
      for (int i = 0; i < kThreads * each; ++i) done.recv();
    }
    ASSERT_EQ(ran, kThreads * each);
  }
}

// Ten thousand programs' lives in one process.
TEST(SpawnStress, RunsWithoutGrowth) {
  const auto cycle = [] {
    run(Options{.workers = 2}, [] {
      WaitGroup wg;
      const auto ch = make_chan<int>(2);
      for (int i = 0; i < 3; ++i) wg.go([=] { ch.send(i); });
      for (int i = 0; i < 3; ++i) ch.recv();
      wg.wait();
    });
  };
  for (int i = 0; i < 100; ++i) cycle();
  const test::ProcessStatus before = test::process_status();
  for (int i = 0; i < test::rounds(10'000); ++i) cycle();
  const test::ProcessStatus after = test::process_status();
  if constexpr (!test::kSanitized) {
    EXPECT_LE(after.mappings, before.mappings + 20);
    EXPECT_LT(after.resident_bytes, before.resident_bytes + (1 << 20));
  }
}

// Each run leaves goroutines behind that wait on objects which the next run uses: they must get
// nothing, and their stacks must not be touched through what they left in queues.
TEST(SpawnStress, RunsThatLeaveGoroutinesBehind) {
  static Chan<int> shared;
  static Chan<int> full;
  shared = make_chan<int>();
  full = make_chan<int>(1);
  full.send(0);
  for (test::Rounds rounds; rounds.next();) {
    Random random(rounds.seed());
    const int left = static_cast<int>(random.below(30));
    run(Options{.workers = 1 + static_cast<int>(random.below(4))}, [&] {
      for (int i = 0; i < left; ++i) {
        switch (i % 5) {
          case 0:
            go([] { shared.recv(); });
            break;
          case 1:
            go([] { full.send(1); });
            break;
          case 2:
            go([] {
              select(on_recv(shared), on_send(full, 2), on_recv(after(std::chrono::hours(1))));
            });
            break;
          case 3:
            go([] { sleep_for(std::chrono::microseconds(300)); });
            break;
          default:
            go([] {
              for (;;) yield();
            });
        }
      }
      // A value must come through to somebody of this run.
      const auto got = make_chan<int>(1);
      go([=] {
        for (;;) {
          std::optional<int> value;
          if (select(on_recv(shared, value), on_recv(after(std::chrono::milliseconds(1)))) == 0 &&
              value == 77) {
            got.send(*value);
            return;
          }
        }
      });
      WaitGroup wg;
      wg.go([=] {
        for (;;) {
          if (select(on_send(shared, 77), on_recv(got)) == 1) return;
        }
      });
      wg.wait();
    });
  }
  shared = {};
  full = {};
}

}  // namespace
}  // namespace sluice
