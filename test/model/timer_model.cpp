// Stopping a timer while it fires: either stop says so and nothing comes, or the value or the call
// does come.
#include "model/runtime.hpp"
#include "model/verify.hpp"
#include "sluice/select.hpp"
#include "sluice/time.hpp"
#include "time/timer_heap.hpp"

namespace sluice::model {
namespace {

constexpr std::int64_t kDue = 1'000;

// What workers do: they fire what is due, until the program has what it waits for.
void fire_until(const bool& over) {
  set_now(2 * kDue);
  while (!over) {
    detail::timers_poll(2 * kDue);
    give_way();
  }
}

TEST(TimerModel, StopAgainstFiring) {
  verify({.preemptions = 2, .stale_reads = 2}, [] {
    set_now(1);
    bool over = false;
    Timer timer{Duration(kDue)};
    const auto called_off = make_chan();
    int chosen = -1;
    spawn([&] {
      chosen = select(on_recv(timer.fired()), on_recv(called_off));
      over = true;
    });
    spawn([&] { fire_until(over); });
    const bool stopped = timer.stop();
    if (stopped) called_off.close();
    join_all();
    check(chosen == (stopped ? 1 : 0), "stop and the channel do not agree");
  });
}

TEST(TimerModel, DroppedWhileItFires) {
  verify({.preemptions = 2, .stale_reads = 1}, [] {
    set_now(1);
    bool over = false;
    const auto ready = make_chan(1);
    spawn([&] { fire_until(over); });
    spawn([&] { ready.send(); });
    {
      Timer timer{Duration(kDue)};
      select(on_recv(timer.fired()), on_recv(ready));
    }
    over = true;
    join_all();
  });
}

TEST(TimerModel, StopAgainstACall) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    set_now(1);
    int calls = 0;
    bool over = false;
    spawn([&] { fire_until(over); });
    bool stopped;
    {
      AfterFunc timer(Duration(kDue), [&] { ++calls; });
      stopped = timer.stop();
    }
    over = true;
    join_all();
    check(calls == (stopped ? 0 : 1), "stop and the call do not agree");
  });
}

TEST(TimerModel, ResetAgainstACall) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    set_now(1);
    int calls = 0;
    int wanted = 2;
    bool over = false;
    const auto count = [&] { over = ++calls == wanted; };
    AfterFunc timer(Duration(kDue), count);
    spawn([&] { fire_until(over); });
    if (timer.reset(Duration(0))) {
      wanted = 1;
      over = calls == 1;
    }
    join_all();
    check(calls == wanted, "reset and the calls do not agree");
  });
}

}  // namespace
}  // namespace sluice::model
