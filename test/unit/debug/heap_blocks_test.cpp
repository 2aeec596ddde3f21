// Heaps are laid out by hand here, whole and damaged ones.
#include "debug/heap_blocks.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <vector>

#include "debug/marking.hpp"

namespace sluice::checked::test {
namespace {

constexpr std::uintptr_t kInUse = 1;

// Chunks one behind the other; the last one reaches to the end.
class Heap {
 public:
  Heap() { std::memset(memory_, 0, sizeof memory_); }
  std::uintptr_t low() const { return reinterpret_cast<std::uintptr_t>(memory_); }
  std::uintptr_t end() const { return low() + at_; }
  std::uintptr_t chunk(std::size_t size, bool in_use = true) {
    const std::uintptr_t here = low() + at_;
    set(here + 8, size | (before_in_use_ ? kInUse : 0));
    if (!before_in_use_) set(here, last_size_);
    before_in_use_ = in_use;
    last_size_ = size;
    at_ += size;
    return here + 16;
  }
  static void set(std::uintptr_t address, std::uintptr_t word) {
    *reinterpret_cast<std::uintptr_t*>(address) = word;
  }
  bool walk(std::vector<std::uintptr_t>* in_use = nullptr) const {
    std::uintptr_t top = 0;
    return walk_chunks(low(), end(), top, [&](std::uintptr_t start, bool used) {
      if (in_use != nullptr && used) in_use->push_back(start);
    });
  }

