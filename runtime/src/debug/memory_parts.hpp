// The parts that the program's memory is divided into, each in use only while something points at
// it, and which of them have been reached: blocks of heaps, single blocks, stacks of goroutines.
// Several threads may reach parts at once. Knows nothing of what is in them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/spin_lock.hpp"
#include "debug/block_map.hpp"
#include "debug/memory_map.hpp"
#include "debug/scratch.hpp"

namespace sluice::checked {

// The memory of one goroutine. A word that points into `shared` makes `whole` be looked at; words
// that point elsewhere into its slot are the runtime's and mean nothing.
struct StackMemory {
  Range whole;   // from its stack pointer up
  Range shared;  // from where the runtime's own frames end
  const void* extra[2] = {};
};

struct MemorySegment {
  enum class Kind : std::uint8_t { heap, block, arena };
  Range range;
  Kind kind = Kind::heap;
  bool reached = false;  // a single block
  bool watched = false;
  std::size_t slot_size = 0;
  std::uint32_t* stacks = nullptr;  // an arena: by slot, the goroutine's number plus one
  BlockMap* blocks = nullptr;
};

struct StackPart {
  StackMemory memory;
  bool reached = false;
  bool watched = false;
};

// True for whoever is first.
inline bool reach_first(bool& reached) noexcept {
  const std::atomic_ref flag(reached);
  return !flag.load(std::memory_order_relaxed) && !flag.exchange(true, std::memory_order_relaxed);
}

// The segments that somebody found last, by some bits of the address.
struct NearSegments {
  static constexpr unsigned kLog2 = 26;  // as far apart as heaps of the C library begin
  static constexpr std::size_t kCount = 256;
  MemorySegment*& of(std::uintptr_t address) noexcept { return at[(address >> kLog2) % kCount]; }
  MemorySegment* at[kCount] = {};
};

class MemoryParts {
 public:
  explicit MemoryParts(Scratch& scratch) noexcept : scratch_(scratch), residency_(scratch) {}

  // ---- what there is; all before anything is reached ----

  // Room for so many of each.
  bool reserve(std::size_t segments, std::size_t stacks, std::size_t objects) noexcept;
  // A stretch of heap whose blocks are known, a single block, an area of stacks of one size.
  bool add_heap(BlockMap* blocks) noexcept;
  bool add_block(Range block) noexcept;
  bool add_arena(Range arena, std::size_t slot_size) noexcept;
  // Once all of the above are known: from here on addresses are looked up.
  void sort() noexcept;

  // `slot` is any address in its slot. The number is that of the goroutine.
  void add_stack(std::uint32_t number, std::uintptr_t slot, const StackMemory& memory) noexcept;
  // Looked at when its number comes up and not otherwise, whatever points at it.
  void add_hidden(std::uint32_t number, Range memory) noexcept;
  // A block that is not looked into, though it may be pointed at.
  void skip(std::uintptr_t address) noexcept;
  // The part that the object there belongs to, marked as watched; 0: none that is known.
  std::uintptr_t watch(std::uint32_t object, std::uintptr_t address) noexcept;

  // ---- looking up ----

  const Range& all() const noexcept { return all_; }  // from the lowest to the highest address
  MemorySegment* segment_of(std::uintptr_t address, NearSegments& near) const noexcept {
    MemorySegment*& last = near.of(address);
    if (last != nullptr && last->range.contains(address)) return last;
    MemorySegment* found = find_segment(address);
    if (found != nullptr) last = found;
    return found;
  }
  static std::uint32_t stack_at(const MemorySegment& arena, std::uintptr_t address) noexcept {
    return arena.stacks[(address - arena.range.low) / arena.slot_size];
  }
  StackPart& stack(std::uint32_t number) noexcept { return stacks_[number]; }
  template <class Visit>
  void for_each_watched(std::uintptr_t part, Visit visit) const noexcept {
    for (std::uint32_t i = buckets_[bucket_of(part)]; i != 0; i = watched_[i - 1].next) {
      if (watched_[i - 1].part == part) visit(watched_[i - 1].object);
    }
  }
  bool reached(std::uintptr_t address) const noexcept;
  // A part is named by its lowest address, a stack's by that of its entry.
  void forget(std::uintptr_t part) noexcept;

  // Calls visit(low, high) for those parts of `range` that have contents, in pieces of at most
  // `most` bytes.
  template <class Visit>
  void for_each_piece(Range range, std::uintptr_t most, Visit visit) noexcept {
    residency_lock_.lock();
    residency_.for_each_part(range, [&](std::uintptr_t low, std::uintptr_t high) {
      for (; high - low > most; low += most) visit(low, low + most);
      visit(low, high);
    });
    residency_lock_.unlock();
  }

 private:
  // Watched objects by what they are part of.
  struct Watched {
    std::uintptr_t part = 0;
    std::uint32_t object = 0;
    std::uint32_t next = 0;  // of the same bucket, plus one
  };

  MemorySegment* find_segment(std::uintptr_t address) const noexcept;
  std::size_t bucket_of(std::uintptr_t part) const noexcept {
    const std::uint64_t hash = std::uint64_t{part} * 0x9e3779b97f4a7c15u;
    return (hash >> 32) & bucket_mask_;
  }

  Scratch& scratch_;
  base::SpinLock residency_lock_;
  Residency residency_;
  Range all_;
  ScratchList<MemorySegment> segments_;
  StackPart* stacks_ = nullptr;
  std::size_t stack_count_ = 0;
  ScratchList<Watched> watched_;
  std::uint32_t* buckets_ = nullptr;
  std::size_t bucket_mask_ = 0;
  mutable NearSegments near_;
};

}  // namespace sluice::checked
