// Locks that are freed by others than those who took them, as Go allows: by a worker that was sent the work, by a timer,
// by a goroutine started under the lock. Whoever takes the lock again waits for that, and nobody is said to be stuck.
// RUN: %python %S/over_seeds.py --notes 20 %programs/silent_handed_on
#include <chrono>
#include <functional>

#include <sluice/sluice.hpp>

namespace {

using std::chrono::milliseconds;

// One job at a time: the lock is held from here until the worker has done it.
void one_job_at_a_time() {
  sluice::Mutex busy;
  auto jobs = sluice::make_chan<std::function<void()>>(4);
  sluice::WaitGroup wg;
  wg.go([&] {
    while (auto job = jobs.recv()) {
      sluice::sleep_for(milliseconds(60));
      (*job)();
      busy.unlock();
    }
  });
  for (int i = 0; i < 3; ++i) {
    busy.lock();
    jobs.send([] {});
  }
  busy.lock();
  busy.unlock();
  jobs.close();
  wg.wait();
}

// Whoever took it has ended by the time that it is freed, and others wait.
void its_taker_has_ended() {
  sluice::Mutex mu;
  auto release = sluice::make_chan<sluice::Mutex*>();
  sluice::WaitGroup wg, taken;
  wg.go([&] {
    sluice::Mutex* locked = *release.recv();
    sluice::sleep_for(milliseconds(60));
    locked->unlock();
  });
  taken.go([&] {
    mu.lock();
    release.send(&mu);
  });
  taken.wait();
  mu.lock();
  mu.unlock();
  wg.wait();
}

void by_a_timer() {
  sluice::Mutex mu;
  mu.lock();
  sluice::AfterFunc later(milliseconds(60), [&] { mu.unlock(); });
  mu.lock();
  mu.unlock();
}

}  // namespace

int main() {
  return sluice::run([] {
    one_job_at_a_time();
    its_taker_has_ended();
    by_a_timer();
  });
}
