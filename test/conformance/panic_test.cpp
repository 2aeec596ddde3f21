// Panics that nobody catches, and what ends as they do: a null function, a stack that is too deep.
// Each in a process of its own, with exit status 2 and Go's text.
#include <unistd.h>
#include <gtest/gtest.h>

#include <exception>
#include <functional>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <utility>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/dump.hpp"
#include "support/expect_fatal.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

// A call of its own, so that the compiler does not see at the caller that it throws.
[[gnu::noinline]] void raise_panic(const char* text) {
  asm volatile("");
  throw Panic(text);
}

// Of a panic only the goroutine that panics is shown.
void expect_panic_of(const test::Child& child, const std::string& text, bool in_main) {
  const test::Dump dump = test::expect_fatal(child, "panic: " + text + "\n");
  ASSERT_EQ(dump.goroutines.size(), 1u) << child.name;
  EXPECT_EQ(dump.goroutines[0].state, "running") << child.name;
  EXPECT_EQ(dump.goroutines[0].id == 1, in_main) << dump.goroutines[0].header;
  EXPECT_TRUE(dump.goroutines[0].mentions("panic_test.cpp")) << child.name;
}

// ---- uncaught ----

SLUICE_CHILD(conformance_panic_in_main) {
  return run([] { raise_panic("in main"); });
}
SLUICE_CHILD(conformance_panic_in_a_second_goroutine) {
  return run([] {
    go([] { raise_panic("in another goroutine"); });
    return select();
  });
}
SLUICE_CHILD(conformance_panic_in_a_grandchild) {
  return run(Options{.workers = 4}, [] {
    for (int i = 0; i < 20; ++i) {
      go([] {
        go([] { raise_panic("in one of many"); });
        return select();
      });
    }
    return select();
  });
}
SLUICE_CHILD(conformance_panic_behind_a_catch_of_another_type) {
  return run([] {
    go([] {
      try {
        raise_panic("of this type");
      } catch (const std::runtime_error&) {
      }
    });
    return select();
  });
}

TEST(ConformanceGoroutine, UncaughtPanicInAnyGoroutineEndsTheProcess) {
  expect_panic_of(conformance_panic_in_main, "in main", true);
  expect_panic_of(conformance_panic_in_a_second_goroutine, "in another goroutine", false);
  expect_panic_of(conformance_panic_in_a_grandchild, "in one of many", false);
  expect_panic_of(conformance_panic_behind_a_catch_of_another_type, "of this type", false);
}

SLUICE_CHILD(conformance_panic_while_main_returns) {
  return run(Options{.workers = 2}, [] {
    const auto started = make_chan();
    go([=] {
      started.close();
      raise_panic("at the last moment");
    });
    started.recv();
  });
}

// Either main was first and nothing is said, or all of it is.
TEST(ConformanceGoroutine, PanicIsToldCompletelyWhileMainReturns) {
  for (int round = 0; round < test::rounds(30); ++round) {
    const test::ChildResult result = test::run_child(conformance_panic_while_main_returns);
    if (result.status == 0) {
      EXPECT_EQ(result.err, "");
      continue;
    }
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.err.rfind("panic: at the last moment\n\ngoroutine 2 [running]:\n", 0), 0u)
        << result.err;
    const test::Dump dump = test::parse_dump(result.err);
    ASSERT_EQ(dump.goroutines.size(), 1u) << result.err;
    EXPECT_TRUE(dump.goroutines[0].mentions("in goroutine 1")) << result.err;
    EXPECT_EQ(result.err.back(), '\n');
  }
}

// ---- after, during and instead of another end ----

SLUICE_CHILD(conformance_panic_after_exit) {
  return run([] {
    go([] {
      Defer late{[] { raise_panic("after the exit"); }};
      exit_goroutine();
    });
    return select();
  });
}
SLUICE_CHILD(conformance_panic_after_exit_of_main) {
  return run([] {
    Defer late{[] { raise_panic("after the exit"); }};
    exit_goroutine();
  });
}

TEST(ConformanceGoroutine, PanicAfterExitIsTold) {
  expect_panic_of(conformance_panic_after_exit, "after the exit", false);
  expect_panic_of(conformance_panic_after_exit_of_main, "after the exit", true);
}

SLUICE_CHILD(conformance_panic_raised_again) {
  return run([] {
    try {
      raise_panic("first");
    } catch (const Panic&) {
      throw;
    }
  });
}
SLUICE_CHILD(conformance_panic_while_another_is_handled) {
  return run([] {
    try {
      raise_panic("first");
    } catch (const Panic&) {
      raise_panic("second");
    }
  });
}
// Nobody catches it, so nothing unwinds: what would have panicked meanwhile never runs.
SLUICE_CHILD(conformance_panic_over_a_deferred_panic) {
  return run([] {
    Defer second{[] { raise_panic("second"); }};
    raise_panic("first");
  });
}
SLUICE_CHILD(conformance_panic_over_a_deferred_exit) {
  return run([] {
    go([] {
      Defer leaves{[] { exit_goroutine(); }};
      raise_panic("first");
    });
    return select();
  });
}

