#include "debug/heap_blocks.hpp"

namespace sluice::checked {
namespace {

constexpr std::uintptr_t kPageMask = 4095;
constexpr std::uintptr_t kBins = 127;
constexpr std::uintptr_t kFastLists = 10;
// From the pointer to the last chunk: itself and one more, the lists, and what follows them.
constexpr std::uintptr_t kBinsBytes = kBins * 16;
constexpr std::uintptr_t kBehind = 16 + kBinsBytes + 56;
constexpr std::uintptr_t kBefore = 16 + kFastLists * 8;

bool plausible(std::uintptr_t pointer) { return pointer % 16 == 0 && pointer > 4096; }

bool is_books(std::uintptr_t at) {
  const std::uintptr_t top = word_at(at);
  if (!plausible(top)) return false;
  bool any_empty = false;
  for (std::uintptr_t i = 0; i < kBins; ++i) {
    const std::uintptr_t bin = at + 16 + i * 16;
    const std::uintptr_t forward = word_at(bin), backward = word_at(bin + 8);
    const bool empty = forward == bin - 16;
    if (empty != (backward == bin - 16)) return false;
    if (!empty && (!plausible(forward) || !plausible(backward))) return false;
    any_empty = any_empty || empty;
  }
  return any_empty;
}

// Since 2.32 the links of single lists are mixed with their own address.
std::uintptr_t link_at(std::uintptr_t address) { return word_at(address) ^ address >> 12; }

}  // namespace

std::uintptr_t block_size(std::uintptr_t start) noexcept {
  return (word_at(start - 8) & ~std::uintptr_t{7}) - 8;
}

bool find_arena_books(Range where, ArenaBooks& books) noexcept {
  const std::uintptr_t low = (where.low + 7) & ~std::uintptr_t{7};
  for (std::uintptr_t at = low; at + kBehind <= where.high; at += 8) {
    if (!is_books(at)) continue;
    books.range = {at - where.low < kBefore ? where.low : at - kBefore, at + kBehind};
    books.top = word_at(at);
    books.fast = at - where.low < kBefore ? 0 : at - kFastLists * 8;
    return true;
  }
  return false;
}

bool find_heap_segment(std::uintptr_t address, std::uintptr_t limit, HeapSegment& found) noexcept {
  if (address % kHeapAlign != 0 || address + 4096 > limit) return false;
  const std::uintptr_t arena = word_at(address), previous = word_at(address + 8);
  const std::uintptr_t size = word_at(address + 16), usable = word_at(address + 24);
  if (size % 4096 != 0 || size < 4096 || size > kHeapAlign || usable < size ||
      usable > kHeapAlign || size > limit - address || previous % kHeapAlign != 0) {
    return false;
  }
  // The arena's books lie in its first heap, behind the heap's own four to six words.
  const std::uintptr_t books = arena % kHeapAlign;
  if (books < 32 || books > 64 || arena % 16 != 0) return false;
  const std::uintptr_t end = address + size;
  std::uintptr_t first = address + books;
  found.books = {};
  if (arena == first) {
    if (previous != 0 || first + kBefore + kBehind + 64 > end) return false;
    if (!find_arena_books({arena, arena + kBefore + kBehind + 64}, found.books)) return false;
    found.books.range.low = address;
    first = (found.books.range.high + 15) & ~std::uintptr_t{15};
  }
  found.chunks = {first, end};
  return true;
}

std::uintptr_t mapped_chunk(std::uintptr_t address, std::uintptr_t limit) noexcept {
  if ((address & kPageMask) != 0 || address + 4096 > limit) return 0;
  const std::uintptr_t before = word_at(address), head = word_at(address + 8);
  const std::uintptr_t size = head & ~std::uintptr_t{7};
  if (before != 0 || (head & 7) != 2 || (size & kPageMask) != 0 || size == 0) return 0;
  return size <= limit - address ? size : 0;
}

bool HeapSet::is_block(std::uintptr_t start, std::uintptr_t chunk_size) const noexcept {
  const BlockMap* map = at(start);
  return map != nullptr && map->is_start(start) && block_size(start) + 8 == chunk_size;
}

// A cache counts, for each of 64 sizes, how many it keeps (at most 7 unless told otherwise), and
// points at the first, which bears a mark that is the same for all.
void skip_cached(HeapSet& heaps, std::uintptr_t start) noexcept {
  constexpr std::uintptr_t kSizes = 64, kCounts = kSizes * 2;
  if (!heaps.is_block(start, kCacheBytes + 16)) return;
  const auto* counts = reinterpret_cast<const std::uint16_t*>(start);
  std::uintptr_t mark = 0;
  for (std::uintptr_t i = 0; i < kSizes; ++i) {
    const std::uintptr_t first = word_at(start + kCounts + i * 8);
    if ((counts[i] == 0) != (first == 0)) return;
    if (first == 0) continue;
    if (!heaps.is_block(first, (i + 2) * 16)) return;
    if (mark != 0 && word_at(first + 8) != mark) return;
    mark = word_at(first + 8);
  }
  heaps.reach(start);
  for (std::uintptr_t i = 0; i < kSizes; ++i) {
    std::uintptr_t block = word_at(start + kCounts + i * 8);
    for (unsigned n = counts[i]; n > 0; --n) {
      if (!heaps.is_block(block, (i + 2) * 16) || word_at(block + 8) != mark) break;
      heaps.reach(block);
      block = link_at(block);
    }
  }
}

void skip_fast(HeapSet& heaps, const ArenaBooks& books) noexcept {
  constexpr unsigned kMost = 1u << 20;  // a list that is being changed may go round
  if (books.fast == 0) return;
  for (std::uintptr_t i = 0; i < kFastLists; ++i) {
    std::uintptr_t chunk = word_at(books.fast + i * 8);
    for (unsigned n = 0; n < kMost && chunk != 0; ++n) {
      const std::uintptr_t block = chunk + kChunkHeader;
      if (!heaps.is_block(block, (i + 2) * 16) || !heaps.reach(block)) break;
      chunk = link_at(block);
    }
  }
}

}  // namespace sluice::checked
