// Threads that the runtime did not start: their stand-ins in wait queues, and whether any of them
// may still do something.
#pragma once

#include "sched/goroutine.hpp"

namespace sluice::detail {

class Scheduler;

// This thread's stand-in; made at first use, gone when the thread ends.
Goroutine* foreign_self() noexcept;
// Parks the calling foreign thread until ready().
void foreign_park(Goroutine* self, WaitReason reason, void (*commit)(void*),
                  void* argument) noexcept;
void foreign_ready(Goroutine* goroutine) noexcept;
// A run has ended: foreign threads that still wait must look after timers themselves now.
void wake_foreign() noexcept;

// True when every thread of the process is one of the runtime's or is parked on one of its objects.
bool foreign_threads_asleep(const Scheduler& scheduler) noexcept;

// A thread that is not there, or not seen, will wake somebody: the answer to the above is no from
// now on.
void expect_external_waker() noexcept;

void for_each_foreign(void (*visit)(Goroutine& thread, void* context), void* context) noexcept;

// Who is told when a thread ends that it has heard of, during a run or not.
void observe_thread_ends(Observer* observer) noexcept;

}  // namespace sluice::detail
