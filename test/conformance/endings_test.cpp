// Ends that go wrong themselves: text that can't be made, panics in a row, an exit that can't
// unwind, too many threads. Each is told, with exit status 2; none hangs.
#include <pthread.h>
#include <signal.h>
#include <unistd.h>
#include <gtest/gtest.h>

#include <atomic>
#include <exception>
#include <initializer_list>
#include <stdexcept>
#include <string>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/dump.hpp"
#include "support/expect_fatal.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"
#include "support/unchecked_locking.hpp"

namespace sluice {
namespace {

const char* const kAsleep = "fatal error: all goroutines are asleep - deadlock!\n";

// ---- what() fails ----

struct ThrowsInWhat : std::exception {
  const char* what() const noexcept override { fail(); }
  // Where compilers do not see that it leaves a noexcept function.
  [[gnu::noinline]] [[noreturn]] static void fail() { throw std::runtime_error("inside what"); }
};
struct FatalInWhat : std::exception {
  const char* what() const noexcept override {
    Mutex mu;
    mu.unlock();
    return "";
  }
};
struct WaitsForEverInWhat : std::exception {
  const char* what() const noexcept override {
    select();
    return "";
  }
};
SLUICE_CHILD(conformance_what_throws) {
  return run([] { throw ThrowsInWhat(); });
}
SLUICE_CHILD(conformance_what_is_fatal) {
  return run([] { throw FatalInWhat(); });
}
SLUICE_CHILD(conformance_what_waits_for_ever) {
  return run([] { throw WaitsForEverInWhat(); });
}

TEST(ConformanceGoroutine, FailureWhileThePanicsTextIsMadeIsToldInstead) {
  test::expect_fatal(conformance_what_throws, "panic: std::runtime_error: inside what\n");
  test::expect_fatal(conformance_what_is_fatal, "fatal error: sync: unlock of unlocked mutex\n");
  test::expect_fatal(conformance_what_waits_for_ever, kAsleep);
}

// ---- values and chains ----

SLUICE_CHILD(conformance_throw_nullptr) {
  return run([] { throw nullptr; });
}
SLUICE_CHILD(conformance_throw_null_text) {
  return run([] { throw static_cast<const char*>(nullptr); });
}

TEST(ConformanceText, PanicWithNothing) {
  test::expect_fatal(conformance_throw_nullptr, "panic: panic called with nil argument\n");
  test::expect_fatal(conformance_throw_null_text, "panic: char const*\n");
}

SLUICE_CHILD(conformance_nested) {
  return run([] {
    try {
      try {
        throw Panic("first");
      } catch (...) {
        std::throw_with_nested(std::runtime_error("second"));
      }
    } catch (...) {
      std::throw_with_nested(std::logic_error("third"));
    }
  });
}

TEST(ConformanceGoroutine, PanicsNestedInEachOtherAreToldInOrder) {
  test::expect_fatal(conformance_nested,
                     "panic: first [recovered]\n\tpanic: std::runtime_error: second [recovered]\n"
                     "\tpanic: std::logic_error: third\n");
}

// ---- an exit that can't unwind ----

[[gnu::noinline]] void leave() {
  asm volatile("");
  exit_goroutine();
}
SLUICE_CHILD(conformance_exit_through_noexcept) {
  return run([] {
    go([]() noexcept { leave(); });
    return select();
  });
}
SLUICE_CHILD(conformance_exit_within_a_panic) {
  return run([] {
    go([] {
      try {
        Defer exits{[] { leave(); }};
        throw Panic("first");
      } catch (...) {
        throw;
      }
    });
    return select();
  });
}

TEST(ConformanceGoroutine, ExitThatCannotUnwindIsTold) {
  for (const auto* child : {&conformance_exit_through_noexcept, &conformance_exit_within_a_panic}) {
    const test::ChildResult result = test::run_child(*child);
    EXPECT_EQ(result.status, 2) << child->name;
    // A compiler may see that the panic gets no further than the destructor: nothing unwinds then.
    EXPECT_TRUE(
        result.err.starts_with("fatal error: sluice: exit_goroutine stopped by a noexcept") ||
        (child == &conformance_exit_within_a_panic && result.err.starts_with("panic: first\n")))
        << child->name << "\n"
        << result.err;
  }
}

// ---- threads ----

SLUICE_TEST_ON(ConformanceGoroutine, StateOfALockedThreadStaysItsOwn, 1) {
  const ThreadLock lock;
  sigset_t mask;
  sigset_t before;
  sigemptyset(&mask);
  sigaddset(&mask, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &mask, &before);
  constexpr int kThreads = 8;
  std::atomic<int> inside{0};
  std::atomic<int> leaked{0};
  WaitGroup wg;
  for (int i = 0; i < kThreads; ++i) {
    wg.go([&] {
      blocking([&] {
        sigset_t now;
        pthread_sigmask(SIG_BLOCK, nullptr, &now);
        if (sigismember(&now, SIGUSR2) != 0) ++leaked;
        ++inside;
        while (inside < kThreads) sched_yield();
      });
    });
  }
  wg.wait();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ(leaked, 0);
}

// A sanitizer has no room for so many threads.
SLUICE_CHILD(conformance_too_many_threads) {
  return run([] {
    for (int i = 0; i < 10'100; ++i) {
      go([] { blocking([] { ::pause(); }); });
    }
    return select();
  });
}

TEST(ConformanceGoroutine, TooManyThreadsAreThreadExhaustion) {
  if (test::kSanitized) return;
  const test::ChildResult result = test::run_child(conformance_too_many_threads);
  EXPECT_EQ(result.status, 2);
  const std::string told =
      "runtime: program exceeds 10000-thread limit\nfatal error: thread exhaustion\n";
  EXPECT_EQ(result.err.substr(0, told.size()), told);
}

// ---- long stacks ----

[[gnu::noinline]] int deep(int n) {
  if (n == 0) return select();
  const int below = deep(n - 1);
  asm volatile("");
  return below + 1;
}
SLUICE_CHILD(conformance_long_stack) {
  return run([] { return deep(170); });
}

TEST(ConformanceDump, LongStackSaysHowMuchIsLeftOut) {
  const test::Dump dump = test::expect_fatal(conformance_long_stack, kAsleep);
  ASSERT_EQ(dump.goroutines.size(), 1u);
  EXPECT_TRUE(dump.goroutines[0].mentions(" frames elided..."));
}

}  // namespace
}  // namespace sluice
