// Waiting for a condition on state that a lock guards.
#pragma once

#include <utility>

#include "sluice/annotations.hpp"
#include "sluice/detail/event.hpp"
#include "sluice/detail/export.hpp"
#include "sluice/detail/wait_queue.hpp"

namespace sluice {

/// A place where goroutines wait for, and announce, that something has changed. Works with any lock
/// that has `lock` and `unlock`: Mutex, `std::unique_lock<Mutex>`, ReadLocker. Waiters are woken in
/// the order in which they came.
///
/// Go: sync.Cond.
class SLUICE_EXPORT Cond {
 public:
  constexpr Cond() noexcept {
    if (!__builtin_is_constant_evaluated()) created();
  }
  Cond(const Cond&) = delete;
  Cond& operator=(const Cond&) = delete;
  ~Cond();

  /// Frees `lock`, parks until notified, takes `lock` again. The lock must be held; when its
  /// `unlock` throws, nobody waits. No notification that comes after the lock was freed is missed;
  /// a wake-up never comes without one. Re-check the condition in a loop, since another goroutine
  /// may have been quicker; the other overload does.
  ///
  /// Go: Cond.Wait.
  template <class L>
  void wait(L& lock) SLUICE_NO_THREAD_SAFETY_ANALYSIS {
    detail::Waiter waiter;
    enqueue(waiter, &lock);
    {
      Leaving leaving{*this, waiter};
      lock.unlock();  // throws when a std::unique_lock does not hold it
      leaving.stays = true;
    }
    park(waiter);
    lock.lock();
  }

  /// Waits until `until()` is true; it is called with `lock` held.
  template <class L, class Pred>
  void wait(L& lock, Pred until) {
    while (!until()) wait(lock);
  }

  /// Wakes the goroutine that has waited longest, if any. The lock may be held or not. Go:
  /// Cond.Signal.
  void notify_one() noexcept;
  /// Wakes all that wait now. Go: Cond.Broadcast.
  void notify_all() noexcept;

 private:
  void created() noexcept;
  detail::ObjectRef object() noexcept;
  void enqueue(detail::Waiter& waiter, const void* lock) noexcept;
  void park(detail::Waiter& waiter) noexcept;
  void leave(detail::Waiter& waiter) noexcept;

  // A waiter whose lock could not be freed is gone before it has waited.
  struct Leaving {
    ~Leaving() {
      if (!stays) cond.leave(waiter);
    }
    Cond& cond;
    detail::Waiter& waiter;
    bool stays = false;
  };

  detail::WaitQueue queue_;
  detail::ObjectTag tag_;
};

}  // namespace sluice
