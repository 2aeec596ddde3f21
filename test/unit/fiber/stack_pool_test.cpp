// Stacks as memory: their guards, their way in and out of the pool, and the pages that they hold.
#include <gtest/gtest.h>

#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "fiber/stack_pool.hpp"
#include "support/eventually.hpp"

namespace sluice::fiber {
namespace {

// Whether the byte can be read, found out without being killed by it.
bool readable(const std::byte* address) {
  std::byte into{};
  iovec local{&into, 1};
  iovec remote{const_cast<std::byte*>(address), 1};
  return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == 1;
}

TEST(StackSize, IsTheNextPowerOfTwo) {
  EXPECT_EQ(stack_log2(1), kMinStackLog2);
  EXPECT_EQ(stack_log2(16 * 1024), kMinStackLog2);
  EXPECT_EQ(stack_log2(16 * 1024 + 1), kMinStackLog2 + 1);
  EXPECT_EQ(stack_log2(256 * 1024), 18u);
  EXPECT_EQ(stack_log2(std::size_t{1} << kMaxStackLog2), kMaxStackLog2);
  EXPECT_EQ(stack_log2((std::size_t{1} << kMaxStackLog2) + 1), 0u);
}

class StackPool : public testing::TestWithParam<unsigned> {};

TEST_P(StackPool, GivesWritableStacksWithAGuard) {
  const std::size_t before = stacks_in_use();
  Stack stack;
  ASSERT_TRUE(take_stack(GetParam(), stack));
  EXPECT_EQ(stacks_in_use(), before + 1);
  EXPECT_EQ(stack.size(), std::size_t{1} << GetParam());
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(stack.high()) % kPage, 0u);
  std::memset(stack.usable_low(), 0x5a, 64);
  std::memset(stack.high() - 64, 0x5a, 64);
  EXPECT_TRUE(readable(stack.usable_low()));
  EXPECT_FALSE(readable(stack.usable_low() - 1));
  EXPECT_FALSE(readable(stack.low));
  give_stack(stack);
  EXPECT_EQ(stacks_in_use(), before);
}

TEST_P(StackPool, NeverGivesOneStackTwice) {
  std::vector<Stack> stacks(50);
  std::set<std::byte*> lows;
  for (Stack& stack : stacks) {
    ASSERT_TRUE(take_stack(GetParam(), stack));
    EXPECT_TRUE(lows.insert(stack.low).second);
  }
  for (std::size_t i = 1; i < lows.size(); ++i) {
    EXPECT_GE(*std::next(lows.begin(), static_cast<int>(i)) -
                  *std::next(lows.begin(), static_cast<int>(i) - 1),
              static_cast<std::ptrdiff_t>(stacks[0].size()));
  }
  for (const Stack& stack : stacks) give_stack(stack);
}

TEST_P(StackPool, GivesTheHottestFirst) {
  Stack first;
  Stack second;
  ASSERT_TRUE(take_stack(GetParam(), first));
  ASSERT_TRUE(take_stack(GetParam(), second));
  give_stack(first);
  give_stack(second);
  Stack again;
  ASSERT_TRUE(take_stack(GetParam(), again));
  EXPECT_EQ(again.low, second.low);
  give_stack(again);
}

TEST_P(StackPool, FindsTheStackOfAnAddress) {
  Stack stack;
  ASSERT_TRUE(take_stack(GetParam(), stack));
  Stack found;
  for (const std::byte* address :
       {stack.low, stack.low + 1, stack.usable_low(), stack.high() - 1}) {
    ASSERT_TRUE(find_stack(address, found));
    EXPECT_EQ(found.low, stack.low);
    EXPECT_EQ(found.size_log2, stack.size_log2);
  }
  int local = 0;
  EXPECT_FALSE(find_stack(&local, found));
  EXPECT_FALSE(find_stack(nullptr, found));
  give_stack(stack);
}

TEST_P(StackPool, KnowsHowDeepAStackWasUsed) {
  Stack stack;
  ASSERT_TRUE(take_stack(GetParam(), stack));
  release_pages(stack, 0);
  EXPECT_EQ(resident_depth(stack), 0u);
  stack.high()[-1] = std::byte{1};
  EXPECT_EQ(resident_depth(stack), kPage);
  const std::size_t depth = stack.size() / 2;
  stack.high()[-static_cast<std::ptrdiff_t>(depth)] = std::byte{1};
  EXPECT_EQ(resident_depth(stack), depth);
  release_pages(stack, kPage);
  EXPECT_EQ(resident_depth(stack), kPage);
  EXPECT_EQ(stack.high()[-1], std::byte{1}) << "what is kept is kept";
  give_stack(stack);
}

INSTANTIATE_TEST_SUITE_P(Sizes, StackPool, testing::Values(kMinStackLog2, 16u, 18u, 23u),
                         [](const auto& size) {
                           return std::to_string((1 << size.param) / 1024) + "KiB";
                         });

// What nobody needed between two looks gives its pages back, and can be used again.
TEST(StackTrim, UnusedStacksGiveTheirPagesBack) {
  constexpr unsigned kSize = 17;
  std::vector<Stack> stacks(20);
  for (Stack& stack : stacks) {
    ASSERT_TRUE(take_stack(kSize, stack));
    std::memset(stack.high() - 2 * kPage, 1, 2 * kPage);
  }
  for (const Stack& stack : stacks) give_stack(stack);
  const auto resident = [&] {
    return std::count_if(stacks.begin(), stacks.end(),
                         [](const Stack& stack) { return resident_depth(stack) > 0; });
  };
  EXPECT_EQ(resident(), 20);
  EXPECT_TRUE(test::eventually([&] {
    trim_stacks();
    return resident() == 0;
  }));
  std::set<std::byte*> lows;
  for (Stack& stack : stacks) {
    ASSERT_TRUE(take_stack(kSize, stack));
    EXPECT_TRUE(lows.insert(stack.low).second);
    std::memset(stack.usable_low(), 1, 64);
    std::memset(stack.high() - 64, 1, 64);
    EXPECT_FALSE(readable(stack.low)) << "the guard went with the pages";
  }
  for (const Stack& stack : stacks) give_stack(stack);
}

// A leak scan looks through memory that it has found mapped, while the monitor may be trimming.
TEST(StackTrim, TakesNoMappingAway) {
  constexpr unsigned kSize = kMinStackLog2;
  const auto mapped = [] {  // where mappings of no file begin
    std::ifstream maps("/proc/self/maps");
    std::vector<std::byte*> lows;
    for (std::string line; std::getline(maps, line);) {
      const std::uintptr_t low = std::stoull(line, nullptr, 16);
      if (line.find(" rw-p ") == line.npos || line.find(" 0 ") + 3 < line.size()) continue;
      auto* first = reinterpret_cast<std::byte*>(low);
      if (readable(first)) lows.push_back(first);
    }
    return lows;
  };
  std::vector<Stack> stacks(9'600);
  std::vector<std::byte*> before;
  for (const std::size_t count : {600, 2'400, 9'600}) {  // each more than there is room for
    for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(take_stack(kSize, stacks[i]));
    for (std::size_t i = 0; i < count; ++i) give_stack(stacks[i]);
    while (trim_stacks()) continue;
    for (const std::byte* low : before) EXPECT_TRUE(readable(low));
    before = mapped();
  }
}

TEST(StackCache, KeepsSomeAtHandAndGivesThemBack) {
  const std::size_t before = stacks_in_use();
  StackCache cache;
  std::vector<Stack> stacks(100);
  Stack none{nullptr, kMinStackLog2};
  EXPECT_FALSE(cache.take(none)) << "an empty cache takes nothing from the pool";
  for (Stack& stack : stacks) ASSERT_TRUE(take_stack(kMinStackLog2, stack));
  for (const Stack& stack : stacks) cache.give(stack);
  Stack again{nullptr, kMinStackLog2};
  ASSERT_TRUE(cache.take(again));
  EXPECT_EQ(again.low, stacks[63].low) << "the last of the 64 that it keeps";
  Stack other{nullptr, kMinStackLog2 + 1};
  EXPECT_FALSE(cache.take(other)) << "only one size is kept at hand";
  cache.give(again);
  cache.drain();
  EXPECT_EQ(stacks_in_use(), before);
}

// It looks for deep use now and then: rarely while there is none, often where there is.
TEST(StackCache, GivesBackWhatWasUsedDeeply) {
  StackCache cache;
  Stack stack;
  ASSERT_TRUE(take_stack(17, stack));
  const auto looks_after = [&](int depth) {
    for (int gives = 1;; ++gives) {
      stack.high()[-depth] = std::byte{1};
      cache.give(stack);
      EXPECT_TRUE(cache.take(stack));
      if (resident_depth(stack) < static_cast<std::size_t>(depth)) return gives;
      if (gives == 10'000) return gives;
    }
  };
  for (int i = 0; i < 20'000; ++i) {
    cache.give(stack);
    ASSERT_TRUE(cache.take(stack));
  }
  constexpr int kDeep = 10 * static_cast<int>(kPage);
  EXPECT_LE(looks_after(kDeep), 4096);
  EXPECT_LE(looks_after(kDeep), 16);
  EXPECT_LE(looks_after(kDeep), 16);
  give_stack(stack);
}

}  // namespace
}  // namespace sluice::fiber