TEST(ConformanceGoroutine, PanicsInARowTellTheOneThatNobodyCaught) {
  expect_panic_of(conformance_panic_raised_again, "first", true);
  expect_panic_of(conformance_panic_while_another_is_handled, "second", true);
  expect_panic_of(conformance_panic_over_a_deferred_panic, "first", true);
  expect_panic_of(conformance_panic_over_a_deferred_exit, "first", false);
}

// ---- the text of the panic is made by code of the user's own ----

struct YieldsInWhat : std::exception {
  const char* what() const noexcept override {
    for (int i = 0; i < 100; ++i) yield();
    return "said after yields";
  }
};
struct CallsTheSystemInWhat : std::exception {
  const char* what() const noexcept override {
    usleep(20'000);
    blocking([] { usleep(20'000); });
    return "said after system calls";
  }
};
struct WaitsInWhat : std::exception {
  const char* what() const noexcept override {
    const auto ch = make_chan();
    go([=] { ch.send(); });
    ch.recv();
    return "said after a wait";
  }
};

template <class Exception>
int throws_beside_a_sleeping_main() {
  return run(Options{.workers = 2}, [] {
    go([] { throw Exception(); });
    return select();
  });
}
SLUICE_CHILD(conformance_what_yields) { return throws_beside_a_sleeping_main<YieldsInWhat>(); }
SLUICE_CHILD(conformance_what_calls_the_system) {
  return throws_beside_a_sleeping_main<CallsTheSystemInWhat>();
}
SLUICE_CHILD(conformance_what_waits) { return throws_beside_a_sleeping_main<WaitsInWhat>(); }

// Main waits for ever: one wrong look at who can go on would call it a deadlock.
TEST(ConformanceGoroutine, MakingThePanicsTextIsNoDeadlock) {
  const std::string scope = "sluice::(anonymous namespace)::";
  expect_panic_of(conformance_what_yields, scope + "YieldsInWhat: said after yields", false);
  expect_panic_of(conformance_what_calls_the_system,
                  scope + "CallsTheSystemInWhat: said after system calls", false);
  expect_panic_of(conformance_what_waits, scope + "WaitsInWhat: said after a wait", false);
}

// ---- a null function ----

SLUICE_CHILD(conformance_go_null_pointer) {
  return run([] {
    try {
      go(static_cast<void (*)()>(nullptr));
    } catch (...) {
    }
  });
}
SLUICE_CHILD(conformance_go_empty_function) {
  return run([] {
    try {
      go(std::function<void()>());
    } catch (...) {
    }
  });
}
SLUICE_CHILD(conformance_go_null_in_a_second_goroutine) {
  return run([] {
    go([] { go(GoOptions{.name = "null"}, std::function<void()>()); });
    return select();
  });
}

TEST(ConformanceGoroutine, StartOfANullFunctionIsFatal) {
  for (const auto* child : {&conformance_go_null_pointer, &conformance_go_empty_function,
                            &conformance_go_null_in_a_second_goroutine}) {
    const test::Dump dump = test::expect_fatal(*child, "fatal error: go of nil func value\n");
    ASSERT_FALSE(dump.goroutines.empty()) << child->name;
    EXPECT_EQ(dump.goroutines[0].state, "running") << "the one at fault comes first";
    EXPECT_TRUE(dump.goroutines[0].mentions("panic_test.cpp")) << child->name;
    EXPECT_NE(dump.with_id(1), nullptr) << "of a fatal error all are shown";
  }
}

// ---- a stack that is too deep ----

volatile int g_sink;

[[gnu::noinline]] int recurse(int depth) {
  volatile char frame[300];
  frame[0] = static_cast<char>(depth);
  if (depth < 0) return 0;  // never, but the compiler can't know
  const int below = recurse(depth + 1);
  g_sink = frame[0];
  return below + g_sink;
}

SLUICE_CHILD(conformance_recursion_in_main) {
  return run([] { recurse(0); });
}
SLUICE_CHILD(conformance_recursion_in_a_small_goroutine) {
  return run([] {
    go(GoOptions{.stack_size = 64 * 1024}, [] { recurse(0); });
    return select();
  });
}
SLUICE_CHILD(conformance_recursion_that_catches_everything) {
  return run(Options{.stack_size = 128 * 1024}, [] {
    try {
      recurse(0);
    } catch (...) {
    }
  });
}

TEST(ConformanceGoroutine, RunawayRecursionIsAStackOverflow) {
  const std::initializer_list<std::pair<const test::Child*, int>> programs = {
      {&conformance_recursion_in_main, 256 * 1024},
      {&conformance_recursion_in_a_small_goroutine, 64 * 1024},
      {&conformance_recursion_that_catches_everything, 128 * 1024}};
  for (const auto& [child, size] : programs) {
    const test::Dump dump =
        test::expect_fatal(*child, "runtime: goroutine stack exceeds " + std::to_string(size) +
                                       "-byte limit\nfatal error: stack overflow\n");
    ASSERT_FALSE(dump.goroutines.empty()) << child->name;
    EXPECT_EQ(dump.goroutines[0].state, "running");
    EXPECT_TRUE(dump.goroutines[0].mentions("recurse")) << child->name;
  }
}

}  // namespace
}  // namespace sluice
