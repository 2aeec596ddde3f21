// Goroutines that wait for what somebody can still reach, each by another way: none is said to be lost.
// RUN: env SLUICE_DEBUG=check %programs/sl202_reachable 2>&1 | %FileCheck %s
#include <atomic>
#include <cstdio>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;
using Chan = sluice::Chan<int>;

namespace {

struct Service {
  Chan in = sluice::make_chan<int>();
  std::vector<std::unique_ptr<int>> more;
};

Chan global;
sluice::WaitGroup left;

void start(Chan chan) {
  left.go([chan] { chan.recv(); });
}

[[gnu::noinline]] Chan waited_for() {
  Chan chan = sluice::make_chan<int>();
  start(chan);
  return chan;
}

Chan& thread_own() {
  thread_local Chan chan;
  return chan;
}

}  // namespace

int main() {
  return sluice::run([] {
    global = waited_for();

    auto service = std::make_unique<Service>();
    start(service->in);
    std::map<int, std::shared_ptr<Service>> services{{7, std::make_shared<Service>()}};
    start(services[7]->in);

    // A parent that waits for a child, which has the parent's channel by reference.
    left.go([] {
      Chan answer = sluice::make_chan<int>();
      sluice::go([&] {
        sluice::sleep_for(500ms);
        answer.send(1);
      });
      answer.recv();
    });

    std::atomic<bool> stop{false};
    std::thread foreign([chan = waited_for(), &stop] {
      while (!stop) std::this_thread::sleep_for(1ms);
      chan.send(1);
    });

    sluice::AfterFunc later(500ms, [chan = waited_for()] { chan.send(1); });

    auto parcels = sluice::make_chan<Chan>(1);
    parcels.send(waited_for());

    const sluice::ThreadLock here;
    thread_own() = waited_for();

    sluice::Cancellable work = sluice::with_cancel(sluice::Context::background());
    left.go([ctx = work.ctx] { ctx.done().recv(); });

    sluice::Semaphore units(1);
    units.acquire();
    left.go([&] { units.acquire(); });

    sluice::Mutex mu;
    mu.lock();
    left.go([&] { sluice::Lock lock(mu); });

    sluice::sleep_for(300ms);
    std::fprintf(stderr, "found %zu\n", sluice::debug::check_leaks());

    stop = true;
    sluice::blocking([&] { foreign.join(); });
    mu.unlock();
    units.release();
    work.cancel();
    thread_own().send(1);
    parcels.recv()->send(1);
    services[7]->in.send(1);
    service->in.send(1);
    global.send(1);
    left.wait();
    std::fprintf(stderr, "all came back\n");
  });
}
// CHECK-NOT: SL202
// CHECK-NOT: blind
// CHECK: found 0
// CHECK-NOT: SL202
// CHECK: all came back
// CHECK-NOT: SL
