// RUN: %check_all %s
#include <mutex>
#include <shared_mutex>

#include <sluice/sluice.hpp>

sluice::Mutex mu;
sluice::RWMutex rw;
std::shared_mutex shared;
int total;

bool found(int x) {
  mu.lock();
  if (x == total) {
    mu.unlock();
    total = 0;
  }
  mu.unlock();  // expected-warning {{'mu' is not held here: this path has unlocked it already}}
  return x == 0;
}

void as_a_writer() {
  rw.lock_shared();
  total++;
  rw.unlock();  // expected-warning {{'rw' was locked for reading, and is unlocked as if it had been for writing; 'unlock_shared' is meant}}
}
void as_a_reader() {
  shared.lock();
  total++;
  shared.unlock_shared();  // expected-warning {{'shared' was locked for writing, and is unlocked as if it had been for reading; 'unlock' is meant}}
}
