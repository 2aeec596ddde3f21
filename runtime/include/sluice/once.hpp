// Doing something exactly once.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <utility>

#include "sluice/detail/event.hpp"
#include "sluice/detail/export.hpp"
#include "sluice/detail/mutex_core.hpp"

namespace sluice {

/// Runs one function once, however many goroutines ask.
///
/// Go: sync.Once.
class SLUICE_EXPORT Once {
 public:
  constexpr Once() noexcept {
    if (!__builtin_is_constant_evaluated()) created();
  }
  Once(const Once&) = delete;
  Once& operator=(const Once&) = delete;
  ~Once();

  /// Calls `f` if no call has been made through this Once before; else returns, and its effect is
  /// visible. While one goroutine is inside `f`, others park. If `f` throws, that counts as done,
  /// and the exception goes to this caller only. Calling it again from within `f` deadlocks, as in
  /// Go. Afterwards it costs one load.
  ///
  /// Go: Once.Do.
  template <class F>
  void call(F&& f) {
    if (done_.load(std::memory_order_acquire) != 0 || !enter()) return;
    struct Leave {
      Once* once;
      ~Leave() { once->leave(); }
    } leave{this};
    (void)std::invoke(std::forward<F>(f));
  }

 private:
  void created() noexcept;
  detail::ObjectRef object() noexcept;
  bool enter() noexcept;  // true: this caller runs the function, and calls leave() after it
  void leave() noexcept;

  std::atomic<std::uint32_t> done_{0};
  detail::MutexCore core_;
  detail::ObjectTag tag_;
};

}  // namespace sluice
