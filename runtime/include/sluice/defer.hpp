// Running something when a scope ends, however it ends.
#pragma once

#include <type_traits>
#include <utility>

namespace sluice {

/// Runs `f` when the scope that holds it ends: by return, by exception, by exit_goroutine. Last
/// made, first run.
///
/// ```cpp
/// mu.lock();
/// sluice::Defer unlock{[&] { mu.unlock(); }};
/// ```
///
/// Unlike Go's `defer` it belongs to the block, not to the function. An `f` that throws while an
/// exception is already on its way ends the program (std::terminate). Costs what calling `f` costs.
///
/// Go: defer.
template <class F>
class [[nodiscard]] Defer {
 public:
  /// Runs `f` at the end of the scope. Throws what moving `f` throws.
  explicit Defer(F f) noexcept(std::is_nothrow_move_constructible_v<F>) : f_(std::move(f)) {}
  Defer(const Defer&) = delete;
  Defer& operator=(const Defer&) = delete;
  ~Defer() noexcept(noexcept(std::declval<F&>()())) { f_(); }

 private:
  F f_;
};

namespace detail {
struct DeferMaker {
  template <class F>
  Defer<F> operator+(F f) const {
    return Defer<F>(std::move(f));
  }
};
}  // namespace detail

}  // namespace sluice

/// @cond
#define SLUICE_DETAIL_CONCAT_(a, b) a##b
#define SLUICE_DETAIL_CONCAT(a, b) SLUICE_DETAIL_CONCAT_(a, b)
/// @endcond

/// `SLUICE_DEFER { mu.unlock(); };` runs the block when the scope ends. It sees the scope's
/// variables by reference.
#define SLUICE_DEFER                                            \
  const auto SLUICE_DETAIL_CONCAT(sluice_defer_, __COUNTER__) = \
      ::sluice::detail::DeferMaker{} + [&]()
