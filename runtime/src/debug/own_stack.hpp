// A thread of this library's own for a piece of work, on a stack that leaves nothing behind:
// neither what a report was made of nor what a search has looked at is found there by the next
// search.
#pragma once

#include <functional>

#include "debug/memory_map.hpp"

namespace sluice::checked {

// Runs `work` and waits for it; it is told where its stack is. False: there is no thread to be had,
// and it did not run.
bool on_own_stack(const std::function<void(Range stack)>& work);

}  // namespace sluice::checked
