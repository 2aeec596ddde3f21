// A number of permits, taken and given back in any portions.
#pragma once

#include <cstdint>
#include <system_error>

#include "sluice/context.hpp"
#include "sluice/detail/event.hpp"
#include "sluice/detail/export.hpp"
#include "sluice/detail/wait_queue.hpp"

namespace sluice {

/// Lets at most `n` units be held at a time. Whoever asks first is served first: a large request at
/// the head of the queue holds off smaller ones behind it, so that it is not starved.
///
/// Go: golang.org/x/sync/semaphore.Weighted.
class SLUICE_EXPORT Semaphore {
 public:
  /// Throws Panic for a negative `n`.
  explicit Semaphore(std::int64_t n);
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;
  ~Semaphore();

  /// Takes `n` units; parks until they are free. More than there are: parks for ever. Go:
  /// Weighted.Acquire.
  void acquire(std::int64_t n = 1);
  /// The same, but gives up when `ctx` ends: its error then, and nothing has been taken. An ended
  /// context fails at once even if units are free, as in Go.
  std::error_code acquire(const Context& ctx, std::int64_t n = 1);
  /// Takes `n` units if they are free and nobody waits; never parks. Go: Weighted.TryAcquire.
  bool try_acquire(std::int64_t n = 1);
  /// Gives `n` units back. Throws Panic `semaphore: released more than held`. Go: Weighted.Release.
  void release(std::int64_t n = 1);

 private:
  struct Request;
  detail::ObjectRef object() noexcept;
  bool take(std::int64_t n) noexcept;
  void serve() noexcept;

  const std::int64_t size_;
  std::int64_t held_ = 0;    // guarded by queue_.lock
  detail::WaitQueue queue_;  // of Requests; the first does not fit
  detail::ObjectTag tag_;
};

}  // namespace sluice
