// Goroutines that nothing can wake any more, while the program runs on: the usual patterns, each alone.
// REQUIRES: leak-scan
// RUN: env SLUICE_DEBUG=check %programs/sl202_leaked early_return 2>&1 | %FileCheck --check-prefixes=HEAD,EARLY %s
// RUN: env SLUICE_DEBUG=check %programs/sl202_leaked n_cast 2>&1 | %FileCheck --check-prefixes=HEAD,NCAST %s
// RUN: env SLUICE_DEBUG=check %programs/sl202_leaked range 2>&1 | %FileCheck --check-prefixes=HEAD,RANGE %s
// RUN: env SLUICE_DEBUG=check %programs/sl202_leaked pair 2>&1 | %FileCheck --check-prefixes=HEAD,PAIR %s
// RUN: env SLUICE_DEBUG=check %programs/sl202_leaked circle 2>&1 | %FileCheck --check-prefixes=HEAD,CIRCLE %s
// RUN: env SLUICE_DEBUG=check %programs/sl202_leaked lock_and_channel 2>&1 | %FileCheck --check-prefixes=HEAD,LOCK %s
// RUN: env SLUICE_DEBUG=check %programs/sl202_leaked dead_select 2>&1 | %FileCheck --check-prefixes=HEAD,SELECT %s
// RUN: env SLUICE_DEBUG=check %programs/sl202_leaked beside_a_ticker 2>&1 | %FileCheck --check-prefix=TICKER %s
#include <cstdio>
#include <memory>
#include <string_view>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

struct Exchange {
  sluice::Mutex mu;
  sluice::Chan<int> acks = sluice::make_chan<int>();
  sluice::Chan<int> back = sluice::make_chan<int>();
};

[[gnu::noinline]] void early_return() {
  auto out = sluice::make_chan<int>();
  sluice::go({.name = "fetch"}, [=] { out.send(1); });
}

[[gnu::noinline]] void n_cast() {
  auto out = sluice::make_chan<int>();
  for (int i = 0; i < 4; ++i) sluice::go({.name = "replica"}, [=] { out.send(i); });
  out.recv();
}

[[gnu::noinline]] void range() {
  auto jobs = sluice::make_chan<int>(2);
  sluice::go({.name = "worker"}, [=] {
    for (int job : jobs) (void)job;
  });
  jobs.send(1);
}

[[gnu::noinline]] void pair() {
  auto both = std::make_shared<Exchange>();
  sluice::go({.name = "asks"}, [both] { both->acks.recv(); });
  sluice::go({.name = "answers"}, [both] { both->back.recv(); });
}

[[gnu::noinline]] void circle() {
  auto there = sluice::make_chan<int>();
  auto back = sluice::make_chan<int>();
  sluice::go({.name = "ping"}, [=] { there.send(*back.recv()); });
  sluice::go({.name = "pong"}, [=] { back.send(*there.recv()); });
}

[[gnu::noinline]] void lock_and_channel() {
  auto index = std::make_shared<Exchange>();
  auto held = sluice::make_chan();
  sluice::go({.name = "flush"}, [=] {
    sluice::Lock lock(index->mu);
    held.send();
    index->acks.recv();
  });
  held.recv();
  sluice::go({.name = "index"}, [=] {
    sluice::Lock lock(index->mu);
    index->acks.send(1);
  });
}

[[gnu::noinline]] void dead_select() {
  auto stop = sluice::make_chan();
  auto in = sluice::make_chan<int>();
  sluice::go({.name = "chooser"}, [=] { sluice::select(sluice::on_recv(stop), sluice::on_recv(in)); });
}

void beside_a_ticker() {
  sluice::go({.name = "clock"}, [] {
    sluice::Ticker ticker(1ms);
    for (;;) ticker.ticks().recv();
  });
  early_return();
}

constexpr struct {
  std::string_view name;
  void (*run)();
} kPatterns[] = {{"early_return", early_return}, {"n_cast", n_cast},
                 {"range", range},               {"pair", pair},
                 {"circle", circle},             {"lock_and_channel", lock_and_channel},
                 {"dead_select", dead_select},   {"beside_a_ticker", beside_a_ticker}};

}  // namespace

int main(int, char** argv) {
  return sluice::run([&] {
    for (const auto& pattern : kPatterns) {
      if (pattern.name == argv[1]) sluice::go([&] { pattern.run(); });
    }
    sluice::sleep_for(300ms);
    std::fprintf(stderr, "found %zu\n", sluice::debug::check_leaks());
  });
}
// HEAD: sluice: error[SL202]: {{.*}} blocked forever (the rest of the program runs on)
// HEAD-NEXT: certainty: certain - nothing outside
// EARLY: goroutine {{[0-9]+}} "fetch"  send 'out' (unbuffered)
// EARLY: found 1
// TICKER: sluice: error[SL202]: 1 goroutine is blocked forever
// TICKER: goroutine {{[0-9]+}} "fetch"  send 'out' (unbuffered)
// TICKER: sluice: error[SL401]: 1 goroutine is still alive
// TICKER: goroutine {{[0-9]+}} "clock"
// NCAST: goroutine {{[0-9]+}} "replica" and 2 others like it  send 'out'
// NCAST: found 3
// RANGE: goroutine {{[0-9]+}} "worker"  recv 'jobs' (empty)
// RANGE: found 1
// PAIR-DAG: goroutine {{[0-9]+}} "asks"  recv
// PAIR-DAG: goroutine {{[0-9]+}} "answers"  recv
// PAIR: found 2
// CIRCLE-DAG: goroutine {{[0-9]+}} "ping"  recv 'back'
// CIRCLE-DAG: goroutine {{[0-9]+}} "pong"  recv 'there'
// CIRCLE: found 2
// LOCK-DAG: goroutine {{[0-9]+}} "flush"  recv
// LOCK-DAG: goroutine {{[0-9]+}} "index"  lock
// LOCK: found 2
// SELECT: goroutine {{[0-9]+}} "chooser"  select of 2: recv 'stop' (unbuffered), recv 'in' (unbuffered)
// SELECT: found 1
