// Signals of the system, for boot.cpp.
#pragma once

namespace sluice::detail {

// A run has ended: no channel is sent to any more, and signals do what they did before.
void signals_clear() noexcept;

}  // namespace sluice::detail
