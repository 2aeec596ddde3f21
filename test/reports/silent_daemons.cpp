// Goroutines that may live for ever, those that only such a one could wake, and one that is woken from where nobody looks.
// RUN: %python %S/over_seeds.py 20 %programs/silent_daemons
#include <cstdint>
#include <cstdlib>
#include <memory>

#include <sluice/sluice.hpp>

namespace {

struct Job {
  sluice::Chan<int> result = sluice::make_chan<int>();
};

struct Hidden {
  sluice::Chan<int> signal = sluice::make_chan<int>();
};

// The daemon alone knows the jobs.
[[gnu::noinline]] void start(const sluice::Chan<>& go_on, sluice::WaitGroup& waiting) {
  auto job = std::make_shared<Job>();
  sluice::go({.name = "daemon"}, [job, go_on] {
    sluice::debug::daemon();
    go_on.recv();
    job->result.send(1);
    sluice::make_chan<int>().recv();
  });
  waiting.go([job] { job->result.recv(); });
}

// Its address is packed away, as a kernel's user data would be.
[[gnu::noinline]] std::uintptr_t hide(sluice::WaitGroup& waiting) {
  auto* hidden = new Hidden;
  sluice::debug::external_waker(&hidden->signal);
  waiting.go([hidden] { hidden->signal.recv(); });
  return ~reinterpret_cast<std::uintptr_t>(hidden);
}

}  // namespace

int main() {
  return sluice::run([] {
    auto go_on = sluice::make_chan();
    sluice::WaitGroup waiting;
    for (int i = 0; i < 3; ++i) start(go_on, waiting);
    const std::uintptr_t packed = hide(waiting);
    for (int i = 0; i < 100; ++i) sluice::yield();
    if (sluice::debug::check_leaks() != 0) std::abort();
    go_on.close();
    std::unique_ptr<Hidden> found(reinterpret_cast<Hidden*>(~packed));
    found->signal.send(1);
    waiting.wait();
  });
}
