// The lock APIs of C11, Abseil, Boost, LLVM, Qt, folly and Windows, by name.
#include "vocabulary/vocabulary.hpp"

namespace sluice::checker {
namespace {

// A method that takes its object, or gives it back.
constexpr LockFunction method(std::string_view name, std::string_view release, bool shared = false,
                              bool recursive = false) {
  return {.name = name,
          .effect = Effect::acquire,
          .shared = shared,
          .release = release,
          .recursive = recursive};
}
constexpr LockFunction tries(std::string_view name, std::string_view release, bool shared = false,
                             bool recursive = false) {
  LockFunction row = method(name, release, shared, recursive);
  row.success = Success::if_true;
  return row;
}
constexpr LockFunction frees(std::string_view name, bool shared = false, bool recursive = false) {
  return {.name = name, .effect = Effect::release, .shared = shared, .recursive = recursive};
}

// The same of a function that is given the lock.
constexpr LockFunction of_first(LockFunction row) {
  row.lock = 0;
  return row;
}
constexpr LockFunction if_zero(LockFunction row) {
  row.success = Success::if_zero;
  return row;
}
constexpr LockFunction gives_up(LockFunction row) {
  row.gives_up = true;
  return row;
}
constexpr LockFunction keeps(std::string_view name, int lock) {
  return {.name = name, .effect = Effect::keep, .lock = lock};
}

constexpr LockFunction kC11[] = {
    if_zero(of_first(method("mtx_lock", "mtx_unlock"))),
    gives_up(if_zero(of_first(method("mtx_trylock", "mtx_unlock")))),
    gives_up(if_zero(of_first(method("mtx_timedlock", "mtx_unlock")))),
    of_first(frees("mtx_unlock")),
    keeps("cnd_wait", 1),
    keeps("cnd_timedwait", 1),
};
constexpr Spawner kC11Spawners[] = {{"thrd_create", "thread"}};

constexpr LockFunction kAbseil[] = {
    method("absl::Mutex::Lock", "Unlock"),
    method("absl::Mutex::lock", "unlock"),
    method("absl::Mutex::WriterLock", "WriterUnlock"),
    method("absl::Mutex::LockWhen", "Unlock"),
    method("absl::Mutex::WriterLockWhen", "WriterUnlock"),
    method("absl::Mutex::LockWhenWithTimeout", "Unlock"),
    method("absl::Mutex::LockWhenWithDeadline", "Unlock"),
    tries("absl::Mutex::TryLock", "Unlock"),
    tries("absl::Mutex::try_lock", "unlock"),
    tries("absl::Mutex::WriterTryLock", "WriterUnlock"),
    frees("absl::Mutex::Unlock"),
    frees("absl::Mutex::unlock"),
    frees("absl::Mutex::WriterUnlock"),
    method("absl::Mutex::ReaderLock", "ReaderUnlock", true),
    method("absl::Mutex::lock_shared", "unlock_shared", true),
    method("absl::Mutex::ReaderLockWhen", "ReaderUnlock", true),
    tries("absl::Mutex::ReaderTryLock", "ReaderUnlock", true),
    tries("absl::Mutex::try_lock_shared", "unlock_shared", true),
    frees("absl::Mutex::ReaderUnlock", true),
    frees("absl::Mutex::unlock_shared", true),
    {.name = "absl::Mutex::Await", .effect = Effect::keep},
    {.name = "absl::Mutex::AwaitWithTimeout", .effect = Effect::keep},
    keeps("absl::CondVar::Wait", 0),
    keeps("absl::CondVar::WaitWithTimeout", 0),
    keeps("absl::CondVar::WaitWithDeadline", 0),
};
constexpr GuardType kAbseilGuards[] = {
    {.name = "absl::MutexLock"},
    {.name = "absl::WriterMutexLock"},
    {.name = "absl::ReaderMutexLock", .shared = true},
};

constexpr LockFunction kBoost[] = {
    method("boost::mutex::lock", "unlock"),
    tries("boost::mutex::try_lock", "unlock"),
    frees("boost::mutex::unlock"),
    method("boost::timed_mutex::lock", "unlock"),
    tries("boost::timed_mutex::try_lock", "unlock"),
    tries("boost::timed_mutex::timed_lock", "unlock"),
    frees("boost::timed_mutex::unlock"),
    method("boost::recursive_mutex::lock", "unlock", false, true),
    tries("boost::recursive_mutex::try_lock", "unlock", false, true),
    frees("boost::recursive_mutex::unlock", false, true),
    method("boost::shared_mutex::lock", "unlock"),
    tries("boost::shared_mutex::try_lock", "unlock"),
    frees("boost::shared_mutex::unlock"),
    method("boost::shared_mutex::lock_shared", "unlock_shared", true),
    tries("boost::shared_mutex::try_lock_shared", "unlock_shared", true),
    frees("boost::shared_mutex::unlock_shared", true),
    keeps("boost::condition_variable::wait", 0),
    keeps("boost::condition_variable_any::wait", 0),
};
constexpr GuardType kBoostGuards[] = {
    {.name = "boost::lock_guard"},
    {.name = "boost::unique_lock", .movable = true},
    {.name = "boost::shared_lock", .shared = true, .movable = true},
    {.name = "boost::shared_lock_guard", .shared = true},
};
constexpr Spawner kBoostSpawners[] = {{"boost::thread::thread", "thread"}};

constexpr LockFunction kLlvm[] = {
    method("llvm::sys::SmartMutex::lock", "unlock", false, true),
    tries("llvm::sys::SmartMutex::try_lock", "unlock", false, true),
    frees("llvm::sys::SmartMutex::unlock", false, true),
    method("llvm::sys::SmartRWMutex::lock", "unlock"),
    tries("llvm::sys::SmartRWMutex::try_lock", "unlock"),
    frees("llvm::sys::SmartRWMutex::unlock"),
    method("llvm::sys::SmartRWMutex::lock_shared", "unlock_shared", true),
    frees("llvm::sys::SmartRWMutex::unlock_shared", true),
};
constexpr GuardType kLlvmGuards[] = {
    {.name = "llvm::sys::SmartScopedReader", .shared = true},
    {.name = "llvm::sys::SmartScopedWriter"},
};

constexpr LockFunction kQt[] = {
    method("QMutex::lock", "unlock"),
    method("QBasicMutex::lock", "unlock"),
    tries("QMutex::tryLock", "unlock"),
    tries("QBasicMutex::tryLock", "unlock"),
    tries("QMutex::try_lock", "unlock"),
    frees("QMutex::unlock"),
    frees("QBasicMutex::unlock"),
    method("QRecursiveMutex::lock", "unlock", false, true),
    tries("QRecursiveMutex::tryLock", "unlock", false, true),
    frees("QRecursiveMutex::unlock", false, true),
    method("QReadWriteLock::lockForWrite", "unlock"),
    tries("QReadWriteLock::tryLockForWrite", "unlock"),
    method("QReadWriteLock::lockForRead", "unlock", true),
    tries("QReadWriteLock::tryLockForRead", "unlock", true),
    frees("QReadWriteLock::unlock"),
    keeps("QWaitCondition::wait", 0),
};
constexpr GuardType kQtGuards[] = {
    {.name = "QMutexLocker", .movable = true},
    {.name = "QReadLocker", .shared = true, .movable = true},
    {.name = "QWriteLocker", .movable = true},
};

constexpr LockFunction kFolly[] = {
    method("folly::SharedMutexImpl::lock", "unlock"),
    tries("folly::SharedMutexImpl::try_lock", "unlock"),
    frees("folly::SharedMutexImpl::unlock"),
    method("folly::SharedMutexImpl::lock_shared", "unlock_shared", true),
    tries("folly::SharedMutexImpl::try_lock_shared", "unlock_shared", true),
    frees("folly::SharedMutexImpl::unlock_shared", true),
    method("folly::SpinLock::lock", "unlock"),
    tries("folly::SpinLock::try_lock", "unlock"),
    frees("folly::SpinLock::unlock"),
    method("folly::MicroSpinLock::lock", "unlock"),
    tries("folly::MicroSpinLock::try_lock", "unlock"),
    frees("folly::MicroSpinLock::unlock"),
};

// A critical section may be entered again by its owner.
constexpr LockFunction kWindows[] = {
    of_first(method("EnterCriticalSection", "LeaveCriticalSection", false, true)),
    of_first(tries("TryEnterCriticalSection", "LeaveCriticalSection", false, true)),
    of_first(frees("LeaveCriticalSection", false, true)),
    of_first(method("AcquireSRWLockExclusive", "ReleaseSRWLockExclusive")),
    of_first(tries("TryAcquireSRWLockExclusive", "ReleaseSRWLockExclusive")),
    of_first(frees("ReleaseSRWLockExclusive")),
    of_first(method("AcquireSRWLockShared", "ReleaseSRWLockShared", true)),
    of_first(tries("TryAcquireSRWLockShared", "ReleaseSRWLockShared", true)),
    of_first(frees("ReleaseSRWLockShared", true)),
    keeps("SleepConditionVariableCS", 1),
    keeps("SleepConditionVariableSRW", 1),
};
constexpr Spawner kWindowsSpawners[] = {{"CreateThread", "thread"}};

}  // namespace

Rows c11_rows() { return {kC11, {}, kC11Spawners}; }
Rows abseil_rows() { return {kAbseil, kAbseilGuards, {}}; }
Rows boost_rows() { return {kBoost, kBoostGuards, kBoostSpawners}; }
Rows llvm_rows() { return {kLlvm, kLlvmGuards, {}}; }
Rows qt_rows() { return {kQt, kQtGuards, {}}; }
Rows folly_rows() { return {kFolly, {}, {}}; }
Rows windows_rows() { return {kWindows, {}, kWindowsSpawners}; }

}  // namespace sluice::checker
