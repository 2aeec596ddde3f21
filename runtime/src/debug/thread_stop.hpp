// Holds every other thread of the process still for a moment, wherever it is, and tells where its
// stack and registers are. Knows nothing of what threads do.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <span>

#include "debug/memory_map.hpp"
#include "debug/scratch.hpp"

namespace sluice::checked {

struct StoppedThread {
  pid_t tid = 0;
  std::uintptr_t sp = 0;      // what it had in use of its stack begins here
  std::uintptr_t thread = 0;  // the thread pointer: its thread-local variables lie around it
  Range registers;            // as the signal saved them
  Range alternate;            // its stack for signals, if it has one and is not on it
};

// A signal that nobody uses interrupts each thread; its handler waits. A system call that a signal
// can interrupt is begun again by the kernel, but for those that never are (nanosleep, poll,
// epoll_wait and their like, see signal(7)): those return EINTR. So threads are only stopped when
// there is something to be found.
class ThreadStop {
 public:
  explicit ThreadStop(Scratch& scratch) noexcept : scratch_(scratch) {}
  ~ThreadStop() { release(); }
  ThreadStop(const ThreadStop&) = delete;
  ThreadStop& operator=(const ThreadStop&) = delete;

  // All threads but the caller and those in `but`. False: one did not answer in time (it blocks the
  // signal, or can't be scheduled); none is stopped then. From true until release nothing may be
  // called that takes a lock or allocates.
  bool stop(std::span<const pid_t> but) noexcept;
  void release() noexcept;

  std::span<const StoppedThread> threads() const noexcept { return {threads_, count_}; }

 private:
  bool signal_new(std::span<const pid_t> but, std::size_t& sent) noexcept;
  bool known(pid_t tid) const noexcept;
  bool all_answered() const noexcept;

  Scratch& scratch_;
  StoppedThread* threads_ = nullptr;
  std::size_t count_ = 0;
  bool stopping_ = false;
};

}  // namespace sluice::checked
