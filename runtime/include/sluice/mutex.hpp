// Mutual exclusion between goroutines (and threads): Mutex, RWMutex, and the scopes that hold them.
#pragma once

#include <cstdint>

#include "sluice/annotations.hpp"
#include "sluice/detail/atomic.hpp"
#include "sluice/detail/event.hpp"
#include "sluice/detail/export.hpp"
#include "sluice/detail/mutex_core.hpp"

namespace sluice {

/// A mutual exclusion lock. A goroutine that finds it taken parks; its worker runs others.
///
/// Meets the standard's Lockable, so `std::lock_guard`, `std::scoped_lock` and `std::unique_lock`
/// work. Not recursive. Another goroutine than the one that locked may unlock (checked mode notes
/// it). First come, first served once a goroutine has waited for 1 ms (Go's starvation mode);
/// before that a running goroutine may overtake.
///
/// A constant-initialised Mutex is usable before main. Destroying a locked or waited-for Mutex is
/// an error that checked mode reports (SL122).
///
/// Go: sync.Mutex.
class SLUICE_EXPORT SLUICE_CAPABILITY("mutex") Mutex {
 public:
  // In line, so that checked mode sees the place where it is made and not this one.
  [[gnu::always_inline]] constexpr Mutex() noexcept {
    if (!__builtin_is_constant_evaluated()) created();
  }
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;
  ~Mutex();

  /// Takes the lock; parks while another has it. Synchronizes with the unlock before it.
  /// Uncontended: one atomic operation. Does not throw. Go: Mutex.Lock.
  void lock() noexcept SLUICE_ACQUIRE();
  /// Takes the lock if nobody has it; never parks. Go: Mutex.TryLock.
  bool try_lock() noexcept SLUICE_TRY_ACQUIRE(true);
  /// Frees the lock and wakes one waiter. Unlocking an unlocked Mutex prints
  /// `fatal error: sync: unlock of unlocked mutex` and ends the process with exit status 2. Go:
  /// Mutex.Unlock.
  void unlock() noexcept SLUICE_RELEASE();

 private:
  void created() noexcept;
  detail::ObjectRef object() noexcept;
  void lock_told(const void* pc, const void* frame) noexcept;
  void unlock_told(const void* pc, const void* frame) noexcept;
  struct Observed;

  detail::MutexCore core_;
  detail::LockTag tag_;
};

/// Many readers or one writer. A waiting writer holds off new readers, so writers are not starved;
/// for the same reason a goroutine that read-locks twice can hang with a writer between (checked
/// mode: SL103).
///
/// Meets SharedMutex: `std::shared_lock` and `std::unique_lock` work.
///
/// Go: sync.RWMutex.
class SLUICE_EXPORT SLUICE_CAPABILITY("mutex") RWMutex {
 public:
  [[gnu::always_inline]] constexpr RWMutex() noexcept {
    if (!__builtin_is_constant_evaluated()) created();
  }
  RWMutex(const RWMutex&) = delete;
  RWMutex& operator=(const RWMutex&) = delete;
  ~RWMutex();

  /// Takes the lock for writing; parks until all readers and writers before it have left. Go:
  /// RWMutex.Lock.
  void lock() noexcept SLUICE_ACQUIRE();
  /// Takes the lock for writing if nobody has it in any way; never parks. Go: RWMutex.TryLock.
  bool try_lock() noexcept SLUICE_TRY_ACQUIRE(true);
  /// Ends writing; all readers that wait get in. When not locked for writing: prints
  /// `fatal error: sync: Unlock of unlocked RWMutex`, exit status 2. Go: RWMutex.Unlock.
  void unlock() noexcept SLUICE_RELEASE();

  /// Takes the lock for reading; parks while a writer has it or waits for it. Go: RWMutex.RLock.
  void lock_shared() noexcept SLUICE_ACQUIRE_SHARED();
  /// Takes the lock for reading unless a writer has it or waits; never parks. Go: RWMutex.TryRLock.
  bool try_lock_shared() noexcept SLUICE_TRY_ACQUIRE_SHARED(true);
  /// Ends one reading. When nobody reads: prints `fatal error: sync: RUnlock of unlocked RWMutex`,
  /// exit status 2. Go: RWMutex.RUnlock.
  void unlock_shared() noexcept SLUICE_RELEASE_SHARED();

