// Stacks that wait for their next goroutine. The hottest is handed out first; what lies unused for
// a while gives its pages back; a stack that was used deeply gives back all but its top.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/sanitizers.hpp"
#include "base/spin_lock.hpp"
#include "fiber/stack_arena.hpp"

namespace sluice::fiber {

// A free stack's link, at the top of the stack, where its page is warm. It must not overlap what
// for_each_stack's visitors read, so it sits in the last bytes.
struct FreeStack {
  FreeStack* next;
  unsigned size_log2;
};
inline constexpr std::size_t kFreeStackReserve = sizeof(FreeStack);

// A thread's own free stacks of the default size. Thread-confined.
class StackCache {
 public:
  SLUICE_THREAD_CONFINED bool take(Stack& stack) noexcept;
  SLUICE_THREAD_CONFINED void give(const Stack& stack) noexcept;
  // Gives everything back to the pool, when the thread ends.
  SLUICE_THREAD_CONFINED void drain() noexcept;

 private:
  static constexpr unsigned kLimit = 64;

  FreeStack* head_ = nullptr;
  unsigned count_ = 0;
  unsigned size_log2_ = 0;
  unsigned until_sample_ = 1;
  unsigned sample_gap_ = 1;
};

// A stack of 2^size_log2 bytes from the pool, or a fresh one. False: no address space, mappings or
// memory left.
bool take_stack(unsigned size_log2, Stack& stack) noexcept;
void give_stack(const Stack& stack) noexcept;

// Returns to the system pages of stacks that nobody has needed since the last call. True while
// there is more to do.
bool trim_stacks() noexcept;

// Stacks handed out and not given back; for tests. Exact when nothing runs.
std::size_t stacks_in_use() noexcept;

}  // namespace sluice::fiber
