// What can be reached from those who can run: follows every word that could be a pointer. It may
// take a number for a pointer, and so think more reachable than is; never less, as long as pointers
// are stored as such. Knows nothing of what the memory means.
#pragma once

#include <cstdint>

#include "debug/block_map.hpp"
#include "debug/liveness.hpp"
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

class Marking final : public Reach {
 public:
  explicit Marking(Scratch& scratch) noexcept : scratch_(scratch), residency_(scratch) {}

  // ---- what there is; all before anything is reached ----

  // Room for so many of each.
  bool reserve(std::size_t segments, std::size_t stacks, std::size_t objects) noexcept;
  // A stretch of heap whose blocks are known, a single block, an area of stacks of one size.
  bool add_heap(BlockMap* blocks) noexcept;
  bool add_block(Range block) noexcept;
  bool add_arena(Range arena, unsigned slot_log2) noexcept;
  // `slot` is any address in its slot. The number is that of the goroutine.
  void add_stack(std::uint32_t number, std::uintptr_t slot, const StackMemory& memory) noexcept;
  // Looked at when its number comes up and not otherwise, whatever points at it.
  void add_hidden(std::uint32_t number, Range memory) noexcept;
  // Once all of the above are known.
  bool ready() noexcept;

  // A block that is not looked into, though it may be pointed at.
  void skip(std::uintptr_t address) noexcept;
  // Wants to know when the object there is reached. One in no known place is reached from the
  // start.
  bool watch(std::uint32_t object, std::uintptr_t address) noexcept;

  // ---- reaching ----

  void root(Range range) noexcept;     // those parts that have contents
  void look_at(Range range) noexcept;  // all of it
  void root_word(std::uintptr_t word) noexcept;
  void add(std::uint32_t goroutine) override;
  bool next(std::uint32_t& object) override;

  // Once nothing more is reached: calls visit(object) for the watched objects that an unreached
  // goroutine refers to, through what else is unreached. Changes nothing. False: that is too much.
  template <class Visit>
  bool refers_to(std::uint32_t goroutine, Visit visit) noexcept {
    constexpr std::size_t kMost = 4 << 20;
    const std::size_t before = bytes_;
    undoing_ = true;
    reach_stack(goroutine);
    for (std::uint32_t object = 0; bytes_ - before < kMost && next(object);) visit(object);
    const bool whole = bytes_ - before < kMost;
    undo();
    bytes_ = before;
    return whole;
  }

  bool reached(std::uintptr_t address) const noexcept;
  // There was no room for all that had to be remembered: nothing that it says may be believed.
  bool failed() const noexcept { return failed_; }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  enum class Kind : std::uint8_t { heap, block, arena };
  struct Segment {
    Range range;
    Kind kind = Kind::heap;
    bool reached = false;  // a single block
    bool watched = false;
    unsigned slot_log2 = 0;
    std::uint32_t* stacks = nullptr;  // an arena: by slot, the goroutine's number plus one
    BlockMap* blocks = nullptr;
  };
  struct Stack {
    StackMemory memory;
    bool reached = false;
    bool watched = false;
  };
  // Watched objects by what they are part of: a block, or a stack.
  struct Watched {
    std::uintptr_t part = 0;
    std::uint32_t object = 0;
    std::uint32_t next = 0;  // of the same bucket, plus one
  };

  static constexpr std::size_t kWords = 128;
  static constexpr std::size_t kComing = 8;
  static constexpr unsigned kNearLog2 = 26;  // as far apart as heaps of the C library begin
  static constexpr std::size_t kNear = 256;

  Segment* segment_of(std::uintptr_t address) const noexcept;
  Segment* find_segment(std::uintptr_t address) const noexcept;
  std::uint32_t stack_at(const Segment& arena, std::uintptr_t address) const noexcept;
  void reach_stack(std::uint32_t number) noexcept;
  void push(Range range) noexcept;
  Range pop() noexcept;
  void decide(std::uintptr_t word, Segment& segment) noexcept;
  void decide_words() noexcept;
  void tell(std::uintptr_t part) noexcept;
  std::uint32_t& bucket(std::uintptr_t part) noexcept;
  void touch(std::uintptr_t part) noexcept;
  void undo() noexcept;

  Scratch& scratch_;
  Residency residency_;
  Range all_;  // from the lowest to the highest known address
  ScratchList<Segment> segments_;
  Stack* stacks_ = nullptr;
  std::size_t stack_count_ = 0;
  ScratchList<Watched> watched_;
  std::uint32_t* buckets_ = nullptr;
  std::size_t bucket_mask_ = 0;
  ScratchList<std::uint32_t> found_;   // objects that were reached and not yet given
  mutable Segment* near_[kNear] = {};  // the one that was found last, by some bits of the address
  // Words that are about to be decided on, all together: what that needs is asked from memory for
  // all of them first.
  std::uintptr_t words_[kWords];
  std::size_t word_count_ = 0;
  // Reached and not yet looked at; of blocks the size is still to be read. Those in coming_ were
  // asked for from memory.
  ScratchList<Range> pending_;
  Range coming_[kComing];
  std::size_t next_coming_ = 0;
  std::size_t coming_count_ = 0;
  ScratchList<std::uintptr_t> touched_;  // reached since undoing_ was set
  bool undoing_ = false;
  bool failed_ = false;
  std::size_t bytes_ = 0;
};

}  // namespace sluice::checked
