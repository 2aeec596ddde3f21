// A signal that nobody else uses, for asking threads where they are.
#pragma once

#include <signal.h>

namespace sluice::base {

// Takes the first real-time signal from the end that nobody handles, for good: one that is still on
// its way would otherwise end the process. The handler runs with all signals held back, on the
// thread's stack for signals if it has one; calls of the system that it interrupts are begun again,
// where the kernel can. 0: none is free.
int take_free_signal(void (*handler)(int, siginfo_t*, void*)) noexcept;

}  // namespace sluice::base
