// Assertions about the runtime itself. A broken one is a bug in sluice, never in the program that
// uses it.
#pragma once

namespace sluice::base {

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace sluice::base

// SLUICE_CHECK is for what is cheap next to its surroundings and holds in every build;
// SLUICE_ASSERT for hot paths, in builds with SLUICE_ASSERTIONS only.
#define SLUICE_CHECK(condition)       \
  (__builtin_expect(!!(condition), 1) \
       ? (void)0                      \
       : ::sluice::base::assertion_failed(#condition, __FILE__, __LINE__))

#if defined(SLUICE_ASSERTIONS) && SLUICE_ASSERTIONS
#define SLUICE_ASSERT(condition) SLUICE_CHECK(condition)
#else
#define SLUICE_ASSERT(condition) ((void)sizeof(!(condition)))
#endif
