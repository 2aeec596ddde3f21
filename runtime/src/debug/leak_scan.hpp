// Finds the goroutines that can never run again: reads what each waits for from the books, what can
// still be reached from memory, and asks the fixed point. Says nothing of it to anybody.
#pragma once

#include <cstdint>
#include <vector>

#include "debug/books.hpp"
#include "debug/lock_misuse.hpp"
#include "debug/memory_map.hpp"
#include "debug/thread_stop.hpp"
#include "debug/wait_groups.hpp"

namespace sluice::checked {

struct DeadGoroutine {
  ActorState* actor = nullptr;
  std::uint64_t uid = 0;
  std::uint64_t epoch = 0;
  // Objects that some of them wait for and this one refers to; of a few goroutines only.
  std::vector<ObjectId> refers;
};

struct LeakVerdict {
  std::vector<DeadGoroutine> dead;
  // Memory was looked at: threads could be stopped. Without it only those are found that wait for
  // each other's locks.
  bool looked = false;
  // It was, and what had been planted to be found was not: the heap could not be read.
  bool blind = false;
  bool related = false;      // `refers` was found out for all
  std::size_t bytes = 0;     // looked at
  std::int64_t stopped = 0;  // nanoseconds for which other threads were held
};

// The thread that asks, which waits meanwhile: what it has in use begins at `sp`.
struct Asking {
  pid_t tid = 0;
  std::uintptr_t thread = 0;
  std::uintptr_t sp = 0;
  Range alternate;  // its stack for signals, on which nobody is; else empty

  // Of the calling thread. To be made by a function that does not return before the scan is over
  // and has called __builtin_unwind_init, so that its caller's registers are on the stack.
  static Asking here() noexcept;
};

// Must run on a thread of the library's own, whose stack is `stack`. `own` are blocks of the heap
// that hold books.
class LeakScan {
 public:
  LeakScan(Books& books, LockMisuse& locks, WaitGroups& groups)
      : books_(books), locks_(locks), groups_(groups) {}

  // Without `memory` no thread is stopped, and only those are found that wait for each other's
  // locks.
  LeakVerdict run(const Asking& asking, Range stack, const std::vector<const void*>& own,
                  bool memory = true);

 private:
  LeakVerdict run_on_books(Scratch& scratch);

  Books& books_;
  LockMisuse& locks_;
  WaitGroups& groups_;
};

}  // namespace sluice::checked