 private:
  alignas(16) std::byte memory_[64 * 1024];
  std::size_t at_ = 0;
  std::size_t last_size_ = 0;
  bool before_in_use_ = true;
};

TEST(HeapBlocks, a_whole_heap_is_walked_and_free_chunks_are_told) {
  Heap heap;
  const auto a = heap.chunk(48);
  heap.chunk(64, false);
  const auto b = heap.chunk(1024);
  heap.chunk(512);
  std::vector<std::uintptr_t> in_use;
  EXPECT_TRUE(heap.walk(&in_use));
  EXPECT_EQ(in_use, (std::vector{a, b}));
  EXPECT_EQ(block_size(a), 40u);
}

TEST(HeapBlocks, a_size_that_does_not_fit_is_no_heap) {
  Heap heap;
  heap.chunk(48);
  const auto b = heap.chunk(64);
  heap.chunk(128);
  ASSERT_TRUE(heap.walk());
  for (const std::uintptr_t bad : {std::uintptr_t{0}, std::uintptr_t{24}, std::uintptr_t{40},
                                   std::uintptr_t{1} << 40, std::uintptr_t{66 | kInUse}}) {
    Heap::set(b - 8, bad);
    EXPECT_FALSE(heap.walk()) << bad;
  }
  Heap::set(b - 8, 48 | kInUse);  // leads into the middle of the next
  EXPECT_FALSE(heap.walk());
}

TEST(HeapBlocks, a_free_chunk_whose_size_is_not_told_twice_is_no_heap) {
  Heap heap;
  heap.chunk(48);
  const auto gap = heap.chunk(64, false);
  heap.chunk(128);
  ASSERT_TRUE(heap.walk());
  Heap::set(gap + 48, 80);
  EXPECT_FALSE(heap.walk());
}

TEST(HeapBlocks, a_block_with_its_own_mapping_begins_on_a_page) {
  alignas(4096) static std::uintptr_t pages[2 * 4096 / 8];
  const auto at = reinterpret_cast<std::uintptr_t>(pages);
  pages[0] = 0;
  pages[1] = 8192 | 2;
  EXPECT_EQ(mapped_chunk(at, at + 8192), 8192u);
  EXPECT_EQ(mapped_chunk(at, at + 4096), 0u);
  EXPECT_EQ(mapped_chunk(at + 16, at + 8192), 0u);
  pages[1] = 8192;
  EXPECT_EQ(mapped_chunk(at, at + 8192), 0u);
  pages[1] = 8200 | 2;
  EXPECT_EQ(mapped_chunk(at, at + 8192), 0u);
}

TEST(BlockMap, an_address_belongs_to_the_block_that_begins_before_it) {
  Scratch scratch;
  BlockMap map;
  constexpr std::uintptr_t kLow = 0x10000, kSize = 16 << 20;
  ASSERT_TRUE(map.init(scratch, {kLow, kLow + kSize}));
  EXPECT_EQ(map.find(kLow + 100), 0u);
  const std::uintptr_t first = kLow + 32, second = kLow + 64, far = kLow + (8 << 20);
  for (const std::uintptr_t start : {first, second, far}) map.add(start);
  EXPECT_EQ(map.find(kLow + 16), 0u);
  EXPECT_EQ(map.find(first), first);
  EXPECT_EQ(map.find(first + 31), first);
  EXPECT_EQ(map.find(second), second);
  EXPECT_EQ(map.find(far - 1), second);
  EXPECT_EQ(map.find(far), far);
  EXPECT_EQ(map.find(kLow + kSize - 1), far);
  EXPECT_TRUE(map.reach(second));
  EXPECT_FALSE(map.reach(second));
  EXPECT_FALSE(map.reached(first));
}

TEST(MemoryMap, lines_of_proc_maps) {
  Mapping m;
  ASSERT_TRUE(parse_mapping("55e3b1c4d000-55e3b1c6e000 rw-p 00000000 00:00 0      [heap]", m));
  EXPECT_EQ(m.low, 0x55e3b1c4d000u);
  EXPECT_EQ(m.high, 0x55e3b1c6e000u);
  EXPECT_TRUE(m.readable && m.writable && !m.shared);
  EXPECT_EQ(m.kind, Mapping::Kind::heap);
  ASSERT_TRUE(parse_mapping("7f00a0000000-7f00a0001000 ---p 00000000 00:00 0 ", m));
  EXPECT_EQ(m.kind, Mapping::Kind::anonymous);
  EXPECT_FALSE(m.readable);
  ASSERT_TRUE(parse_mapping("7f00a0000000-7f00a0001000 r-xp 00001000 08:01 12 /usr/lib/a b.so", m));
  EXPECT_EQ(m.kind, Mapping::Kind::file);
  ASSERT_TRUE(parse_mapping("7ffd0000-7ffe0000 rw-s 00000000 00:05 12 /dev/dri/card0", m));
  EXPECT_EQ(m.kind, Mapping::Kind::special);
  EXPECT_TRUE(m.shared);
  ASSERT_TRUE(parse_mapping("7ffd0000-7ffe0000 r--p 00000000 00:00 0 [vvar]", m));
  EXPECT_EQ(m.kind, Mapping::Kind::special);
  ASSERT_TRUE(parse_mapping("7ffd0000-7ffe0000 rw-p 00000000 00:00 0 [anon:jemalloc]", m));
  EXPECT_EQ(m.kind, Mapping::Kind::anonymous);
  EXPECT_FALSE(parse_mapping("not a line", m));
}

TEST(MemoryMap, the_own_mappings_are_there) {
  Scratch scratch;
  ScratchList<Mapping> mappings;
  ASSERT_TRUE(read_mappings(scratch, mappings));
  static int global = 0;
  const auto at = reinterpret_cast<std::uintptr_t>(&global);
  bool found = false;
  for (const Mapping& each : mappings) found = found || (each.contains(at) && each.writable);
  EXPECT_TRUE(found);
}

TEST(Marking, blocks_are_reached_through_each_other_and_not_otherwise) {
  Heap heap;
  const auto a = heap.chunk(48), b = heap.chunk(48), c = heap.chunk(48), d = heap.chunk(48);
  heap.chunk(256);
  Scratch scratch;
  BlockMap map;
  ASSERT_TRUE(map.init(scratch, {heap.low(), heap.end()}));
  std::uintptr_t top = 0;
  walk_chunks(heap.low(), heap.end(), top, [&](std::uintptr_t start, bool) { map.add(start); });
  Heap::set(a + 8, b + 20);  // into the middle
  Heap::set(c, d);
  Heap::set(b, d + 1);
  Marking marking(scratch);
  ASSERT_TRUE(marking.reserve(4, 1, 4));
  ASSERT_TRUE(marking.add_heap(&map));
  ASSERT_TRUE(marking.ready());
  marking.skip(c);
  ASSERT_TRUE(marking.watch(0, b));
  ASSERT_TRUE(marking.watch(1, d + 24));
  marking.root_word(c);
  std::uint32_t object = 9;
  EXPECT_FALSE(marking.next(object)) << "a block that is left out is not looked into";
  marking.root_word(a);
  ASSERT_TRUE(marking.next(object));
  EXPECT_EQ(object, 0u);
  ASSERT_TRUE(marking.next(object));
  EXPECT_EQ(object, 1u);
  EXPECT_FALSE(marking.next(object));
  EXPECT_FALSE(marking.failed());
}

TEST(Marking, the_last_block_ends_with_the_heap) {
  Heap heap;
  heap.chunk(48);
  const auto lost = heap.chunk(48);
  const auto last = heap.chunk(64);
  Heap::set(heap.end(), lost);  // behind the heap, where the last block's size seems to lead
  Scratch scratch;
  BlockMap map;
  ASSERT_TRUE(map.init(scratch, {heap.low(), heap.end()}));
  std::uintptr_t top = 0;
  walk_chunks(heap.low(), heap.end(), top, [&](std::uintptr_t start, bool) { map.add(start); });
  Marking marking(scratch);
  ASSERT_TRUE(marking.reserve(4, 1, 4));
  ASSERT_TRUE(marking.add_heap(&map));
  ASSERT_TRUE(marking.ready());
  ASSERT_TRUE(marking.watch(0, lost));
  marking.root_word(last);
  std::uint32_t object = 9;
  EXPECT_FALSE(marking.next(object));
}

TEST(Marking, a_stack_is_reached_through_its_frames_and_not_through_the_runtimes) {
  constexpr std::size_t kSlot = 4096;
  alignas(kSlot) static std::uintptr_t slots[2][kSlot / 8];
  const auto low = reinterpret_cast<std::uintptr_t>(slots);
  Scratch scratch;
  Marking marking(scratch);
  ASSERT_TRUE(marking.reserve(4, 2, 4));
  ASSERT_TRUE(marking.add_arena({low, low + sizeof slots}, sizeof slots[0]));
  ASSERT_TRUE(marking.ready());
  for (std::uint32_t i = 0; i < 2; ++i) {
    const std::uintptr_t slot = low + i * kSlot;
    marking.add_stack(i, slot, {{slot + 1024, slot + 4000}, {slot + 2048, slot + 4000}, {}});
  }
  ASSERT_TRUE(marking.watch(0, low + 3000));
  ASSERT_TRUE(marking.watch(1, low + kSlot + 3000));
  std::uint32_t object = 9;
  for (const std::uintptr_t ours : {low + 100, low + 1500, low + 4050}) marking.root_word(ours);
  EXPECT_FALSE(marking.next(object));
  slots[0][300] = low + kSlot + 2500;  // the first refers to the second
  marking.root_word(low + 2100);
  ASSERT_TRUE(marking.next(object));
  EXPECT_EQ(object, 0u);
  ASSERT_TRUE(marking.next(object));
  EXPECT_EQ(object, 1u);
}

TEST(Marking, what_is_in_no_known_place_is_reached_from_the_start) {
  Scratch scratch;
  Marking marking(scratch);
  ASSERT_TRUE(marking.reserve(1, 0, 1));
  ASSERT_TRUE(marking.ready());
  static int global = 0;
  ASSERT_TRUE(marking.watch(0, reinterpret_cast<std::uintptr_t>(&global)));
  std::uint32_t object = 9;
  ASSERT_TRUE(marking.next(object));
  EXPECT_EQ(object, 0u);
}

}  // namespace
}  // namespace sluice::checked::test
