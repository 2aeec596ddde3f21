// How the runtime gives up: as Go does, catchably or not.
#pragma once

#include "sluice/detail/export.hpp"

namespace sluice::detail {

// Throws Panic(text). Out of line, so that a function that may panic stays small.
[[noreturn]] SLUICE_EXPORT void throw_panic(const char* text);
// Prints `fatal error: <text>` and a goroutine dump and ends the process with exit status 2.
[[noreturn]] SLUICE_EXPORT void fatal_error(const char* text) noexcept;

}  // namespace sluice::detail
