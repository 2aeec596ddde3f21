// Abseil's mutex in the rows for locks, with its detection of deadlocks when the first argument is
// `detect`.
#include <absl/synchronization/mutex.h>

#include <cstring>
#include <thread>

#include "lock_rows.hpp"

namespace {

struct Mutex {
  absl::Mutex mutex;
  void lock() { mutex.Lock(); }
  void unlock() { mutex.Unlock(); }
};

}  // namespace

int main(int argc, char** argv) {
  const bool detect = argc > 1 && std::strcmp(argv[1], "detect") == 0;
  absl::SetMutexDeadlockDetectionMode(detect ? absl::OnDeadlockCycle::kReport
                                             : absl::OnDeadlockCycle::kIgnore);
  // The C library takes no locked instruction before there has been a second thread.
  std::thread([] {}).join();
  benchmark::Initialize(&argc, argv);
  sluice_bench::register_lock_rows<Mutex>([](const auto& body) {
    std::thread other([&] { body(1); });
    body(0);
    other.join();
  });
  sluice_bench::measure_rows();
}
