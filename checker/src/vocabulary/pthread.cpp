// POSIX threads: mutexes, read-write locks and spin locks. All of them return 0 when they did what
// they were asked.
#include "vocabulary/vocabulary.hpp"

namespace sluice::checker {
namespace {

constexpr LockFunction acquire(std::string_view name, std::string_view release,
                               bool shared = false) {
  return {.name = name,
          .effect = Effect::acquire,
          .success = Success::if_zero,
          .shared = shared,
          .lock = 0,
          .release = release};
}

constexpr LockFunction try_acquire(std::string_view name, std::string_view release,
                                   bool shared = false) {
  LockFunction row = acquire(name, release, shared);
  row.gives_up = true;
  return row;
}

constexpr LockFunction release(std::string_view name) {
  return {.name = name, .effect = Effect::release, .lock = 0};
}

// POSIX has one function to end both kinds of holding a read-write lock; the engine takes it for
// whichever is held.
constexpr LockFunction kFunctions[] = {
    acquire("pthread_mutex_lock", "pthread_mutex_unlock"),
    try_acquire("pthread_mutex_trylock", "pthread_mutex_unlock"),
    try_acquire("pthread_mutex_timedlock", "pthread_mutex_unlock"),
    try_acquire("pthread_mutex_clocklock", "pthread_mutex_unlock"),
    release("pthread_mutex_unlock"),
    acquire("pthread_rwlock_wrlock", "pthread_rwlock_unlock"),
    try_acquire("pthread_rwlock_trywrlock", "pthread_rwlock_unlock"),
    try_acquire("pthread_rwlock_timedwrlock", "pthread_rwlock_unlock"),
    try_acquire("pthread_rwlock_clockwrlock", "pthread_rwlock_unlock"),
    acquire("pthread_rwlock_rdlock", "pthread_rwlock_unlock", true),
    try_acquire("pthread_rwlock_tryrdlock", "pthread_rwlock_unlock", true),
    try_acquire("pthread_rwlock_timedrdlock", "pthread_rwlock_unlock", true),
    try_acquire("pthread_rwlock_clockrdlock", "pthread_rwlock_unlock", true),
    release("pthread_rwlock_unlock"),
    acquire("pthread_spin_lock", "pthread_spin_unlock"),
    try_acquire("pthread_spin_trylock", "pthread_spin_unlock"),
    release("pthread_spin_unlock"),
    {.name = "pthread_cond_wait", .effect = Effect::keep, .lock = 1},
    {.name = "pthread_cond_timedwait", .effect = Effect::keep, .lock = 1},
    {.name = "pthread_cond_clockwait", .effect = Effect::keep, .lock = 1},
};

constexpr Spawner kSpawners[] = {{"pthread_create", "thread"}};

}  // namespace

Rows pthread_rows() { return {kFunctions, {}, kSpawners}; }

}  // namespace sluice::checker
