// Threads that help to follow pointers while all others of the process are stopped. They are
// started before that, on stacks in scratch memory, so that nothing of theirs is looked at.
#pragma once

#include <pthread.h>
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/atomic.hpp"
#include "debug/marking.hpp"
#include "debug/scratch.hpp"

namespace sluice::checked {

class MarkingCrew {
 public:
  MarkingCrew(Scratch& scratch, Marking& marking) noexcept : scratch_(scratch), marking_(marking) {}
  ~MarkingCrew();
  MarkingCrew(const MarkingCrew&) = delete;
  MarkingCrew& operator=(const MarkingCrew&) = delete;

  // As many as are worth it for the memory that the process has, on the processors that it may use;
  // none for a small one.
  static std::size_t worth_it() noexcept;
  // At most so many, and fewer if there are no threads to be had. Before anything is stopped, and
  // before the marking reserves.
  void start(std::size_t count) noexcept;

  // The threads that must not be stopped.
  std::span<const pid_t> threads() const noexcept { return {tids_, count_}; }

 private:
  struct Member {
    MarkingCrew* crew = nullptr;
    std::size_t which = 0;
    pthread_t thread = {};
  };
  static void* work(void* member);

  Scratch& scratch_;
  Marking& marking_;
  Member members_[Marking::kMostHelpers];
  pid_t tids_[Marking::kMostHelpers] = {};
  std::size_t count_ = 0;
  base::Atomic<std::uint32_t> arrived_{0};
};

}  // namespace sluice::checked
