// Goroutines as people read them: which there are, what each waits for, where it stands.
#pragma once

#include <string>

#include "debug/goroutine_dump.hpp"
#include "sched/goroutine.hpp"

namespace sluice::detail {

checked::DumpedGoroutine describe(const Goroutine& goroutine);

// All goroutines, the caller first, then in the order in which they were started.
std::string dump_all();

}  // namespace sluice::detail
