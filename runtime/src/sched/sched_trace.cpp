#include "sched/sched_trace.hpp"

#include <algorithm>
#include <atomic>
#include <cinttypes>
#include <cstdio>
#include <string>

#include "sched/scheduler.hpp"
#include "sched/worker.hpp"

namespace sluice::detail {
namespace {

std::atomic<std::int64_t> g_period{0};

}  // namespace

void trace_scheduling(std::int64_t period) noexcept {
  g_period.store(period, std::memory_order_relaxed);
}

std::int64_t SchedTrace::due() const noexcept {
  const std::int64_t period = g_period.load(std::memory_order_relaxed);
  return period > 0 ? told_at_ + period : base::kNever;
}

// Each figure is true of its own moment.
void SchedTrace::look(const Scheduler& scheduler, std::int64_t now) noexcept {
  if (now < due()) return;
  told_at_ = now;
  const Idle::Places places = scheduler.places();
  const auto limit = static_cast<std::uint32_t>(scheduler.limit());
  const std::uint32_t workers = scheduler.worker_count();
  const std::uint32_t busy = places.active + places.detached;
  std::string queues;
  for (std::uint32_t i = 0; i < workers; ++i) {
    const Worker* worker = scheduler.worker(i);
    if (worker == nullptr) continue;
    queues += (queues.empty() ? "" : " ") + std::to_string(worker->queued());
  }
  std::fprintf(stderr,
               "SCHED %" PRId64
               "ms: gomaxprocs=%u idleprocs=%u threads=%u spinningthreads=%u "
               "idlethreads=%u detached=%u goroutines=%" PRId64 " runqueue=%zu [%s]\n",
               (now - began_) / 1'000'000, limit, limit - std::min(limit, places.active), workers,
               places.searching, workers - std::min(workers, busy), places.detached,
               scheduler.goroutines(), scheduler.global.size(), queues.c_str());
}

}  // namespace sluice::detail
