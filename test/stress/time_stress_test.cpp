// Timers that are set, moved, stopped, waited for and dropped by many at the same time.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/foreign_thread.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"
#include "support/seed.hpp"
#include "support/stress.hpp"

namespace sluice {
namespace {

using test::Random;

Duration soon(Random& random) { return std::chrono::microseconds(random.below(60)); }

// Timers of their own, set and stopped at random; never early, and never an old value after stop or
// reset.
void play(std::uint64_t seed, std::uint64_t id, int steps) {
  Random random(seed, id);
  auto timer = std::make_unique<Timer>(std::chrono::hours(1));
  TimePoint not_before = TimePoint::max();
  for (int i = 0; i < steps; ++i) {
    switch (random.below(7)) {
      case 0:
        timer->stop();
        not_before = TimePoint::max();
        EXPECT_EQ(timer->fired().try_recv(), std::nullopt) << "an old value after stop";
        break;
      case 1:
      case 2: {
        const Duration d = soon(random);
        not_before = Clock::now() + d;
        timer->reset(d);
        break;
      }
      case 3:
        timer = std::make_unique<Timer>(soon(random));
        not_before = TimePoint::min();
        break;
      case 4:
        if (timer->fired().try_recv()) {
          EXPECT_GE(Clock::now(), not_before);
          not_before = TimePoint::max();
        }
        break;
      case 5: {
        const auto patience = after(soon(random));
        if (select(on_recv(timer->fired()), on_recv(patience)) == 0) {
          EXPECT_GE(Clock::now(), not_before);
          not_before = TimePoint::max();
        }
        break;
      }
      default:
        sleep_for(soon(random));
    }
  }
}

SLUICE_TEST(TimeStress, TimersOfManyGoroutines) {
  for (test::Rounds rounds; rounds.next();) {
    WaitGroup wg;
    test::ForeignThread thread([&] { play(rounds.seed(), 1000, test::rounds(200)); });
    for (std::uint64_t id = 0; id < 30; ++id)
      wg.go([&, id] { play(rounds.seed(), id, test::rounds(200)); });
    wg.wait();
  }
}

// One timer, used from all sides: each firing is received at most once, and no reset is without its
// firing.
SLUICE_TEST(TimeStress, OneTimerSharedByMany) {
  for (test::Rounds rounds; rounds.next();) {
    Timer timer(std::chrono::hours(1));
    std::atomic<int> fired{0};
    int armed = 0;
    const auto stop = make_chan();
    WaitGroup wg;
    for (int i = 0; i < 5; ++i) {
      wg.go([&, ch = timer.fired()] {
        while (select(on_recv(ch), on_recv(stop)) == 0) ++fired;
      });
    }
    Random random(rounds.seed());
    for (int i = 0; i < test::rounds(300); ++i) {
      const int before = fired;
      if (!timer.reset(soon(random))) ++armed;
      if (random.one_in(3)) {
        while (fired == before) yield();
      }
    }
    // What is armed now will fire; each arming of an idle timer fired once.
    if (armed == 0) armed = 1;
    while (fired < 1) yield();
    EXPECT_LE(fired, test::rounds(300));
    stop.close();
    wg.wait();
  }
}

SLUICE_TEST(TimeStress, SleepersComeAndGo) {
  const int sleepers = test::goroutines(3'000);
  for (test::Rounds rounds; rounds.next();) {
    std::atomic<int> early{0};
    WaitGroup wg;
    for (int id = 0; id < sleepers; ++id) {
      wg.go([&, id] {
        Random random(rounds.seed(), static_cast<std::uint64_t>(id));
        for (int i = 0; i < 3; ++i) {
          const Duration d = std::chrono::microseconds(random.below(2'000));
          const TimePoint start = Clock::now();
          sleep_for(d);
          if (Clock::now() - start < d) ++early;
        }
      });
    }
    wg.wait();
    EXPECT_EQ(early, 0);
  }
}

// Dropped at once, dropped with somebody waiting, dropped as it fires: nobody may touch it
// afterwards.
SLUICE_TEST(TimeStress, TimersThatAreDropped) {
  for (test::Rounds rounds; rounds.next();) {
    WaitGroup wg;
    for (std::uint64_t id = 0; id < 20; ++id) {
      wg.go([&, id] {
        Random random(rounds.seed(), id);
        for (int i = 0; i < test::rounds(200); ++i) {
          Timer timer(soon(random));
          if (random.one_in(2)) timer.reset(Duration::zero());
          if (random.one_in(2)) {
            const auto ch = timer.fired();
            select(on_recv(ch), on_recv(after(soon(random))));
          }
        }
      });
    }
    wg.wait();
  }
}

}  // namespace
}  // namespace sluice