 private:
  void created() noexcept;
  detail::ObjectRef object(detail::AccessMode mode) noexcept;
  void lock_told(const void* pc, const void* frame) noexcept;
  void unlock_told(const void* pc, const void* frame) noexcept;
  void lock_shared_told(const void* pc, const void* frame) noexcept;
  void unlock_shared_told(const void* pc, const void* frame) noexcept;
  void release() noexcept;
  void release_shared() noexcept;
  void acquire() noexcept;
  void acquire_shared() noexcept;
  bool try_acquire() noexcept;
  bool try_acquire_shared() noexcept;
  struct ObservedWriter;
  struct ObservedReader;

  // Readers inside, and those that wait, less kWriter while a writer waits for readers or is
  // inside. Readers add and subtract one. Acquire and release pair readers with writers.
  detail::Atomic<std::int32_t> readers_{0};
  // How many readers the waiting writer still waits for. The one that makes it zero wakes the
  // writer.
  detail::Atomic<std::int32_t> departing_{0};
  detail::MutexCore writers_;  // one writer at a time
  // The writer that waits for readers, if any, first; then readers that wait for it.
  detail::WaitQueue queue_;
  // Readers that a writer let in while they had counted themselves and were not yet in the queue.
  // Guarded by queue_.lock, and 0 while a writer is inside.
  std::int32_t turns_ = 0;
  detail::LockTag tag_;
};

/// Holds a Mutex, or an RWMutex for writing, for the length of a scope. `std::lock_guard` that
/// clang's `-Wthread-safety` understands. Go: mu.Lock(); defer mu.Unlock().
template <class M>
class SLUICE_SCOPED_CAPABILITY [[nodiscard]] Lock {
 public:
  /// Takes `mutex`; parks while another has it.
  [[gnu::always_inline]] explicit Lock(M& mutex) SLUICE_ACQUIRE(mutex) : mutex_(mutex) {
    mutex_.lock();
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  [[gnu::always_inline]] ~Lock() SLUICE_RELEASE() {
    mutex_.unlock();
    asm inline volatile("");  // no tail call: profiles and reports name the function that unlocks
  }

 private:
  M& mutex_;
};

/// Holds an RWMutex for reading for the length of a scope. Go: mu.RLock(); defer mu.RUnlock().
template <class M>
class SLUICE_SCOPED_CAPABILITY [[nodiscard]] SharedLock {
 public:
  /// Takes `mutex` for reading; parks while a writer has it or waits for it.
  [[gnu::always_inline]] explicit SharedLock(M& mutex) SLUICE_ACQUIRE_SHARED(mutex)
      : mutex_(mutex) {
    mutex_.lock_shared();
  }
  SharedLock(const SharedLock&) = delete;
  SharedLock& operator=(const SharedLock&) = delete;
  [[gnu::always_inline]] ~SharedLock() SLUICE_RELEASE() {
    mutex_.unlock_shared();
    asm inline volatile("");  // as in Lock
  }

 private:
  M& mutex_;
};

/// An RWMutex's reading side as a lock of its own. Go: RWMutex.RLocker.
class SLUICE_CAPABILITY("mutex") ReadLocker {
 public:
  /// The reading side of `mutex`, which must outlive it.
  explicit ReadLocker(RWMutex& mutex) noexcept : mutex_(mutex) {}
  /// As RWMutex::lock_shared.
  void lock() noexcept SLUICE_ACQUIRE() SLUICE_NO_THREAD_SAFETY_ANALYSIS { mutex_.lock_shared(); }
  /// As RWMutex::try_lock_shared.
  bool try_lock() noexcept SLUICE_TRY_ACQUIRE(true) SLUICE_NO_THREAD_SAFETY_ANALYSIS {
    return mutex_.try_lock_shared();
  }
  /// As RWMutex::unlock_shared.
  void unlock() noexcept SLUICE_RELEASE() SLUICE_NO_THREAD_SAFETY_ANALYSIS {
    mutex_.unlock_shared();
  }

 private:
  RWMutex& mutex_;
};

}  // namespace sluice
