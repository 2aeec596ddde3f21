// Error codes: the system's, and what the end of a wait means.
#pragma once

#include <system_error>

#include "net/side.hpp"
#include "sluice/net.hpp"

namespace sluice::detail {

// errno of the thread that the caller runs on at this moment, never in line: a compiler takes the
// address of errno for a constant, and a function that parks must not keep that of another thread.
int error_number() noexcept;
void set_error_number(int number) noexcept;

inline std::error_code last_error() noexcept { return {error_number(), std::generic_category()}; }

// Empty for `ready`. `ctx` is the context of the wait; null: it had none, and can't be cancelled.
inline std::error_code to_error(Outcome outcome, const Context* ctx) {
  switch (outcome) {
    case Outcome::ready:
      return {};
    case Outcome::closed:
      return NetError::closed;
    case Outcome::timed_out:
      return NetError::deadline_exceeded;
    case Outcome::cancelled:
      return ctx != nullptr ? ctx->err() : std::error_code();
  }
  return {};
}

// Nanoseconds of the monotonic clock; base::kNever for TimePoint::max().
inline std::int64_t due_at(TimePoint when) noexcept { return when.time_since_epoch().count(); }

}  // namespace sluice::detail
