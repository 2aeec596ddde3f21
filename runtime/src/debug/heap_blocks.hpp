// Reads the C library's heap: where blocks begin and which of them are free. It believes nothing
// that does not fit together; a heap that it can't read whole is left to be taken as one piece.
// Knows nothing of goroutines.
//
// The layout is glibc's (malloc/malloc.c, arena.c), unchanged in what is used here since 2.26: a
// chunk begins with the size of the one before it, if that is free, and its own size, whose low
// three bits are flags; the user's block begins 16 bytes behind. Reading it costs a program nothing
// as long as nobody looks, and covers malloc and new alike.
#pragma once

#include <cstdint>

#include "debug/block_map.hpp"
#include "debug/memory_map.hpp"

namespace sluice::checked {

inline constexpr std::uintptr_t kChunkHeader = 16;

// The user's bytes of the block at `start`: to the end of its chunk, and the next one's first word.
std::uintptr_t block_size(std::uintptr_t start) noexcept;

// Calls visit(start of the user's block, in use) for each chunk from `first` on. True: the sizes
// fit together and lead exactly to `end`. `top` becomes the last chunk, which is what was never
// handed out, and what came back next to it.
template <class Visit>
bool walk_chunks(std::uintptr_t first, std::uintptr_t end, std::uintptr_t& top,
                 Visit visit) noexcept;

// The part of an arena's books that can be recognised: the pointer to its last chunk, then 127
// lists of free chunks, each of which begins with itself when it is empty.
struct ArenaBooks {
  Range range;              // all of it, also what comes before and after those
  std::uintptr_t top = 0;   // what it says is the last chunk
  std::uintptr_t fast = 0;  // ten lists of small chunks that are free, singly linked
};
bool find_arena_books(Range where, ArenaBooks& books) noexcept;

// A 64 MiB aligned heap of an arena that is not the first.
struct HeapSegment {
  Range chunks;
  ArenaBooks books;  // empty range: it is not the arena's first heap, which has them
};
bool find_heap_segment(std::uintptr_t address, std::uintptr_t limit, HeapSegment& found) noexcept;
inline constexpr std::uintptr_t kHeapAlign = std::uintptr_t{64} << 20;

// A block of more than some 128 KiB has a mapping of its own. Its size with the header; 0: none is
// there.
std::uintptr_t mapped_chunk(std::uintptr_t address, std::uintptr_t limit) noexcept;

// All heaps that could be read.
class HeapSet {
 public:
  bool reserve(Scratch& scratch, std::size_t most) noexcept { return maps_.reserve(scratch, most); }
  bool add(BlockMap* map) noexcept { return maps_.push(map); }
  BlockMap* at(std::uintptr_t address) const noexcept {
    for (BlockMap* map : maps_) {
      if (map->range().contains(address)) return map;
    }
    return nullptr;
  }
  // Whether a block of that chunk size begins there.
  bool is_block(std::uintptr_t start, std::uintptr_t chunk_size) const noexcept;
  bool reach(std::uintptr_t start) noexcept { return at(start)->reach(start); }

 private:
  ScratchList<BlockMap*> maps_;
};

// Blocks that malloc keeps for the next call look as if in use: those in the cache of a thread, if
// the block at `start` is such a cache, and those in an arena's fast lists. Each is reached, and so
// not looked into.
inline constexpr std::uintptr_t kCacheBytes = 64 * 2 + 64 * 8;  // of a cache: counts, then lists
void skip_cached(HeapSet& heaps, std::uintptr_t start) noexcept;
void skip_fast(HeapSet& heaps, const ArenaBooks& books) noexcept;

// ---- templates ----

inline std::uintptr_t word_at(std::uintptr_t address) noexcept {
  return *reinterpret_cast<const std::uintptr_t*>(address);
}

template <class Visit>
bool walk_chunks(std::uintptr_t first, std::uintptr_t end, std::uintptr_t& top,
                 Visit visit) noexcept {
  constexpr std::uintptr_t kPreviousInUse = 1, kMapped = 2, kFlags = 7, kLeast = 32;
  if (first % 16 != 0 || first + kLeast > end || (word_at(first + 8) & kPreviousInUse) == 0) {
    return false;
  }
  std::uintptr_t chunk = first;
  for (;;) {
    const std::uintptr_t head = word_at(chunk + 8);
    const std::uintptr_t size = head & ~kFlags;
    // Where an arena has gone on to another heap, chunks of 16 bytes and of none end this one.
    const bool fence = size == 16 || size == 0;
    if (fence && chunk + 48 >= end) return true;
    if (size < kLeast || size % 16 != 0 || size > end - chunk || (head & kMapped) != 0) {
      return false;
    }
    const std::uintptr_t next = chunk + size;
    top = chunk;
    if (next == end) {
      visit(chunk + kChunkHeader, false);
      return true;
    }
    if (next + 16 > end) return false;
    const bool in_use = (word_at(next + 8) & kPreviousInUse) != 0;
    // The one behind a free chunk knows its size.
    if (!in_use && word_at(next) != size) return false;
    visit(chunk + kChunkHeader, in_use);
    chunk = next;
  }
}

}  // namespace sluice::checked
