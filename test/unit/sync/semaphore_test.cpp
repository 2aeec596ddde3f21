// Semaphore, ErrGroup, SingleFlight, Pool, Map and the Once functions.
#include "sluice/semaphore.hpp"

#include <atomic>
#include <stdexcept>
#include <string>

#include "sluice/err_group.hpp"
#include "sluice/go.hpp"
#include "sluice/map.hpp"
#include "sluice/once.hpp"
#include "sluice/pool.hpp"
#include "sluice/single_flight.hpp"
#include "support/eventually.hpp"
#include "support/expect_panic.hpp"
#include "support/goroutine_test.hpp"

namespace sluice {
namespace {

using std::chrono::milliseconds;

SLUICE_TEST(Semaphore, NeverGivesMoreThanItHas) {
  Semaphore semaphore(4);
  std::atomic<std::int64_t> used{0};
  WaitGroup wg;
  for (int i = 0; i < 16; ++i) {
    wg.go([&, i] {
      for (int round = 0; round < 50; ++round) {
        const int units = 1 + (i + round) % 4;
        semaphore.acquire(units);
        EXPECT_LE(used += units, 4);
        if (round % 8 == 0) yield();
        used -= units;
        semaphore.release(units);
      }
    });
  }
  wg.wait();
  EXPECT_TRUE(semaphore.try_acquire(4));
  EXPECT_FALSE(semaphore.try_acquire());
}

SLUICE_TEST(Semaphore, ALargeRequestIsNotOvertaken) {
  Semaphore semaphore(2);
  semaphore.acquire();
  auto order = make_chan<int>(2);
  WaitGroup wg;
  wg.go([&] {
    semaphore.acquire(2);
    order.send(2);
    semaphore.release(2);
  });
  ASSERT_TRUE(
      test::eventually([&] { return !semaphore.try_acquire() || (semaphore.release(), false); }));
  wg.go([&] {
    semaphore.acquire(1);
    order.send(1);
    semaphore.release(1);
  });
  yield();
  semaphore.release();
  wg.wait();
  EXPECT_EQ(order.recv(), 2);
  EXPECT_EQ(order.recv(), 1);
}

SLUICE_TEST(Semaphore, GivesUpWhenTheContextEnds) {
  Semaphore semaphore(1);
  semaphore.acquire();
  auto [ctx, cancel] = with_timeout(Context::background(), milliseconds(2));
  EXPECT_EQ(semaphore.acquire(ctx), ContextError::deadline_exceeded);
  semaphore.release();
  EXPECT_EQ(semaphore.acquire(ctx),
            ContextError::deadline_exceeded);  // an ended context never gets any
  EXPECT_FALSE(semaphore.acquire(Context::background()));
}

SLUICE_TEST(Semaphore, TellsMisuse) {
  Semaphore semaphore(1);
  EXPECT_PANIC(semaphore.release(), "semaphore: released more than held");
}

SLUICE_TEST(ErrGroup, ThrowsTheFirstExceptionAndEndsItsContext) {
  ErrGroup group;
  group.go([&] { group.context().done().recv(); });
  group.go([] { throw std::runtime_error("broken"); });
  try {
    group.wait();
    ADD_FAILURE() << "did not throw";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "broken");
  }
  EXPECT_TRUE(group.context().err());
}

SLUICE_TEST(ErrGroup, KeepsToItsLimit) {
  ErrGroup group;
  group.set_limit(3);
  std::atomic<int> running{0};
  for (int i = 0; i < 20; ++i) {
    group.go([&] {
      EXPECT_LE(++running, 3);
      yield();
      --running;
    });
  }
  group.wait();
  group.set_limit(0);
  EXPECT_FALSE(group.try_go([] {}));
}

SLUICE_TEST(SingleFlight, OneCallServesAllThatWait) {
  SingleFlight<std::string, int> flights;
  std::atomic<int> calls{0};
  auto gate = make_chan();
  WaitGroup wg;
  for (int i = 0; i < 8; ++i) {
    wg.go([&] { EXPECT_EQ(flights.call("key", [&] { return ++calls, gate.recv(), 7; }), 7); });
  }
  ASSERT_TRUE(test::eventually([&] { return calls == 1; }));
  gate.close();
  wg.wait();
  EXPECT_GE(calls, 1);
  EXPECT_EQ(flights.call("key", [] { return 8; }), 8);
  EXPECT_THROW(flights.call("bad", []() -> int { throw std::runtime_error("no"); }),
               std::runtime_error);
}

SLUICE_TEST(Pool, GivesTheLastReturnedFirst) {
  int made = 0;
  Pool<int> pool([&made] { return ++made; });
  EXPECT_EQ(pool.get(), 1);
  pool.put(10);
  pool.put(20);
  EXPECT_EQ(pool.get(), 20);
  EXPECT_EQ(pool.get(), 10);
  EXPECT_EQ(pool.get(), 2);
}

SLUICE_TEST(Map, DoesWhatItsOperationsSay) {
  Map<int, std::string> map;
  EXPECT_FALSE(map.load(1));
  map.store(1, "one");
  EXPECT_EQ(map.load_or_store(1, "other"), std::pair(std::string("one"), true));
  EXPECT_EQ(map.load_or_store(2, "two"), std::pair(std::string("two"), false));
  EXPECT_EQ(map.swap(2, "deux"), "two");
  EXPECT_FALSE(map.compare_and_swap(2, "two", "zwei"));
  EXPECT_TRUE(map.compare_and_swap(2, "deux", "zwei"));
  EXPECT_FALSE(map.compare_and_swap(3, "", "drei"));
  EXPECT_EQ(map.load_and_erase(2), "zwei");
  EXPECT_FALSE(map.erase(2));
  EXPECT_FALSE(map.compare_and_erase(1, "uno"));
  EXPECT_TRUE(map.compare_and_erase(1, "one"));
  for (int i = 0; i < 100; ++i) map.store(i, "x");
  int seen = 0;
  map.range([&](int key, const std::string&) {
    map.erase(key);  // the current key may go
    ++seen;
    return true;
  });
  EXPECT_EQ(seen, 100);
  map.store(1, "x");
  map.clear();
  EXPECT_FALSE(map.load(1));
}

SLUICE_TEST(OnceFunc, RunsOnceAndRepeatsItsOutcome) {
  int calls = 0;
  const auto value = once_value([&calls] { return ++calls; });
  EXPECT_EQ(value(), 1);
  EXPECT_EQ(value(), 1);
  const auto copy = value;
  EXPECT_EQ(copy(), 1);
  const auto broken = once_func([&calls] {
    ++calls;
    throw std::runtime_error("broken");
  });
  EXPECT_THROW(broken(), std::runtime_error);
  EXPECT_THROW(broken(), std::runtime_error);
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace sluice
