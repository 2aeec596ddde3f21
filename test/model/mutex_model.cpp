// The mutex word: exclusion, hand-over in starvation, no lost wake-up, and nothing touched after
// the unlock that lets the next owner destroy it.
#include "sluice/mutex.hpp"

#include "model/runtime.hpp"
#include "model/verify.hpp"

namespace sluice::model {
namespace {

void increment(Mutex& mutex, Guarded& counter) {
  mutex.lock();
  counter.write(counter.read() + 1);
  mutex.unlock();
}

void two_at_a_time() {
  Mutex mutex;
  Guarded counter;
  for (int i = 0; i < 2; ++i) spawn([&] { increment(mutex, counter); });
  increment(mutex, counter);
  join_all();
  check(counter.read() == 3, "an increment was lost");
}

TEST(MutexModel, OneOwnerAtATime) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    set_now(0);
    two_at_a_time();
  });
}

// Each look at the clock is 2 ms after the last: every waiter that fails finds itself starving.
TEST(MutexModel, StarvingWaitersAreHandedTheLock) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    set_now(0, 2'000'000);
    two_at_a_time();
  });
}

TEST(MutexModel, TryLockBesideWaiters) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    set_now(0);
    Mutex mutex;
    Guarded counter;
    int tried = 0;
    spawn([&] { increment(mutex, counter); });
    spawn([&] {
      if (!mutex.try_lock()) return;
      counter.write(counter.read() + 1);
      mutex.unlock();
      ++tried;
    });
    increment(mutex, counter);
    join_all();
    check(counter.read() == 2 + tried, "an increment was lost");
  });
}

TEST(MutexModel, TheNextOwnerMayDestroyIt) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    set_now(0);
    Mortal<Mutex> mutex;
    mutex->lock();
    spawn([&] {
      mutex->lock();
      mutex->unlock();
      mutex.end();
    });
    mutex->unlock();
    join_all();
  });
}

}  // namespace
}  // namespace sluice::model
