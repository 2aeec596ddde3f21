// Readers and writers: never a writer with anybody else, and everybody gets in.
#include "model/runtime.hpp"
#include "model/verify.hpp"
#include "sluice/mutex.hpp"

namespace sluice::model {
namespace {

void write(RWMutex& mutex, Guarded& data) {
  mutex.lock();
  data.write(data.read() + 1);
  mutex.unlock();
}

void read(RWMutex& mutex, Guarded& data) {
  mutex.lock_shared();
  const int first = data.read();
  check(data.read() == first, "changed under a reader");
  mutex.unlock_shared();
}

TEST(RWMutexModel, TwoReadersAndAWriter) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    set_now(0);
    RWMutex mutex;
    Guarded data;
    for (int i = 0; i < 2; ++i) spawn([&] { read(mutex, data); });
    write(mutex, data);
    join_all();
    check(data.read() == 1, "a write was lost");
  });
}

TEST(RWMutexModel, AReaderAndTwoWriters) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    set_now(0);
    RWMutex mutex;
    Guarded data;
    spawn([&] { write(mutex, data); });
    spawn([&] { read(mutex, data); });
    write(mutex, data);
    join_all();
    check(data.read() == 2, "a write was lost");
  });
}

// The one reader may take the turn that a writer left for the other.
TEST(RWMutexModel, TwoReadersAndTwoWriters) {
  verify({.preemptions = 2, .stale_reads = 1}, [] {
    set_now(0);
    RWMutex mutex;
    Guarded data;
    spawn([&] { write(mutex, data); });
    for (int i = 0; i < 2; ++i) spawn([&] { read(mutex, data); });
    write(mutex, data);
    join_all();
    check(data.read() == 2, "a write was lost");
  });
}

TEST(RWMutexModel, TryLocksBesideAReader) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    set_now(0);
    RWMutex mutex;
    Guarded data;
    int written = 0;
    spawn([&] { read(mutex, data); });
    spawn([&] {
      if (!mutex.try_lock()) return;
      data.write(data.read() + 1);
      mutex.unlock();
      ++written;
    });
    if (mutex.try_lock_shared()) {
      (void)data.read();
      mutex.unlock_shared();
    }
    join_all();
    check(data.read() == written, "a write was lost");
  });
}

}  // namespace
}  // namespace sluice::model
