// Locks that are taken twice, freed by others, destroyed too early; and the real hang.
#include <cstdlib>
#include <memory>
#include <string_view>

#include "rows.hpp"

namespace verdicts {
namespace {

using sluice::Mutex;
using sluice::RWMutex;

Mutex a, b;
RWMutex p;
int value = 0;

void read_twice() {
  sluice::WaitGroup wg;
  wg.go([] {
    sluice::SharedLock outer(p);
    sluice::SharedLock inner(p);  // NOLINT(sluice-recursive-read-lock)
    ++value;
  });
  wg.wait();
}

// Main runs on, so that not all are asleep, until the code has been told.
template <class Code>
[[noreturn]] void end_when_told(Code) {
  sluice::debug::set_report_handler([](const sluice::debug::Report& report) {
    if (report.code == Code::value()) std::_Exit(0);
  });
  for (;;) sluice::yield();
}

struct Again {
  static constexpr std::string_view value() { return "SL110"; }
};
struct Circle {
  static constexpr std::string_view value() { return "SL201"; }
};

void upgrade() {
  sluice::go([] {
    p.lock_shared();
    p.lock();  // NOLINT(sluice-double-lock)
  });          // NOLINT(sluice-missing-unlock)
  end_when_told(Again{});
}

// Handed over once, it is a semaphore from then on: no inversion with it is told.
void handed_over() {
  a.lock();
  sluice::WaitGroup wg;
  wg.go([] { a.unlock(); });
  wg.wait();
  by_chance([] { nest(a, b); }, [] { nest(b, a); });
}

void destroyed_locked() {
  auto mu = std::make_unique<Mutex>();
  mu->lock();
  mu.reset();
}

void hang() {
  static std::atomic<int> holding{0};
  const auto take = [](Mutex& first, Mutex& second) {
    sluice::Lock one(first);
    ++holding;
    while (holding.load() < 2) sluice::yield();
    sluice::Lock two(second);
    ++value;
  };
  sluice::go([=] { take(a, b); });
  sluice::go([=] { take(b, a); });
  end_when_told(Circle{});
}

constexpr Row kRows[] = {
    {"read_twice", &read_twice},
    {"upgrade", &upgrade},
    {"handed_over", &handed_over},
    {"destroyed_locked", &destroyed_locked},
    {"hang", &hang},
};

}  // namespace

std::span<const Row> other_rows() { return kRows; }

}  // namespace verdicts
