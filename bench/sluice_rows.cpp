#include "sluice_rows.hpp"

#include <atomic>
#include <string>

#include "lock_rows.hpp"
#include "sluice/sluice.hpp"

namespace sluice_bench {
namespace {

constexpr int kSpawned = 100;
constexpr int kBuffer = 64;
constexpr long kMessages = 20'000;

void both_goroutines(const auto& body) {
  sluice::WaitGroup done;
  for (int i = 0; i < 2; ++i) done.go([&body, i] { body(i); });
  done.wait();
}

void read_lock(benchmark::State& state) {
  sluice::RWMutex lock;
  for (auto _ : state) {
    lock.lock_shared();  // NOLINT(sluice-empty-critical-section): what is measured
    lock.unlock_shared();
  }
}

// A send and a receive that both find the buffer as they need it: two operations.
void channel(benchmark::State& state) {
  auto values = sluice::make_chan<long>(kBuffer);
  long sum = 0;
  for (auto _ : state) {
    values.send(1);
    sum += *values.recv();
  }
  benchmark::DoNotOptimize(sum);
  operations(state, 2);
}

// The same when a goroutine talks that has a past to tell: it took two locks, one under the other.
void channel_late(benchmark::State& state) {
  sluice::Mutex outer, inner;
  outer.lock();
  inner.lock();  // NOLINT(sluice-empty-critical-section): the order is what counts
  inner.unlock();
  outer.unlock();
  channel(state);
}

// From the start to the end, by somebody who only looks on.
void spawn(benchmark::State& state) {
  std::atomic<int> ended{0};
  for (auto _ : state) {
    ended.store(0, std::memory_order_relaxed);
    for (int i = 0; i < kSpawned; ++i) {
      sluice::go([&ended] { ended.fetch_add(1, std::memory_order_relaxed); });
    }
    while (ended.load(std::memory_order_relaxed) < kSpawned) sluice::yield();
  }
  operations(state, kSpawned);
}

void spawn_and_join(benchmark::State& state) {
  for (auto _ : state) {
    sluice::WaitGroup group;
    for (int i = 0; i < kSpawned; ++i) {
      group.go([] {});
    }
    group.wait();
  }
  operations(state, kSpawned);
}

// A round trip: two parks and two wakes.
void ping_pong(benchmark::State& state) {
  auto there = sluice::make_chan<long>();
  auto back = sluice::make_chan<long>();
  sluice::go([there, back]() mutable {
    for (long value : there) back.send(value);
  });
  for (auto _ : state) {
    there.send(1);
    benchmark::DoNotOptimize(*back.recv());
  }
  there.close();
}

void register_rows() {
  // The first, as a goroutine that has taken one lock under another has more to tell.
  row("channel", kIterations, &channel);
  register_lock_rows<sluice::Mutex>([](const auto& body) { both_goroutines(body); });
  row("read lock", kIterations, &read_lock);
  row("channel late", kIterations, &channel_late);
  row("spawn", 200, &spawn);
  row("spawn and join", 100, &spawn_and_join);
  row("ping-pong", kMessages, &ping_pong);
}

void measure(int workers, const char* filter) {
  benchmark::SetBenchmarkFilter(filter);
  sluice::Options options;
  options.workers = workers;
  sluice::run(options, [] { measure_rows(); });
}

}  // namespace

int measure_sluice(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  register_rows();
  const std::string asked = benchmark::GetBenchmarkFilter();
  if (!asked.empty() && asked != ".") {
    measure(asked.rfind("two", 0) == 0 ? 2 : 1, asked.c_str());
    return 0;
  }
  measure(1, "-^two");
  measure(2, "^two");
  return 0;
}

}  // namespace sluice_bench
