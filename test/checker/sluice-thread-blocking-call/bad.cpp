// RUN: %check_all %s
// What stops a thread, on a goroutine.
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

std::mutex mu;
std::condition_variable cv;
bool ready;

void backoff() {
  std::this_thread::sleep_for(1ms);  // expected-warning {{'sleep_for' stops the thread under the goroutine, and other goroutines with it; use 'sluice::sleep_for'}}
}
void serve() {
  sluice::go([] { backoff(); });
  sluice::go([] {
    std::unique_lock<std::mutex> lock(mu);
    while (!ready) cv.wait(lock);  // expected-warning {{'wait' stops the thread under the goroutine, and other goroutines with it; use 'sluice::Cond'}}
  });
  sluice::go([] {
    std::thread worker(backoff);
    worker.join();  // expected-warning {{'join' stops the thread under the goroutine, and other goroutines with it; use 'sluice::blocking' around it, or a channel}}
  });
  static std::promise<int> promise;
  sluice::go([] { promise.get_future().get(); });  // expected-warning {{'get' stops the thread}}
}
