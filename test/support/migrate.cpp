#include "support/migrate.hpp"

#include <unistd.h>

#include <atomic>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"

namespace sluice::test {

[[gnu::noinline]] pid_t thread_id() noexcept { return gettid(); }

namespace {

// What the goroutine that goes away shares with the one that keeps its thread busy.
struct Trip {
  pid_t from;
  void (*check)();
  Chan<> wake = make_chan();
  std::atomic<bool> back{false};
};

// Wakes the traveller and, if this is the thread that it left, keeps the thread busy until the
// traveller has turned up elsewhere.
void keep_busy(Trip& trip) {
  const bool here = thread_id() == trip.from;
  if (here && trip.check != nullptr) trip.check();
  trip.wake.send();
  while (here && !trip.back) {
  }
}

}  // namespace

bool move_to_another_thread(void (*check)()) {
  const pid_t origin = thread_id();
  return eventually([check, origin] {
    Trip trip{.from = thread_id(), .check = check};
    WaitGroup busy;
    busy.go([&] { keep_busy(trip); });
    trip.wake.recv();
    const bool moved = thread_id() != trip.from;
    trip.back = true;
    busy.wait();
    // Waiting for the other, and each trip after the first, may have taken us back.
    return moved && thread_id() != origin;
  });
}

}  // namespace sluice::test
