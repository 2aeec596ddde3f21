// How templates start goroutines: the runtime gives room for the closure at the top of a fresh
// stack, the template builds it there, the runtime starts it. One page holds control block, closure
// and first frames.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include "sluice/detail/export.hpp"
#include "sluice/detail/fatal.hpp"

namespace sluice {
struct GoOptions;
}  // namespace sluice

namespace sluice::detail {

struct Goroutine;

struct ClosureType {
  std::size_t size;
  std::size_t align;
  void (*run)(void* closure);  // calls it, then destroys it
};

struct NewGoroutine {
  Goroutine* goroutine;
  void* closure;  // raw memory of ClosureType's size and alignment
};

// Throws std::bad_alloc when there is no room for another stack, Panic when the stack size can't be
// used.
SLUICE_EXPORT NewGoroutine new_goroutine(const ClosureType& closure, const GoOptions* options);
// Gives it its number and tells the observer; called right inside go(), so that its return address
// is the user's.
SLUICE_EXPORT void announce_goroutine(Goroutine* goroutine) noexcept;
// Makes an announced goroutine runnable.
SLUICE_EXPORT void launch_goroutine(Goroutine* goroutine) noexcept;
// Takes back a goroutine whose closure could not be built.
SLUICE_EXPORT void discard_goroutine(Goroutine* goroutine) noexcept;

template <class Closure>
struct ClosureRunner {
  static void run(void* memory) {
    struct Destroy {
      Closure* closure;
      ~Destroy() { closure->~Closure(); }
    } destroy{std::launder(static_cast<Closure*>(memory))};
    (*destroy.closure)();
    // Not a jump to what the closure calls last: reports and dumps name that call by this frame.
    asm volatile("");
  }
};

template <class F>
bool is_null_function(const F& f) noexcept {
  if constexpr (std::is_pointer_v<F> || std::is_member_pointer_v<F> ||
                requires { []<class S>(const std::function<S>&) {}(f); }) {
    return !f;
  } else {
    return false;
  }
}

template <class Closure>
Goroutine* build_goroutine(Closure&& closure, const GoOptions* options) {
  using Type = std::remove_cvref_t<Closure>;
  static constexpr ClosureType kType{sizeof(Type), alignof(Type), &ClosureRunner<Type>::run};
  NewGoroutine fresh = new_goroutine(kType, options);
  if constexpr (std::is_nothrow_constructible_v<Type, Closure&&>) {
    ::new (fresh.closure) Type(std::forward<Closure>(closure));
  } else {
    try {
      ::new (fresh.closure) Type(std::forward<Closure>(closure));
    } catch (...) {
      discard_goroutine(fresh.goroutine);
      throw;
    }
  }
  return fresh.goroutine;
}

// Function and arguments as one closure, each moved into the call, as std::thread does.
template <class F, class... Args>
auto bind_call(F&& f, Args&&... args) {
  if constexpr (sizeof...(Args) == 0) {
    return [f = std::forward<F>(f)]() mutable { (void)std::invoke(std::move(f)); };
  } else {
    return [f = std::forward<F>(f),
            args = std::tuple<std::decay_t<Args>...>(std::forward<Args>(args)...)]() mutable {
      std::apply([&](auto&... each) { (void)std::invoke(std::move(f), std::move(each)...); }, args);
    };
  }
}

}  // namespace sluice::detail
