// Running out of stack names the goroutine, the size and the function, and ends the process with
// status 2.
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/dump.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

volatile int g_sink;

[[gnu::noinline]] int runaway_recursion(int depth) {
  volatile char frame[200];
  frame[0] = static_cast<char>(depth);
  if (depth < 0) return 0;  // never, but the compiler can't know
  const int below = runaway_recursion(depth + 1);
  g_sink = frame[0];
  return below + g_sink;
}

// A frame that is larger than a page steps over small guards.
[[gnu::noinline]] int runaway_with_large_frames(int depth) {
  volatile char frame[12'000];
  frame[sizeof frame - 1] = static_cast<char>(depth);
  frame[0] = static_cast<char>(depth);
  if (depth < 0) return 0;
  const int below = runaway_with_large_frames(depth + 1);
  g_sink = frame[0];
  return below + g_sink;
}

SLUICE_CHILD(overflow_in_main) {
  return run([] { runaway_recursion(0); });
}
SLUICE_CHILD(overflow_in_named_goroutine) {
  return run([] {
    go(GoOptions{.name = "deep"}, [] { runaway_recursion(0); });
    (void)make_chan<int>().recv();
  });
}
SLUICE_CHILD(overflow_of_a_small_stack) {
  return run([] {
    go(GoOptions{.stack_size = 64 * 1024}, [] { runaway_recursion(0); });
    (void)make_chan<int>().recv();
  });
}
SLUICE_CHILD(overflow_with_large_frames) {
  return run([] { runaway_with_large_frames(0); });
}
SLUICE_CHILD(overflow_on_a_worker_that_is_busy_elsewhere) {
  return run(Options{.workers = 4}, [] {
    for (int i = 0; i < 3; ++i) {
      go([] {
        for (;;) yield();
      });
    }
    go([] { runaway_recursion(0); });
    for (;;) yield();
  });
}

void expect_overflow(const test::Child& child, std::size_t size, const std::string& function) {
  const test::ChildResult result = test::run_child(child);
  EXPECT_EQ(result.status, 2) << child.name;
  EXPECT_EQ(result.out, "");
  const std::string message = "runtime: goroutine stack exceeds " + std::to_string(size) +
                              "-byte limit\nfatal error: stack overflow\n\n";
  EXPECT_EQ(result.err.substr(0, message.size()), message) << child.name << " printed:\n"
                                                           << result.err;
  const test::Dump dump = test::parse_dump(result.err);
  ASSERT_FALSE(dump.goroutines.empty()) << result.err;
  EXPECT_EQ(dump.goroutines[0].state, "running");
  ASSERT_FALSE(dump.goroutines[0].lines.empty());
  EXPECT_NE(dump.goroutines[0].lines[0].find(function), std::string::npos)
      << dump.goroutines[0].lines[0];
}

TEST(StackOverflow, NamesGoroutineSizeAndFunction) {
  expect_overflow(overflow_in_main, 256 * 1024, "runaway_recursion");
  expect_overflow(overflow_of_a_small_stack, 64 * 1024, "runaway_recursion");
  expect_overflow(overflow_with_large_frames, 256 * 1024, "runaway_with_large_frames");
  expect_overflow(overflow_on_a_worker_that_is_busy_elsewhere, 256 * 1024, "runaway_recursion");
  const test::ChildResult named = test::run_child(overflow_in_named_goroutine);
  EXPECT_EQ(named.status, 2);
  EXPECT_NE(named.err.find("deep"), std::string::npos) << named.err;
}

SLUICE_CHILD(plain_segmentation_fault) {
  return run([] {
    volatile int* volatile nowhere = nullptr;
    *nowhere = 1;
  });
}

TEST(StackOverflow, AnyOtherFaultIsThePrograms) {
  const test::ChildResult result = test::run_child(plain_segmentation_fault);
  EXPECT_NE(result.status, 0);
  EXPECT_NE(result.status, 2);
  EXPECT_EQ(result.err.find("stack overflow"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace sluice
