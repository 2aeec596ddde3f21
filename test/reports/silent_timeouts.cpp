// Requests that are given up after a time while their workers, who have a slot for the answer, finish on their own;
// tickers that are stopped by closing a channel; timers that nobody waits for; retries; heartbeats.
// RUN: %python %S/over_seeds.py 20 %programs/silent_timeouts
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

std::optional<int> request(sluice::WaitGroup& workers, sluice::Duration work, sluice::Duration patience) {
  auto answer = sluice::make_chan<int>(1);  // the one who answers waits for nobody
  workers.go([answer, work] {
    sluice::sleep_for(work);
    answer.send(7);
  });
  std::optional<int> got;
  sluice::select(sluice::on_recv(answer, got), sluice::on_recv(sluice::after(patience)));
  return got;
}

bool timeouts() {
  sluice::WaitGroup workers;
  const auto late = request(workers, 20ms, 1ms);
  request(workers, 1ms, 1ms);  // either
  const auto soon = request(workers, 0ms, 2s);
  workers.wait();
  return !late && soon == 7;
}

class Heartbeat {
 public:
  Heartbeat() {
    beating_.go([this] {
      sluice::Ticker ticker(1ms);
      for (;;) {
        switch (sluice::select(sluice::on_recv(ticker.ticks()), sluice::on_recv(stop_))) {
          case 0:
            ++beats_;
            break;
          default:
            ticker.stop();
            return;
        }
      }
    });
  }
  ~Heartbeat() {
    stop_.close();
    beating_.wait();
  }
  int beats() const { return beats_; }

 private:
  std::atomic<int> beats_{0};
  sluice::Chan<> stop_ = sluice::make_chan();
  sluice::WaitGroup beating_;
};

bool ticker_loop() {
  Heartbeat heartbeat;
  while (heartbeat.beats() < 3) sluice::sleep_for(1ms);
  return true;
}

// The deadline is far beyond the work, and the timer of it outlives everything.
bool unused_timers() {
  auto [ctx, cancel] = sluice::with_timeout(sluice::Context::background(), 1h);
  sluice::Timer never(1h);
  auto far = sluice::after(1h);
  sluice::AfterFunc unused(1h, [] {});
  return ctx.err() == std::error_code();
}

// Tries again with longer and longer waits until its context's time is over.
bool retries() {
  auto [ctx, cancel] = sluice::with_timeout(sluice::Context::background(), 10ms);
  int tries = 0;
  for (auto wait = 1ms;; wait *= 2) {
    ++tries;
    if (sluice::select(sluice::on_recv(ctx.done()), sluice::on_recv(sluice::after(wait))) == 0) break;
  }
  return tries >= 2;
}

// A lock is held across a sleep, which others wait out.
bool sleeping_holder() {
  sluice::Mutex mu;
  int n = 0;
  sluice::WaitGroup wg;
  for (int i = 0; i < 3; ++i) {
    wg.go([&] {
      sluice::Lock guard(mu);
      sluice::sleep_for(1ms);
      ++n;
    });
  }
  wg.wait();
  return n == 3;
}

// The main goroutine waits on a channel that only a timer's call sends on, while it holds a lock.
bool fed_by_a_timer() {
  sluice::Mutex mu;
  sluice::Lock guard(mu);
  auto fed = sluice::make_chan<int>();
  sluice::WaitGroup feeding;
  feeding.add();
  sluice::AfterFunc feed(2ms, [&] {
    sluice::Defer done{[&] { feeding.done(); }};
    fed.send(3);
  });
  const bool ok = fed.recv() == 3;
  feeding.wait();
  return ok;
}

}  // namespace

int main() {
  return sluice::run([] {
    const bool ok = timeouts() && ticker_loop() && unused_timers() && retries() && sleeping_holder() &&
                    fed_by_a_timer();
    return ok ? 0 : 1;
  });
}
