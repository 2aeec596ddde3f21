// Several threads follow the pointers of one heap: what they reach together is what there is to be
// reached, each object told once.
#include "debug/marking_crew.hpp"

#include <signal.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/rng.hpp"
#include "debug/heap_blocks.hpp"
#include "debug/marking.hpp"

namespace sluice::checked::test {
namespace {

constexpr std::uintptr_t kInUse = 1;

// Chunks as the C library's heap has them, whose words point to each other at random: `live` of
// them can be reached from the first one.
class Graph {
 public:
  Graph(std::size_t blocks, std::size_t live, base::Rng& rng) {
    std::vector<std::size_t> sizes;
    for (std::size_t i = 0; i < blocks; ++i) {
      sizes.push_back((2 + rng.below(40)) * 16);
      words_ += sizes.back() / 8;
    }
    memory_.resize(words_ + 2);
    std::uintptr_t at = low();
    for (const std::size_t size : sizes) {
      set(at + 8, size | kInUse);
      blocks_.push_back(at + kChunkHeader);
      at += size;
    }
    // Each of the live ones is pointed at by one before it, so that long ways have to be gone; all
    // point to others of their own kind besides.
    for (std::size_t i = 1; i < blocks; ++i) {
      if (i < live) point(rng.below(static_cast<std::uint32_t>(i)), i, rng);
      const bool alive = i < live;
      const auto among = static_cast<std::uint32_t>(alive ? live : blocks - live);
      point(i, rng.below(among) + (alive ? 0 : live), rng);
    }
  }
  std::uintptr_t low() const {
    return (reinterpret_cast<std::uintptr_t>(memory_.data()) + 15) & ~std::uintptr_t{15};
  }
  Range range() const { return {low(), low() + words_ * 8}; }
  const std::vector<std::uintptr_t>& blocks() const { return blocks_; }

 private:
  static void set(std::uintptr_t address, std::uintptr_t word) {
    *reinterpret_cast<std::uintptr_t*>(address) = word;
  }
  void point(std::size_t from, std::size_t to, base::Rng& rng) {
    const auto words = static_cast<std::uint32_t>(block_size(blocks_[from]) / 8 - 1);
    std::uintptr_t place = blocks_[from] + rng.below(words) * 8;
    // The one that leads on is not to be overwritten.
    for (std::uint32_t i = 0; i < words && *reinterpret_cast<std::uintptr_t*>(place) != 0; ++i) {
      place = blocks_[from] + rng.below(words) * 8;
    }
    if (*reinterpret_cast<std::uintptr_t*>(place) == 0) set(place, blocks_[to]);
  }

  std::vector<std::uintptr_t> memory_;
  std::size_t words_ = 0;
  std::vector<std::uintptr_t> blocks_;
};

// What one alone finds, by the book: every block whose start is in a word of a reached one.
std::vector<bool> reachable(const Graph& graph) {
  const std::vector<std::uintptr_t>& blocks = graph.blocks();
  std::vector<bool> reached(blocks.size());
  std::vector<std::size_t> open{0};
  reached[0] = true;
  while (!open.empty()) {
    const std::uintptr_t block = blocks[open.back()];
    open.pop_back();
    for (std::uintptr_t at = block; at < block + block_size(block); at += 8) {
      const auto found =
          std::lower_bound(blocks.begin(), blocks.end(), *reinterpret_cast<std::uintptr_t*>(at));
      if (found == blocks.end() || *found != *reinterpret_cast<std::uintptr_t*>(at)) continue;
      const auto index = static_cast<std::size_t>(found - blocks.begin());
      if (!reached[index]) open.push_back(index);
      reached[index] = true;
    }
  }
  return reached;
}

class Crew : public testing::TestWithParam<std::size_t> {};

TEST_P(Crew, ReachesTogetherWhatOneReachesAlone) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    base::Rng rng(seed);
    constexpr std::size_t kBlocks = 20'000;
    const Graph graph(kBlocks, 15'000, rng);
    Scratch scratch;
    Marking marking(scratch);
    MarkingCrew crew(scratch, marking);
    crew.start(GetParam());
    ASSERT_EQ(crew.threads().size(), GetParam());
    BlockMap map;
    ASSERT_TRUE(map.init(scratch, graph.range()));
    for (const std::uintptr_t block : graph.blocks()) map.add(block);
    ASSERT_TRUE(marking.reserve(4, 1, kBlocks));
    ASSERT_TRUE(marking.add_heap(&map));
    ASSERT_TRUE(marking.ready());
    // Every other one is watched; each is an object's second word.
    for (std::uint32_t i = 0; i < kBlocks; i += 2) {
      ASSERT_TRUE(marking.watch(i, graph.blocks()[i] + 8));
    }
    marking.root_word(graph.blocks()[0]);
    std::vector<int> told(kBlocks);
    for (std::uint32_t object = 0; marking.next(object);) ++told[object];
    EXPECT_FALSE(marking.failed());
    const std::vector<bool> expected = reachable(graph);
    EXPECT_GT(std::count(expected.begin(), expected.end(), true), 1'000);
    for (std::size_t i = 0; i < kBlocks; ++i) {
      ASSERT_EQ(marking.reached(graph.blocks()[i]), expected[i]) << "seed " << seed;
      ASSERT_EQ(told[i], i % 2 == 0 && expected[i] ? 1 : 0) << "seed " << seed;
    }
  }
}

// Nobody may wait for helpers that have nothing to do, nor they for somebody who has ended.
TEST_P(Crew, EndsWithoutHavingHadAnythingToDo) {
  Scratch scratch;
  Marking marking(scratch);
  MarkingCrew crew(scratch, marking);
  crew.start(GetParam());
  for (const pid_t thread : crew.threads()) EXPECT_GT(thread, 0);
  ASSERT_TRUE(marking.reserve(1, 1, 1));
  ASSERT_TRUE(marking.ready());
  std::uint32_t object = 0;
  EXPECT_FALSE(marking.next(object));
}

INSTANTIATE_TEST_SUITE_P(Helpers, Crew, testing::Values(0, 1, 3));

TEST(CrewSignals, HelpersLeaveTheProgramsSignalsAlone) {
  sigset_t before;
  ASSERT_EQ(::pthread_sigmask(SIG_SETMASK, nullptr, &before), 0);
  {
    Scratch scratch;
    Marking marking(scratch);
    MarkingCrew crew(scratch, marking);
    crew.start(1);
  }
  sigset_t after;
  ASSERT_EQ(::pthread_sigmask(SIG_SETMASK, nullptr, &after), 0);
  for (int signal = 1; signal < 32; ++signal) {
    EXPECT_EQ(sigismember(&before, signal), sigismember(&after, signal)) << signal;
  }
}

}  // namespace
}  // namespace sluice::checked::test
