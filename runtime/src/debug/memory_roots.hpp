// Divides the memory of the process: what is always in use (global variables, stacks of threads,
// what is not understood), what is in use only while something points at it (blocks of the heap,
// stacks of goroutines), and what is no part of the program (this library's own).
#pragma once

#include <cstdint>
#include <span>

#include "debug/heap_blocks.hpp"
#include "debug/marking.hpp"
#include "debug/memory_map.hpp"
#include "debug/thread_stop.hpp"
#include "sluice/detail/memory_view.hpp"

namespace sluice::checked {

class MemoryRoots {
 public:
  MemoryRoots(Scratch& scratch, Marking& marking) noexcept : scratch_(scratch), marking_(marking) {}

  // While nothing is stopped yet: where the loaded libraries have their variables.
  bool find_libraries() noexcept;
  // Memory that is not looked at, though something may point there.
  void leave_out(Range range) noexcept;
  void add_thread(const StoppedThread& thread) noexcept;

  // With all other threads stopped. `stacks` and `objects`: how many the marking has to know.
  bool divide(const detail::MemoryView& view, std::size_t stacks, std::size_t objects) noexcept;
  // Everything that is always in use. False: some of it can't be looked at.
  bool reach() noexcept;

  std::span<const StoppedThread> threads() const noexcept {
    return {threads_.begin(), threads_.size()};
  }
  // The heap's blocks are known, or what is not known of them was small.
  bool heap_known() const noexcept { return heap_known_; }

 private:
  static constexpr std::size_t kMostHoles = 32 * 1024;

  void divide(const Mapping& mapping, bool guarded) noexcept;
  void divide_anonymous(Range range, bool whole, bool guarded) noexcept;
  void add_main_heap(Range range) noexcept;
  bool add_segment(const HeapSegment& segment) noexcept;
  BlockMap* read_heap(Range chunks, std::uintptr_t& top) noexcept;
  void add_root(Range range) noexcept;
  void add_thread_stack(Range range) noexcept;
  bool has_thread(Range range) const noexcept;
  bool is_idle(pid_t tid) const noexcept;
  void find_main_books() noexcept;
  bool reach_shared(Range range) noexcept;

  Scratch& scratch_;
  Marking& marking_;
  ScratchList<Mapping> mappings_;
  ScratchList<Range> libraries_;
  ScratchList<Range> holes_;  // by address, once sorted
  ScratchList<StoppedThread> threads_;
  ScratchList<detail::ThreadInfo> own_threads_;
  ScratchList<Range> roots_;
  ScratchList<Range> shared_;
  ScratchList<ArenaBooks> books_;
  ScratchList<std::uintptr_t> caches_;  // blocks that may be caches of malloc's
  HeapSet heaps_;
  std::uintptr_t main_top_ = 0;
  bool heap_known_ = false;
  bool failed_ = false;
};

}  // namespace sluice::checked
