// What a goroutine may do with its stack: use it deeply, give it back, ask for another size.
#include <gtest/gtest.h>

#include <cstring>
#include <regex>
#include <string>

#include "sluice/sluice.hpp"
#include "support/expect_panic.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

// Uses about 1 KiB of stack a level, and reads it again on the way back.
[[gnu::noinline]] int descend(int levels) {
  volatile char frame[1024];
  for (std::size_t i = 0; i < sizeof frame; i += 64)
    frame[i] = static_cast<char>(levels + static_cast<int>(i));
  if (levels == 0) return 0;
  const int below = descend(levels - 1);
  for (std::size_t i = 0; i < sizeof frame; i += 64) {
    if (frame[i] != static_cast<char>(levels + static_cast<int>(i))) return -1'000'000;
  }
  return below + 1;
}

// Sanitizers make frames larger.
constexpr int kLevels = test::kSanitized ? 50 : 200;

SLUICE_TEST(Stack, IsDeepEnoughForOrdinaryCode) { EXPECT_EQ(descend(kLevels), kLevels); }

SLUICE_TEST(Stack, SurvivesOthersRunningBetween) {
  WaitGroup wg;
  for (int id = 0; id < 20; ++id) {
    wg.go([id] {
      char text[2048];
      std::memset(text, 'a' + id, sizeof text);
      for (int i = 0; i < test::rounds(100); ++i) {
        yield();
        for (char c : text) ASSERT_EQ(c, 'a' + id);
      }
    });
  }
  wg.wait();
}

// Deep stacks are used again by shallow goroutines and the other way round.
SLUICE_TEST(Stack, DeepOnesAreUsedAgain) {
  for (int round = 0; round < test::rounds(20); ++round) {
    WaitGroup wg;
    for (int i = 0; i < 50; ++i) {
      wg.go([i] {
        const int levels = i % 5 == 0 ? kLevels : 2;
        EXPECT_EQ(descend(levels), levels);
      });
    }
    wg.wait();
  }
}

SLUICE_TEST(Stack, SizeOfItsOwn) {
  WaitGroup wg;
  wg.add(3);
  go(GoOptions{.stack_size = std::size_t{16} << 20}, [&] {
    EXPECT_EQ(descend(8'000 / (test::kSanitized ? 4 : 1)), 8'000 / (test::kSanitized ? 4 : 1));
    wg.done();
  });
  // std::regex recurses for each character: 736 KiB for a thousand of them.
  go(GoOptions{.name = "regex", .stack_size = std::size_t{8} << 20}, [&] {
    EXPECT_TRUE(std::regex_match(std::string(1000, 'x'), std::regex("(x|y)*")));
    wg.done();
  });
  go(GoOptions{.stack_size = 1}, [&] { wg.done(); });
  wg.wait();
}

SLUICE_TEST(Stack, ImpossibleSizePanics) {
  EXPECT_PANIC(go(GoOptions{.stack_size = std::size_t{1} << 40}, [] {}),
               "sluice: stack size out of range: at most 1 GiB");
  EXPECT_EQ(num_goroutines(), 1u);
}

TEST(Stack, SizeForAllFromOptions) {
  run(Options{.workers = 2, .stack_size = std::size_t{4} << 20}, [] {
    WaitGroup wg;
    for (int i = 0; i < 4; ++i) {
      wg.go([] {
        EXPECT_EQ(descend(test::kSanitized ? 500 : 2'000), test::kSanitized ? 500 : 2'000);
      });
    }
    EXPECT_EQ(descend(test::kSanitized ? 500 : 2'000), test::kSanitized ? 500 : 2'000);
    wg.wait();
  });
}

SLUICE_TEST(Stack, IsAlignedForVectorCode) {
  WaitGroup wg;
  for (int i = 0; i < 8; ++i) {
    wg.go([] {
      alignas(64) volatile char wide[64] = {};
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(&wide) % 64, 0u);
      long double x = 1.5L;
      char text[32];
      std::snprintf(text, sizeof text, "%.2Lf", x);  // movaps in libc faults on a misaligned stack
      EXPECT_STREQ(text, "1.50");
    });
  }
  wg.wait();
}

}  // namespace
}  // namespace sluice
