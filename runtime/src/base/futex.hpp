// Sleeping on a word of memory until another thread says that it changed.
#pragma once

#include <cstdint>

#include "base/atomic.hpp"

namespace sluice::base {

// Sleeps while `word` is `expected`, until a wake-up, a signal, or `deadline` (nanoseconds of the
// monotonic clock, kNever: none). May return early: callers check the word again.
void futex_wait(const Atomic<std::uint32_t>& word, std::uint32_t expected,
                std::int64_t deadline) noexcept;
// Wakes at most `count` sleepers. Async-signal-safe.
void futex_wake(const Atomic<std::uint32_t>& word, int count) noexcept;

}  // namespace sluice::base
