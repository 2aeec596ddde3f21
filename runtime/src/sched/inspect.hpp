// Looking at goroutines from outside: who there is, and where a parked one stands.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sched/goroutine.hpp"

namespace sluice::detail {

// Calls `visit` for each goroutine of the current run, in the order of their stacks. Others may
// start and end meanwhile unless the scheduler is frozen.
void for_each_goroutine(void (*visit)(Goroutine& goroutine, void* context), void* context) noexcept;

// Return addresses, innermost first: of a parked goroutine, or of the caller's own. Gives at most
// `max` of them, and returns how many there are. Never allocates. Nothing for one that runs
// elsewhere. `ends`, if there is room for as many: where the frame ends that will return there.
std::size_t backtrace(const Goroutine& goroutine, const void** pcs, std::size_t max,
                      std::uintptr_t* ends = nullptr) noexcept;

}  // namespace sluice::detail
