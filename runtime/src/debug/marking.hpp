// What can be reached from those who can run. One thread leads, which is the one that asks; with a
// large heap others help it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "debug/liveness.hpp"
#include "debug/marker.hpp"
#include "debug/marking_pool.hpp"
#include "debug/memory_parts.hpp"
#include "debug/scratch.hpp"

namespace sluice::checked {

class Marking final : public Reach {
 public:
  static constexpr std::size_t kMostHelpers = 3;

  explicit Marking(Scratch& scratch) noexcept : scratch_(scratch), parts_(scratch) {}

  // ---- what there is; all before anything is reached ----

  // How many threads will come to help.
  void expect_helpers(std::size_t count) noexcept { helpers_ = count; }
  // Room for so many of each.
  bool reserve(std::size_t segments, std::size_t stacks, std::size_t objects) noexcept;
  bool add_heap(BlockMap* blocks) noexcept { return parts_.add_heap(blocks); }
  bool add_block(Range block) noexcept { return parts_.add_block(block); }
  bool add_arena(Range arena, std::size_t slot_size) noexcept {
    return parts_.add_arena(arena, slot_size);
  }
  // Once all of the above are known. What is left of scratch memory is taken for what is to come.
  bool ready() noexcept;

  void add_stack(std::uint32_t number, std::uintptr_t slot, const StackMemory& memory) noexcept {
    parts_.add_stack(number, slot, memory);
  }
  void add_hidden(std::uint32_t number, Range memory) noexcept {
    parts_.add_hidden(number, memory);
  }
  void skip(std::uintptr_t address) noexcept { parts_.skip(address); }
  // Wants to know when the object there is reached. One in no known place is reached from the
  // start.
  bool watch(std::uint32_t object, std::uintptr_t address) noexcept {
    return parts_.watch(object, address) != 0 || leader().found().push(object);
  }

  // ---- reaching ----

  void root(Range range) noexcept { leader().keep(range); }        // those parts that have contents
  void look_at(Range range) noexcept { leader().look_at(range); }  // all of it, and now
  void root_word(std::uintptr_t word) noexcept { leader().reach(word); }
  void add(std::uint32_t goroutine) override { leader().reach_stack(goroutine); }
  bool next(std::uint32_t& object) override;

  // Once nothing more is reached: calls visit(object) for the watched objects that an unreached
  // goroutine refers to, through what else is unreached. Changes nothing. False: that is too much.
  template <class Visit>
  bool refers_to(std::uint32_t goroutine, Visit visit) noexcept {
    constexpr std::size_t kMost = 4 << 20;
    const std::size_t before = leader().bytes();
    leader().begin_trial(touched_);
    leader().reach_stack(goroutine);
    for (std::uint32_t object = 0; leader().bytes() - before < kMost && next(object);) {
      visit(object);
    }
    const bool whole = leader().bytes() - before < kMost;
    leader().undo_trial();
    return whole;
  }

  bool reached(std::uintptr_t address) const noexcept { return parts_.reached(address); }
  bool failed() const noexcept;
  std::size_t bytes() const noexcept;

  // ---- for other threads ----

  // Helps until end_help; `which` is below what was expected.
  void help(std::size_t which) noexcept;
  void end_help() noexcept { pool_.end(); }

 private:
  Marker& leader() noexcept { return markers_[0]; }

  Scratch& scratch_;
  MemoryParts parts_;
  MarkingPool pool_;
  Marker markers_[1 + kMostHelpers] = {
      {parts_, pool_}, {parts_, pool_}, {parts_, pool_}, {parts_, pool_}};
  std::size_t helpers_ = 0;
  ScratchList<std::uintptr_t> touched_;  // reached in a trial
};

}  // namespace sluice::checked
