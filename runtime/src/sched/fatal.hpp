// What the scheduler finds but can't describe, most of it ends of the process; boot, which knows
// how to print goroutines, does.
#pragma once

#include <cstddef>

#include "sched/goroutine.hpp"
#include "sluice/panic.hpp"

namespace sluice::detail {

// No goroutine can run again, and no thread is left that could change that.
[[noreturn]] void all_goroutines_asleep() noexcept;

// A goroutine's stack has run into its guard. `pcs` are its frames, innermost first. Prints what it
// can; the caller ends the process.
void describe_overflow(const Goroutine& goroutine, const void* const* pcs,
                       std::size_t count) noexcept;

// A goroutine keeps its worker. Called by the monitor.
void describe_stall(const struct Stall& stall) noexcept;

// The user asks what a living program is at: prints all goroutines, and `ends` the process with
// status 2 or lets it go on. Called by the monitor.
void tell_of_quit(bool ends) noexcept;

}  // namespace sluice::detail
