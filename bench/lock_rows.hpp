// The rows that every lock can be put through, ours and our peers', so that all run the same loop.
#pragma once

#include <benchmark/benchmark.h>

#include <array>
#include <memory>

#include "rows.hpp"

namespace sluice_bench {

inline constexpr long kIterations = 100'000;
inline constexpr int kLocks = 4;
inline constexpr long kTurns = 25'000;

// Locks of one thread, away from everybody else's.
template <class M>
struct alignas(128) Ring {
  struct alignas(64) Line {
    M lock;
  };
  std::array<Line, kLocks> lines;

  void turn(long times) {
    for (long i = 0; i < times; ++i) {
      for (Line& line : lines) {
        line.lock.lock();  // NOLINT(sluice-empty-critical-section): what is measured
        line.lock.unlock();
      }
    }
  }
};

template <class M>
void lock_alone(benchmark::State& state) {
  M lock;
  for (auto _ : state) {
    lock.lock();  // NOLINT(sluice-empty-critical-section): what is measured
    lock.unlock();
  }
}

template <class M>
void lock_nested(benchmark::State& state) {
  M outer, inner, lock;
  outer.lock();
  inner.lock();
  for (auto _ : state) {
    lock.lock();  // NOLINT(sluice-empty-critical-section): what is measured
    lock.unlock();
  }
  inner.unlock();
  outer.unlock();
}

template <class M>
void lock_ring(benchmark::State& state) {
  auto ring = std::make_unique<Ring<M>>();
  for (auto _ : state) ring->turn(kTurns);
  operations(state, kTurns * kLocks);
}

// `both(f)` calls f(0) and f(1) at the same time and returns when both have.
template <class M, class Both>
void lock_rings(benchmark::State& state, Both both) {
  auto rings = std::make_unique<std::array<Ring<M>, 2>>();
  for (auto _ : state) {
    both([&](int thread) { (*rings)[static_cast<std::size_t>(thread)].turn(kTurns); });
  }
  operations(state, 2 * kTurns * kLocks);
}

// Rows whose names begin with "two" want two processors.
template <class M, class Both>
void register_lock_rows(Both both) {
  row("lock", kIterations, &lock_alone<M>);
  row("nested", kIterations, &lock_nested<M>);
  row("ring", 2, &lock_ring<M>);
  row("two rings", 2, [both](benchmark::State& state) { lock_rings<M>(state, both); });
}

}  // namespace sluice_bench
