// Once, once_func and once_value as Go's own tests see them: one run, its outcome for everybody,
// and what becomes of the function when it does not return.
#include <sys/resource.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/dump.hpp"
#include "support/eventually.hpp"
#include "support/expect_fatal.hpp"
#include "support/expect_panic.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

constexpr int kGoroutines = 10;

// Neither the count nor the value is atomic: the Once alone orders them.
SLUICE_TEST_ON(ConformanceOnce, TenGoroutinesRunItOnceAndSeeItsEffect, 1, 2, 8) {
  for (int round = 0; round < test::rounds(500); ++round) {
    Once once;
    int runs = 0;
    std::string effect;
    WaitGroup wg;
    for (int i = 0; i < kGoroutines; ++i) {
      wg.go([&] {
        once.call([&] {
          ++runs;
          if (round % 3 == 0) yield();
          effect = "done";
        });
        EXPECT_EQ(effect, "done") << "call returned before the one run was over";
      });
    }
    wg.wait();
    ASSERT_EQ(runs, 1);
  }
}

SLUICE_TEST_ON(ConformanceOnce, EachOnceHasARunOfItsOwnWhateverTheFunction, 1, 2, 8) {
  Once a;
  Once b;
  std::string ran;
  a.call([&] { ran += "first"; });
  a.call([&] { ran += "other function"; });
  b.call([&] { ran += " second"; });
  EXPECT_EQ(ran, "first second");
}

SLUICE_TEST_ON(ConformanceOnce, CallThatThrowsIsNotRepeated, 1, 2, 8) {
  Once once;
  int runs = 0;
  EXPECT_PANIC(once.call([&] {
    ++runs;
    throw Panic("failed");
  }),
               "failed");
  EXPECT_NO_THROW(once.call([&] { ++runs; }));
  EXPECT_EQ(runs, 1);
}

// Who waited for the run that failed goes on, with nothing thrown at it.
SLUICE_TEST_ON(ConformanceOnce, CallThatThrowsLetsWaitersGo, 1, 2, 8) {
  Once once;
  const auto inside = make_chan();
  const auto fail = make_chan();
  WaitGroup wg;
  wg.go([&] {
    EXPECT_PANIC(once.call([&] {
      inside.close();
      fail.recv();
      throw Panic("failed");
    }),
                 "failed");
  });
  inside.recv();
  for (int i = 0; i < 5; ++i) {
    wg.go([&] { EXPECT_NO_THROW(once.call([] { ADD_FAILURE() << "ran again"; })); });
  }
  ASSERT_TRUE(test::eventually_parked("sync.Mutex.Lock", 5));
  fail.close();
  wg.wait();
}

SLUICE_TEST_ON(ConformanceOnce, OnceFuncRunsOnce, 1, 2, 8) {
  int runs = 0;
  const auto f = once_func([&] { ++runs; });
  EXPECT_EQ(runs, 0) << "it ran before anybody called";
  WaitGroup wg;
  for (int i = 0; i < kGoroutines; ++i) {
    wg.go([&runs, f] {  // a copy each
      f();
      EXPECT_EQ(runs, 1);
    });
  }
  wg.wait();
  EXPECT_EQ(runs, 1);
}

SLUICE_TEST_ON(ConformanceOnce, OnceValueGivesTheSameValueEveryTime, 1, 2, 8) {
  int runs = 0;
  const auto f = once_value([&] { return std::make_unique<int>(++runs); });  // can't be copied
  EXPECT_EQ(runs, 0);
  WaitGroup wg;
  for (int i = 0; i < kGoroutines; ++i) {
    wg.go([&] {
      for (int k = 0; k < 100; ++k) EXPECT_EQ(*f(), 1);
    });
  }
  wg.wait();
  EXPECT_EQ(&f(), &f()) << "not a reference to one object";
  EXPECT_EQ(runs, 1);
}

SLUICE_TEST_ON(ConformanceOnce, OnceValueOfAPairGivesTheSameTwoValues, 1, 2, 8) {
  int runs = 0;
  const auto f = once_value([&] {
    ++runs;
    return std::pair(std::string("value"), 42 + runs);
  });
  for (int i = 0; i < 3; ++i) {
    const auto& [text, number] = f();
    EXPECT_EQ(text, "value");
    EXPECT_EQ(number, 43);
  }
  EXPECT_EQ(runs, 1);
}

// From here on nothing can be allocated. Under a sanitizer, which has an allocator of its own, it
// does nothing.
void use_up_memory() {
  if (test::kSanitized) return;
  const rlimit none{0, 0};
  setrlimit(RLIMIT_AS, &none);
  setrlimit(RLIMIT_DATA, &none);
  static void* volatile taken;  // a malloc whose result nobody can see would be left out
  for (std::size_t size = 1 << 20; size >= 16; size -= size > 4096 ? 4096 : 16) {
    do {
      taken = std::malloc(size);
    } while (taken != nullptr);
  }
}

// Without a run that is active: its threads need memory now and then.
SLUICE_CHILD(conformance_once_without_memory) {
  static Once once;
  static const auto func = once_func([] {});
  static const auto value = once_value([] { return std::string(100, 'x'); });
  run([] {
    once.call([] {});
    func();
    value();
  });
  use_up_memory();
  std::size_t sum = 0;
  for (int i = 0; i < 1000; ++i) {
    once.call([] {});
    func();
    sum += value().size();
  }
  std::_Exit(sum == 100'000 ? 0 : 3);
}
SLUICE_CHILD(conformance_allocation_without_memory) {
  use_up_memory();
  static void* volatile taken;
  taken = std::malloc(32);
  std::_Exit(test::kSanitized || taken == nullptr ? 0 : 3);
}

TEST(ConformanceOnce, CallsAfterTheFirstNeedNoMemory) {
  ASSERT_EQ(test::run_child(conformance_allocation_without_memory).status, 0)
      << "memory can't be used up here, so the test would prove nothing";
  EXPECT_EQ(test::run_child(conformance_once_without_memory).status, 0);
}

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
  int code = 0;
};

