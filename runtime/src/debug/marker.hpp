// One who follows pointers: looks at pieces of memory for words that could be pointers, and keeps
// what they reach for later. It may take a number for a pointer, and so think more reachable than
// is; never less, as long as pointers are stored as such. Knows nothing of what the memory means.
//
// Several may do so at once, each in a thread of its own, and share what they have too much of.
#pragma once

#include <cstddef>
#include <cstdint>

#include "debug/marking_pool.hpp"
#include "debug/memory_map.hpp"
#include "debug/memory_parts.hpp"
#include "debug/scratch.hpp"

namespace sluice::checked {

class Marker {
 public:
  Marker(MemoryParts& parts, MarkingPool& pool) noexcept : parts_(parts), pool_(pool) {}

  // Room for so many watched objects, and for so many pieces that wait to be looked at.
  bool reserve_found(Scratch& scratch, std::size_t objects) noexcept {
    return found_.reserve(scratch, objects + 1);
  }
  bool reserve_pieces(Scratch& scratch, std::size_t pieces) noexcept {
    return pieces_.reserve(scratch, pieces);
  }

  void look_at(Range range) noexcept;  // all of it, and now
  void keep(Range range) noexcept;     // those parts that have contents, when their turn comes
  void reach(std::uintptr_t word) noexcept;
  void reach_stack(std::uint32_t number) noexcept;
  // Looks at one of the pieces that are kept. False: there is none.
  bool step() noexcept;

  // What is kept, and the watched objects that were reached and not yet asked for.
  ScratchList<Range>& pieces() noexcept { return pieces_; }
  ScratchList<std::uint32_t>& found() noexcept { return found_; }
  // There was no room for all that had to be remembered: nothing that it says may be believed.
  bool failed() const noexcept { return failed_; }
  std::size_t bytes() const noexcept { return bytes_; }

  // From here on the parts that are reached are listed, and nothing is shared.
  void begin_trial(ScratchList<std::uintptr_t>& touched) noexcept {
    touched_ = &touched;
    bytes_before_ = bytes_;
  }
  // Forgets them again, and all that is kept.
  void undo_trial() noexcept;

 private:
  static constexpr std::size_t kWords = 128;
  static constexpr std::size_t kComing = 8;

  Range next_piece() noexcept;
  void decide(std::uintptr_t word, MemorySegment& segment) noexcept;
  void decide_words() noexcept;
  void reached(std::uintptr_t part, bool watched, Range piece) noexcept;

  MemoryParts& parts_;
  MarkingPool& pool_;
  NearSegments near_;
  // Words that are about to be decided on, all together: what that needs is asked from memory for
  // all of them first.
  std::uintptr_t words_[kWords];
  std::size_t word_count_ = 0;
  // Of blocks the size is still to be read. Those in coming_ were asked for from memory.
  ScratchList<Range> pieces_;
  Range coming_[kComing];
  std::size_t next_coming_ = 0;
  std::size_t coming_count_ = 0;
  ScratchList<std::uint32_t> found_;
  ScratchList<std::uintptr_t>* touched_ = nullptr;
  bool failed_ = false;
  std::size_t bytes_ = 0;
  std::size_t bytes_before_ = 0;  // the trial
};

}  // namespace sluice::checked
