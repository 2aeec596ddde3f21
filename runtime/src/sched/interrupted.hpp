// Where a thread was when a signal interrupted it.
#pragma once

#include <cstddef>

namespace sluice::detail {

// To be called by a signal's handler with the context that it was given. The frames from the
// instruction that was interrupted outwards, the first being that one's own address. Returns how
// many; at most `max`. Never allocates.
std::size_t backtrace_interrupted(const void* context, const void** pcs, std::size_t max) noexcept;

}  // namespace sluice::detail
