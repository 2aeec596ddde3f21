// What an observer must know of the runtime to tell which memory a goroutine can still reach: whose
// stack is where, and which threads are the runtime's own. This file knows places, not what they
// mean.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice::detail {

struct Actor;

// One slot for a stack that is or was handed out, from the top: the runtime's own data, the
// closure, the frames. [control, high) is the runtime's, and refers to nothing of the program's but
// `extra`.
struct StackInfo {
  // parked: not running, and nobody has readied it. ready: in a queue. running: by some thread, as
  // far as its status tells. starting: being made, its closure may be half built. left_over: of a
  // run that has ended; it will never run, but its memory is still there to be used.
  enum class State : std::uint8_t { parked, ready, running, starting, left_over };
  State state{};
  Actor* actor = nullptr;
  std::uintptr_t low = 0;      // of the slot; a power of two bytes before `high`
  std::uintptr_t usable = 0;   // above the guard
  std::uintptr_t sp = 0;       // where it was left last; below it nothing is in use. 0: never left
  std::uintptr_t control = 0;  // the end of what is the program's
  std::uintptr_t high = 0;
  const void* extra[2] = {};  // exceptions that it is handling, goroutine-local values
};

struct ArenaInfo {
  std::uintptr_t low = 0;
  std::uintptr_t high = 0;
  std::size_t slot_size = 0;
};

struct ThreadInfo {
  // caller: of run(). monitor: also another of the runtime's own that runs no goroutines, and waits
  // while `frozen` does its work.
  enum class Kind : std::uint8_t { worker, monitor, caller };
  Kind kind{};
  // It sleeps inside the runtime: what its registers hold is of no use to anybody.
  bool idle = false;
  int tid = 0;                // as the kernel numbers it
  std::uintptr_t thread = 0;  // its thread pointer
  // On its own stack, where the runtime's frames end that refer to nothing of the program's: of the
  // monitor always, of a worker while it sleeps or runs a goroutine. Else 0.
  std::uintptr_t base = 0;
};

// `frozen` calls `work` while no goroutine is resumed: those that run go on. The others may be
// called from there with all other threads stopped: they take no lock and allocate nothing.
struct MemoryView {
  void (*frozen)(void (*work)(void* context), void* context) = nullptr;
  void (*for_each_arena)(void (*visit)(const ArenaInfo& arena, void* context),
                         void* context) = nullptr;
  void (*for_each_stack)(void (*visit)(const StackInfo& stack, void* context),
                         void* context) = nullptr;
  void (*for_each_thread)(void (*visit)(const ThreadInfo& thread, void* context),
                          void* context) = nullptr;
  // Blocks of the heap that hold the runtime's own books: what they point at is not referred to by
  // the program.
  void (*for_each_own_block)(void (*visit)(const void* block, void* context),
                             void* context) = nullptr;
};

}  // namespace sluice::detail
