// The end of a run: of its workers' threads, and of what was left.
#include <cstdint>

#include "base/clock.hpp"
#include "base/futex.hpp"
#include "base/sanitizers.hpp"
#include "sched/event_source.hpp"
#include "sched/foreign.hpp"
#include "sched/idle_source.hpp"
#include "sched/inspect.hpp"
#include "sched/scheduler.hpp"
#include "sched/thread_state.hpp"

namespace sluice::detail {
namespace {

// How much a worker may do, and how long it may wait for something, before it is let go. At the
// most, the second, since what the system gives a thread is not ours.
constexpr std::int64_t kPatience = Monitor::kStuckAfter, kMostPatience = 100 * kPatience;

// Goroutines that are left are dropped with all that they own, and not unwound: that is no leak of
// the program's, so LeakSanitizer is to look for pointers on their stacks, which are never used
// again.
void keep_what_the_dropped_own() noexcept {
#if SLUICE_ASAN
  for_each_goroutine(
      [](Goroutine& dropped, void*) {
        const fiber::Stack stack = stack_of(dropped);
        const bool running = dropped.status.load(std::memory_order_acquire) == Status::running;
        const auto* from = running ? stack.usable_low() : static_cast<std::byte*>(dropped.fiber.sp);
        __lsan_register_root_region(from, static_cast<std::size_t>(stack.high() - from));
      },
      nullptr);
#endif
}

// Whether the worker has not had the time to come back.
bool is_held_up(Worker& worker) noexcept {
  if (worker.life.load(std::memory_order_acquire) != ThreadLife::runs) return false;
  const pid_t tid = worker.tid.load(std::memory_order_acquire);
  if (tid == 0) return true;  // it begins, or ends
  return computes(tid) && processor_time(tid) - worker.had_at_stop < kPatience;
}

}  // namespace

void Scheduler::stop() noexcept {
  start_lock_.lock();
  stopping_.store(true, std::memory_order_seq_cst);  // from here on no worker is started
  start_lock_.unlock();
  halted_.fetch_add(1, std::memory_order_seq_cst);
  monitor.stop();
  wake_all();
  for (std::uint32_t i = 0; i < worker_count(); ++i) {
    worker(i)->handed.store(1, std::memory_order_release);
    base::futex_wake(worker(i)->handed, 1);
  }
  // Somebody may be looking at goroutines; no worker gets anywhere before that is over.
  while (const std::uint32_t freezes = frozen_.load(std::memory_order_seq_cst)) {
    base::futex_wait(frozen_, freezes, base::kNever);
  }
  wait_for_workers();
  for (std::uint32_t i = 0; i < worker_count(); ++i) fiber::tell_acquire(&worker(i)->left);
  keep_what_the_dropped_own();
  forget();
  idle_source().clear();
  event_source().clear();
  wake_foreign();
  for (std::uint32_t i = 0; i < worker_count(); ++i) end_thread(*worker(i));
}

// What a thread does as it ends, destructors of thread-locals among it, belongs to the run: else it
// would go on beside the exit handlers of the process. One that is stuck ends when it comes back.
void Scheduler::end_thread(Worker& worker) noexcept {
  auto found = ThreadLife::runs;
  if (worker.life.compare_exchange_strong(found, ThreadLife::detached, std::memory_order_acq_rel)) {
    pthread_detach(worker.handle);
  } else if (found == ThreadLife::ends) {
    pthread_join(worker.handle, nullptr);
  }
}

// A goroutine that computes, or sits in a system call, can't be stopped. Its worker ends when it
// comes back.
void Scheduler::wait_for_workers() noexcept {
  for (std::uint32_t i = 0; i < worker_count(); ++i) {
    worker(i)->had_at_stop = processor_time(worker(i)->tid.load(std::memory_order_acquire));
  }
  const std::int64_t end = base::now() + kMostPatience;
  for (std::int64_t now = base::now(), look = now + kPatience; now < end; now = base::now()) {
    const std::uint32_t settled = settled_.load(std::memory_order_acquire);
    if (settled == worker_count()) return;
    if (now < look) {
      base::futex_wait(settled_, settled, look);
      continue;
    }
    bool any = false;
    for (std::uint32_t i = 0; i < worker_count(); ++i) any = any || is_held_up(*worker(i));
    if (!any) return;
    look = now + kPatience;
  }
}

}  // namespace sluice::detail