template <class F>
void every_call_throws_the_same(const F& f, const int& runs) {
  const void* first = nullptr;
  for (int i = 0; i < 5; ++i) {
    try {
      f();
      ADD_FAILURE() << "call " << i << " returned";
    } catch (const Failure& failure) {
      EXPECT_STREQ(failure.what(), "failed");
      EXPECT_EQ(failure.code, 7);
      if (first == nullptr) first = &failure;
      EXPECT_EQ(&failure, first) << "call " << i << " threw another object";
    }
  }
  EXPECT_EQ(runs, 1);
}

SLUICE_TEST_ON(ConformanceOnce, EveryCallThrowsWhatTheOneRunThrew, 1, 2, 8) {
  int runs = 0;
  const auto fail = [&] {
    ++runs;
    Failure failure("failed");
    failure.code = 7;
    throw failure;
  };
  every_call_throws_the_same(once_func(fail), runs);
  runs = 0;
  every_call_throws_the_same(once_value([&]() -> int {
                               fail();
                               return 1;
                             }),
                             runs);
}

SLUICE_TEST_ON(ConformanceOnce, EveryCallThrowsWhateverItIs, 1, 2, 8) {
  const auto f = once_func([] { throw 5; });
  const auto g = once_value([]() -> std::string { throw 6; });
  for (int i = 0; i < 3; ++i) {
    try {
      f();
      ADD_FAILURE() << "call " << i << " returned";
    } catch (int thrown) {
      EXPECT_EQ(thrown, 5);
    }
    try {
      ADD_FAILURE() << "call " << i << " returned " << g();
    } catch (int thrown) {
      EXPECT_EQ(thrown, 6);
    }
  }
}

SLUICE_TEST_ON(ConformanceOnce, CallsAfterARunThatExitedPanic, 1, 2, 8) {
  const auto f = once_value([]() -> int { exit_goroutine(); });
  WaitGroup wg;
  wg.go([&] { f(); });
  wg.wait();
  EXPECT_THROW(f(), Panic);
}

SLUICE_TEST_ON(ConformanceOnce, WaitersOfARunThatThrowsGetItsExceptionToo, 1, 2, 8) {
  const auto inside = make_chan();
  const auto fail = make_chan();
  std::atomic<int> runs{0};
  const auto f = once_value([&]() -> int {
    ++runs;
    inside.close();
    fail.recv();
    throw Panic("failed");
  });
  WaitGroup wg;
  wg.go([&] { EXPECT_PANIC(f(), "failed"); });
  inside.recv();
  for (int i = 0; i < 5; ++i) wg.go([&] { EXPECT_PANIC(f(), "failed"); });
  ASSERT_TRUE(test::eventually_parked("sync.Mutex.Lock", 5));
  fail.close();
  wg.wait();
  EXPECT_EQ(runs, 1);
}

SLUICE_TEST_ON(ConformanceOnce, RunThatExitsItsGoroutineIsNotRepeated, 1, 2, 8) {
  Once once;
  std::atomic<int> runs{0};
  const auto exits = [&] {
    ++runs;
    exit_goroutine();
  };
  const auto f = once_func(exits);
  WaitGroup wg;
  wg.go([&] {
    once.call(exits);
    ADD_FAILURE() << "went on after the exit";
  });
  wg.wait();
  once.call(exits);
  EXPECT_EQ(runs, 1);
  wg.go([&] {
    f();
    ADD_FAILURE() << "went on after the exit";
  });
  wg.wait();
  wg.go([&] {  // What this call gives is nobody's business, only that it comes back.
    try {
      f();
    } catch (const std::exception&) {
    }
  });
  wg.wait();
  EXPECT_EQ(runs, 2);
}

// What the function holds is let go of after its run, although the wrapper lives on.
SLUICE_TEST_ON(ConformanceOnce, FunctionIsDestroyedAfterItsRun, 1, 2, 8) {
  const auto held = std::make_shared<int>(5);
  const auto func = once_func([held] {});
  const auto value = once_value([held] { return *held; });
  const auto failing = once_func([held] { throw Panic("failed"); });
  EXPECT_EQ(held.use_count(), 4);
  func();
  EXPECT_EQ(held.use_count(), 3);
  EXPECT_EQ(value(), 5);
  EXPECT_EQ(held.use_count(), 2);
  EXPECT_PANIC(failing(), "failed");
  EXPECT_EQ(held.use_count(), 1);
}

SLUICE_CHILD(conformance_once_inside_itself) {
  return run([] {
    Once once;
    once.call([&] { once.call([] {}); });
  });
}

TEST(ConformanceOnce, CallFromWithinItselfIsADeadlock) {
  const test::Dump dump = test::expect_fatal(
      conformance_once_inside_itself, "fatal error: all goroutines are asleep - deadlock!\n");
  ASSERT_EQ(dump.goroutines.size(), 1u);
  EXPECT_EQ(dump.goroutines[0].state, "sync.Mutex.Lock");
}

}  // namespace
}  // namespace sluice
