// A fiber: a suspended context with all that must travel with it - registers, C++ exception state,
// errno, and what the sanitizers know of it. Knows nothing of scheduling.
#pragma once

#include <cxxabi.h>
#include <cerrno>
#include <cstddef>

#include "base/atomic.hpp"
#include "base/sanitizers.hpp"
#include "fiber/stack.hpp"
#include "fiber/switch.hpp"

namespace sluice::fiber {

// What __cxa_get_globals points at (Itanium C++ ABI 2.2.2): the exceptions being handled by a
// thread, and how many are on their way. A goroutine that parks inside a `catch` takes its own
// along.
struct ExceptionState {
  void* caught = nullptr;
  unsigned uncaught = 0;
};

// Where a thread keeps what travels. Looked up once a thread; a fiber must never keep it across a
// switch.
struct ThreadState {
  ExceptionState* exceptions = nullptr;
  int* error_number = nullptr;

  static ThreadState of_this_thread() noexcept {
    return {reinterpret_cast<ExceptionState*>(abi::__cxa_get_globals()), &errno};
  }
};

struct Fiber {
  void* sp = nullptr;
  ExceptionState exceptions;
  int error_number = 0;
#if SLUICE_TSAN
  void* tsan = nullptr;
  // Its stack has been left, but what it wanted done afterwards is still being done in its name.
  bool lingering = false;  // used with __atomic builtins: TSan must not see the accesses
#endif
#if SLUICE_ASAN
  void* fake_stack = nullptr;
  const void* stack_bottom = nullptr;
  std::size_t stack_size = 0;
#endif
};

// The sanitizers' side of making a fiber on [bottom, bottom + size), ending one, and taking a
// thread's own stack as one.
void announce(Fiber& fiber, const void* bottom, std::size_t size) noexcept;
void retire(Fiber& fiber) noexcept;
void adopt_thread(Fiber& fiber) noexcept;

// A stack that another goroutine has used is given to a new one: no race between the two is meant.
void forget_history(const Stack& stack) noexcept;

// Suspends `from`, which is running on the thread of `thread`, and resumes `to`. Returns when
// somebody resumes `from`, perhaps on another thread. `ending`: `from` will never be resumed.
[[gnu::always_inline]] SLUICE_THREAD_CONFINED inline void switch_fiber(ThreadState& thread,
                                                                       Fiber& from, Fiber& to,
                                                                       bool ending) noexcept {
  from.exceptions = *thread.exceptions;
  from.error_number = *thread.error_number;
  *thread.exceptions = to.exceptions;
  *thread.error_number = to.error_number;
#if SLUICE_TSAN
  __atomic_store_n(&from.lingering, true, __ATOMIC_RELAXED);
  while (__atomic_load_n(&to.lingering, __ATOMIC_ACQUIRE)) base::pause();
#endif
#if SLUICE_ASAN
  __sanitizer_start_switch_fiber(ending ? nullptr : &from.fake_stack, to.stack_bottom,
                                 to.stack_size);
#endif
  (void)ending;
  sluice_switch(&from.sp, to.sp, nullptr);
#if SLUICE_ASAN
  __sanitizer_finish_switch_fiber(from.fake_stack, nullptr, nullptr);
#endif
}

// ThreadSanitizer's half of a switch: from here on the thread acts in the name of `to`. Not done by
// switch_fiber, because what `from` wants done once it has left its stack, such as freeing a lock,
// must count as done by `from`: only then is it ordered before whoever takes the lock, and not
// before an unrelated goroutine that this thread runs next.
SLUICE_THREAD_CONFINED inline void assume_identity([[maybe_unused]] Fiber& from,
                                                   [[maybe_unused]] Fiber& to) noexcept {
#if SLUICE_TSAN
  __tsan_switch_to_fiber(to.tsan, 1 /* does not order the two */);
  __atomic_store_n(&from.lingering, false, __ATOMIC_RELEASE);
#endif
}

// What happened before tell_release(what) happens before what follows tell_acquire(what). For
// orders that are real but that ThreadSanitizer can't see, since other fibers than the two
// concerned handle the run queues.
inline void tell_release([[maybe_unused]] void* what) noexcept {
#if SLUICE_TSAN
  __tsan_release(what);
#endif
}
inline void tell_acquire([[maybe_unused]] void* what) noexcept {
#if SLUICE_TSAN
  __tsan_acquire(what);
#endif
}

// The first thing on a fresh fiber.
inline void begin(Fiber& fiber) noexcept {
#if SLUICE_ASAN
  __sanitizer_finish_switch_fiber(fiber.fake_stack, nullptr, nullptr);
#endif
  (void)fiber;
}

}  // namespace sluice::fiber
