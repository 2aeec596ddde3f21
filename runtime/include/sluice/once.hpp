// Doing something exactly once.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "sluice/detail/atomic.hpp"
#include "sluice/detail/event.hpp"
#include "sluice/detail/export.hpp"
#include "sluice/detail/fatal.hpp"
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
  struct Observed;

  detail::Atomic<std::uint32_t> done_{0};
  detail::MutexCore core_;
  detail::LockTag tag_;
};

namespace detail {

// The outcome of a function that runs once, shared by all copies of the wrapper.
template <class F, class R>
class OnceResult {
 public:
  explicit OnceResult(F f) : f_(std::move(f)) {}
  const R& get() {
    once_.call([this] {
      try {
        if constexpr (std::is_same_v<R, std::monostate>) {
          (void)std::invoke(*f_);
          value_.emplace();
        } else {
          value_.emplace(std::invoke(*f_));
        }
      } catch (...) {
        thrown_ = std::current_exception();
        if (thrown_ == nullptr) throw;  // no exception: exit_goroutine unwinds
      }
      f_.reset();
    });
    if (thrown_ != nullptr) std::rethrow_exception(thrown_);
    if (!value_.has_value()) throw_panic("sluice: the function that runs once ended its goroutine");
    return *value_;
  }

 private:
  Once once_;
  std::optional<F> f_;
  std::optional<R> value_;
  std::exception_ptr thrown_;
};

}  // namespace detail

/// A function that calls `f` the first time it is called and does nothing afterwards. If `f`
/// throws, every call throws the same exception; if `f` ends its goroutine, later calls throw
/// Panic. Copies share the one call. Safe to call from many goroutines.
///
/// Go: sync.OnceFunc.
template <class F>
auto once_func(F f) {
  return [state = std::make_shared<detail::OnceResult<F, std::monostate>>(std::move(f))] {
    (void)state->get();
  };
}

/// A function that calls `f` the first time, and returns a reference to what that returned every
/// time. Exceptions are as once_func's.
///
/// Go: sync.OnceValue. For OnceValues return a pair or a struct.
template <class F>
auto once_value(F f) {
  using R = std::decay_t<std::invoke_result_t<F&>>;
  return [state = std::make_shared<detail::OnceResult<F, R>>(std::move(f))]() -> const R& {
    return state->get();
  };
}

}  // namespace sluice
