// Pipelines that are called off early, pools whose workers fail, bounded fan-out, and generators that are not drained
// because their context ends first. Everybody comes home.
// RUN: %python %S/over_seeds.py 20 %programs/silent_pipelines
#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <vector>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

sluice::RecvChan<int> numbers(sluice::Context ctx, sluice::WaitGroup& wg) {
  auto out = sluice::make_chan<int>();
  wg.go([ctx, out] {
    sluice::Defer close{[&] { out.close(); }};
    for (int n = 0;; ++n) {
      if (sluice::select(sluice::on_send(out, n), sluice::on_recv(ctx.done())) == 1) return;
    }
  });
  return out;
}

sluice::RecvChan<int> squares(sluice::Context ctx, sluice::RecvChan<int> in, sluice::WaitGroup& wg) {
  auto out = sluice::make_chan<int>(2);
  wg.go([ctx, in, out] {
    sluice::Defer close{[&] { out.close(); }};
    for (int n : in) {
      if (sluice::select(sluice::on_send(out, n * n), sluice::on_recv(ctx.done())) == 1) return;
    }
  });
  return out;
}

bool early_cancel() {
  sluice::WaitGroup wg;
  int sum = 0;
  {
    auto [ctx, cancel] = sluice::with_cancel(sluice::Context::background());
    int taken = 0;
    for (int n : squares(ctx, squares(ctx, numbers(ctx, wg), wg), wg)) {
      sum += n;
      if (++taken == 5) break;
    }
  }
  wg.wait();
  return sum == 1 + 16 + 81 + 256;
}

bool failing_pool() {
  sluice::ErrGroup group;
  group.set_limit(3);
  const sluice::Context ctx = group.context();
  std::atomic<int> finished{0};
  for (int i = 0; i < 10; ++i) {
    group.go([ctx, i, &finished] {
      if (i == 4) throw std::runtime_error("the fifth fails");
      sluice::select(sluice::on_recv(ctx.done()), sluice::on_recv(sluice::after(1ms)));
      ++finished;
    });
  }
  try {
    group.wait();
  } catch (const std::runtime_error&) {
    return finished == 9;
  }
  return false;
}

bool bounded_fan_out() {
  sluice::Semaphore slots(2);
  auto results = sluice::make_chan<int>();
  sluice::WaitGroup wg;
  for (int i = 1; i <= 8; ++i) {
    wg.go([&slots, results, i] {
      slots.acquire();
      sluice::Defer release{[&] { slots.release(); }};
      results.send(i);
    });
  }
  sluice::WaitGroup closing;
  closing.go([&] {
    wg.wait();
    results.close();
  });
  int sum = 0;
  for (int r : results) sum += r;
  closing.wait();
  return sum == 36;
}

// Workers report errors on a channel with room for all of them, of which the caller reads the first only.
bool first_error_only() {
  auto errors = sluice::make_chan<int>(6);
  sluice::WaitGroup wg;
  for (int i = 0; i < 6; ++i) wg.go([errors, i] { errors.send(i); });
  const bool one = errors.recv().has_value();
  wg.wait();
  return one;
}

// A prime sieve: each stage starts the next one.
bool sieve() {
  sluice::WaitGroup wg;
  int last = 0;
  {
    auto [ctx, cancel] = sluice::with_cancel(sluice::Context::background());
    sluice::RecvChan<int> in = numbers(ctx, wg);
    in.recv();
    in.recv();
    for (int i = 0; i < 8; ++i) {
      last = in.recv().value();
      auto out = sluice::make_chan<int>();
      wg.go([ctx = ctx, in, out, prime = last] {
        sluice::Defer close{[&] { out.close(); }};
        for (int n : in) {
          if (n % prime == 0) continue;
          if (sluice::select(sluice::on_send(out, n), sluice::on_recv(ctx.done())) == 1) return;
        }
      });
      in = out;
    }
  }
  wg.wait();
  return last == 19;
}

// Jobs carry the channel for their answer.
bool answers_by_channel() {
  struct Job {
    int n = 0;
    sluice::Chan<int> answer;
  };
  auto jobs = sluice::make_chan<Job>();
  sluice::WaitGroup servers, clients;
  for (int i = 0; i < 2; ++i) {
    servers.go([jobs] {
      for (Job job : jobs) job.answer.send(job.n * 2);
    });
  }
  std::atomic<int> sum{0};
  for (int i = 0; i < 6; ++i) {
    clients.go([jobs, i, &sum] {
      Job job{i, sluice::make_chan<int>()};
      jobs.send(job);
      sum += job.answer.recv().value();
    });
  }
  clients.wait();
  jobs.close();
  servers.wait();
  return sum == 30;
}

}  // namespace

int main() {
  return sluice::run([] {
    const bool ok = early_cancel() && failing_pool() && bounded_fan_out() && first_error_only() &&
                    sieve() && answers_by_channel();
    return ok ? 0 : 1;
  });
}
