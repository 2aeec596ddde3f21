// RUN: %check_all %s
// Lock APIs of other libraries, as their headers declare them: the checks know them by name.
namespace absl {
class Mutex {
 public:
  void Lock();
  void Unlock();
  bool TryLock();
  void ReaderLock();
  void ReaderUnlock();
};
class MutexLock {
 public:
  explicit MutexLock(Mutex* mu);
  ~MutexLock();
};
}  // namespace absl
namespace boost {
class mutex {
 public:
  void lock();
  void unlock();
  bool try_lock();
};
class recursive_mutex {
 public:
  void lock();
  void unlock();
};
}  // namespace boost
class QMutex {
 public:
  void lock();
  void unlock();
  bool tryLock(int timeout = 0);
};
class QReadWriteLock {
 public:
  void lockForRead();
  void lockForWrite();
  void unlock();
};
namespace folly {
template <bool Prefer>
class SharedMutexImpl {
 public:
  void lock();
  void unlock();
  void lock_shared();
  void unlock_shared();
};
using SharedMutex = SharedMutexImpl<true>;
}  // namespace folly
namespace llvm::sys {
template <bool Only>
class SmartMutex {
 public:
  void lock();
  void unlock();
};
}  // namespace llvm::sys
struct CRITICAL_SECTION {};
struct SRWLOCK {};
void EnterCriticalSection(CRITICAL_SECTION*);
int TryEnterCriticalSection(CRITICAL_SECTION*);
void LeaveCriticalSection(CRITICAL_SECTION*);
void AcquireSRWLockShared(SRWLOCK*);
void ReleaseSRWLockShared(SRWLOCK*);

absl::Mutex a;
boost::mutex b;
boost::recursive_mutex again;
QMutex q;
QReadWriteLock rw;
folly::SharedMutex f;
llvm::sys::SmartMutex<true> l;
CRITICAL_SECTION section;
SRWLOCK slim;

int abseil(int x) {
  absl::MutexLock guard(&a);
  return x;
}
int abseil_by_hand(int x) {
  a.Lock();
  if (x == 0) return 0;  // expected-warning {{'a' is still locked when 'abseil_by_hand' returns here}}
  a.Unlock();
  return 1;
}
int abseil_reads(int x) {
  a.ReaderLock();
  if (x == 0) return 0;  // expected-warning {{'a' is still locked when 'abseil_reads' returns here}}
  a.ReaderUnlock();
  return 1;
}
int boost_by_hand(int x) {
  b.lock();
  if (x == 0) return 0;  // expected-warning {{'b' is still locked when 'boost_by_hand' returns here}}
  b.unlock();
  return 1;
}
void boost_again() {
  again.lock();
  again.lock();
  again.unlock();
  again.unlock();
}
int qt(int x) {
  if (!q.tryLock(10)) return -1;
  if (x == 0) return 0;  // expected-warning {{'q' is still locked when 'qt' returns here}}
  q.unlock();
  rw.lockForRead();
  if (x == 1) return 1;  // expected-warning {{'rw' is still locked when 'qt' returns here}}
  rw.unlock();
  return 2;
}
int folly_by_hand(int x) {
  f.lock_shared();
  if (x == 0) return 0;  // expected-warning {{'f' is still locked when 'folly_by_hand' returns here}}
  f.unlock_shared();
  return 1;
}
int llvm_by_hand(int x) {
  l.lock();
  if (x == 0) return 0;  // expected-warning {{'l' is still locked when 'llvm_by_hand' returns here}}
  l.unlock();
  return 1;
}
int windows(int x) {
  EnterCriticalSection(&section);
  if (x == 0) return 0;  // expected-warning {{'section' is still locked when 'windows' returns here}}
  LeaveCriticalSection(&section);
  if (TryEnterCriticalSection(&section)) LeaveCriticalSection(&section);
  AcquireSRWLockShared(&slim);
  if (x == 1) return 1;  // expected-warning {{'slim' is still locked when 'windows' returns here}}
  ReleaseSRWLockShared(&slim);
  return 2;
}
