// Orders of locks: which can become a deadlock, and which can't.
#include <memory>
#include <mutex>
#include <new>
#include <shared_mutex>
#include <vector>

#include "rows.hpp"

namespace verdicts {
namespace {

using sluice::Mutex;
using sluice::RWMutex;

Mutex a, b, c, gate;
RWMutex p, q;

void joined() {
  sluice::WaitGroup first;
  first.go([] { nest(a, b); });
  first.wait();
  sluice::WaitGroup second;
  second.go([] { nest(b, a); });
  second.wait();
}

void joined_by_channel() {
  auto done = sluice::make_chan();
  sluice::go([=] {
    nest(a, b);
    done.close();
  });
  done.recv();
  nest(b, a);
}

void concurrent() {
  by_chance([] { nest(a, b); }, [] { nest(b, a); });
}

void one_goroutine() {
  sluice::WaitGroup wg;
  wg.go([] {
    nest(a, b);
    nest(b, a);
  });
  wg.wait();
}

void gated() {
  sluice::WaitGroup wg;
  for (int i = 0; i < 4; ++i) {
    wg.go([i] {
      sluice::Lock both(gate);
      i % 2 == 0 ? nest(a, b) : nest(b, a);
    });
  }
  wg.wait();
}

void three() {
  by_chance([] { nest(a, b); }, [] { nest(b, c); }, [] { nest(c, a); });
}

void ring_of_twelve() {
  static std::vector<Mutex> ring(12);
  sluice::WaitGroup wg;
  Turns turns;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    wg.go([&turns, i] {
      turns.wait_for(static_cast<int>(i));
      nest(ring[i], ring[(i + 1) % ring.size()]);
      turns.next();
    });
  }
  wg.wait();
}

void try_second() {
  sluice::WaitGroup wg;
  for (int i = 0; i < 4; ++i) {
    wg.go([i] {
      for (int k = 0; k < 20; ++k) {
        if (i % 2 == 0) {
          nest(a, b);
        } else {
          sluice::Lock held(b);
          if (a.try_lock()) a.unlock();
        }
      }
    });
  }
  wg.wait();
}

void scoped_locks() {
  sluice::WaitGroup wg;
  for (int i = 0; i < 4; ++i) {
    wg.go([i] {
      for (int k = 0; k < 50; ++k) {
        if (i % 2 == 0) {
          std::scoped_lock both(a, b);
        } else {
          std::scoped_lock both(b, a);
        }
      }
    });
  }
  wg.wait();
}

void read_both(RWMutex& first, RWMutex& second) {
  std::shared_lock one(first);
  std::shared_lock two(second);
}

void readers_alone() {
  sluice::WaitGroup wg;
  for (int i = 0; i < 4; ++i) wg.go([i] { i % 2 == 0 ? read_both(p, q) : read_both(q, p); });
  wg.wait();
}

void readers_and_writers() {
  by_chance([] { std::unique_lock write(p); }, [] { std::unique_lock write(q); },
            [] { read_both(p, q); }, [] { read_both(q, p); });
}

// Only one of the two is ever written: no writer can stand between the other's readers.
void readers_and_one_writer() {
  by_chance([] { std::unique_lock write(p); }, [] { read_both(p, q); }, [] { read_both(q, p); });
}

void address_again() {
  alignas(Mutex) static std::byte place[sizeof(Mutex)];
  auto* first = ::new (place) Mutex;
  sluice::WaitGroup wg;
  Turns turns;
  wg.go([&] {
    nest(a, *first);
    first->~Mutex();
    turns.next();
  });
  wg.go([&] {
    turns.wait_for(1);
    auto* second = ::new (place) Mutex;
    nest(*second, a);
    second->~Mutex();
  });
  wg.wait();
}

void seventy() {
  static std::vector<Mutex> all(70);
  sluice::WaitGroup wg;
  for (int i = 0; i < 2; ++i) {
    wg.go([] {
      for (Mutex& each : all) each.lock();
      for (Mutex& each : all) each.unlock();
    });
  }
  wg.wait();
}

constexpr Row kRows[] = {
    {"joined", &joined},
    {"joined_by_channel", &joined_by_channel},
    {"concurrent", &concurrent},
    {"one_goroutine", &one_goroutine},
    {"gated", &gated},
    {"three", &three},
    {"ring_of_twelve", &ring_of_twelve},
    {"try_second", &try_second},
    {"scoped_locks", &scoped_locks},
    {"readers_alone", &readers_alone},
    {"readers_and_one_writer", &readers_and_one_writer},
    {"readers_and_writers", &readers_and_writers},
    {"address_again", &address_again},
    {"seventy", &seventy},
};

}  // namespace

std::span<const Row> order_rows() { return kRows; }

}  // namespace verdicts
