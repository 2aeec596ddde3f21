#include "sync/os_locks.hpp"

#include <dlfcn.h>
#include <pthread.h>

#include <atomic>

#include "base/assert.hpp"
#include "base/sanitizers.hpp"
#include "sched/park.hpp"

#if defined(__GLIBC__) && !SLUICE_ASAN && !SLUICE_TSAN
#define SLUICE_SEES_OS_LOCKS 1
#endif

namespace sluice::detail {
namespace {

// Set once, before the first worker of a checked run starts.
std::atomic<bool> g_watched{false};

#if SLUICE_SEES_OS_LOCKS
// What an observer locks itself, while it is told of something, is no business of its.
thread_local bool t_telling = false;

__attribute__((noinline)) void tell(EventKind kind, const void* lock, const CallSite& site) {
  Goroutine* goroutine = running_goroutine();
  if (goroutine == nullptr || t_telling || !observed()) return;
  t_telling = true;
  const ObjectRef object{.address = lock};
  Event event;
  event.kind = kind;
  event.doer = goroutine;
  event.objects = {&object, 1};
  event.pc = site.pc;
  event.frame = site.frame;
  emit(event);
  t_telling = false;
}

bool watched() noexcept { return g_watched.load(std::memory_order_relaxed); }
#endif

}  // namespace

void watch_os_locks() noexcept { g_watched.store(true, std::memory_order_relaxed); }

}  // namespace sluice::detail

#if SLUICE_SEES_OS_LOCKS

// These take the place of the C library's, which are looked up when they are first needed. Weak, so
// that a program's own, or a tool's, win.
#define SLUICE_INTERPOSED extern "C" __attribute__((weak, visibility("default")))

// What a program without dynamic linking has, where nothing can be looked up.
extern "C" {
__attribute__((weak)) int __pthread_mutex_lock(pthread_mutex_t*) noexcept;
__attribute__((weak)) int __pthread_mutex_trylock(pthread_mutex_t*) noexcept;
__attribute__((weak)) int __pthread_mutex_unlock(pthread_mutex_t*) noexcept;
}

namespace {

using sluice::detail::EventKind;
using Operation = int (*)(pthread_mutex_t*);

int first_lock(pthread_mutex_t* mutex) noexcept;
int first_trylock(pthread_mutex_t* mutex) noexcept;
int first_unlock(pthread_mutex_t* mutex) noexcept;

// Each finds its successor when it is first called. Whoever is second finds the same.
constinit std::atomic<Operation> g_lock{&first_lock};
constinit std::atomic<Operation> g_trylock{&first_trylock};
constinit std::atomic<Operation> g_unlock{&first_unlock};

int call(std::atomic<Operation>& operation, pthread_mutex_t* mutex) noexcept {
  return operation.load(std::memory_order_relaxed)(mutex);
}

int find(std::atomic<Operation>& operation, const char* name, Operation other,
         pthread_mutex_t* mutex) noexcept {
  void* next = ::dlsym(RTLD_NEXT, name);
  const auto found = next != nullptr ? reinterpret_cast<Operation>(next) : other;
  SLUICE_CHECK(found != nullptr);
  operation.store(found, std::memory_order_relaxed);
  return found(mutex);
}

int first_lock(pthread_mutex_t* mutex) noexcept {
  return find(g_lock, "pthread_mutex_lock", &__pthread_mutex_lock, mutex);
}
int first_trylock(pthread_mutex_t* mutex) noexcept {
  return find(g_trylock, "pthread_mutex_trylock", &__pthread_mutex_trylock, mutex);
}
int first_unlock(pthread_mutex_t* mutex) noexcept {
  return find(g_unlock, "pthread_mutex_unlock", &__pthread_mutex_unlock, mutex);
}

}  // namespace

SLUICE_INTERPOSED int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  if (!sluice::detail::watched()) return call(g_lock, mutex);
  const int failed = call(g_lock, mutex);
  if (failed == 0) {
    sluice::detail::tell(EventKind::os_lock_acquired, mutex, SLUICE_CALL_SITE());
  }
  return failed;
}

SLUICE_INTERPOSED int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
  if (!sluice::detail::watched()) return call(g_trylock, mutex);
  const int failed = call(g_trylock, mutex);
  if (failed == 0) {
    sluice::detail::tell(EventKind::os_lock_acquired, mutex, SLUICE_CALL_SITE());
  }
  return failed;
}

SLUICE_INTERPOSED int pthread_mutex_unlock(pthread_mutex_t* mutex) noexcept {
  if (sluice::detail::watched()) {
    sluice::detail::tell(EventKind::os_lock_released, mutex, SLUICE_CALL_SITE());
  }
  return call(g_unlock, mutex);
}

#endif
