// The one thread that has no goroutines: it watches workers that are stuck and timers that nobody
// else looks at.
#pragma once

#include <pthread.h>
#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "base/clock.hpp"
#include "sched/sched_trace.hpp"
#include "sched/stalls.hpp"

namespace sluice::detail {

class Scheduler;
class Worker;

class Monitor {
 public:
  // A worker whose goroutine has not come back for this long loses its place.
  static constexpr std::int64_t kStuckAfter = 10'000'000;
  static constexpr std::int64_t kPeriod = 5'000'000;

  explicit Monitor(Scheduler& scheduler) noexcept
      : scheduler_(scheduler), coarse_now_(base::now()) {}

  void start();          // throws std::system_error
  void stop() noexcept;  // returns when its thread has ended

  // The first worker after a pause has become active: watch again.
  void workers_awake() noexcept;
  // Something is due earlier than the monitor would look.
  void due_at(std::int64_t due) noexcept;

  // Look now. Async-signal-safe.
  void wake() noexcept { poke(); }

  // The time of the last look; up to kPeriod old while anybody runs.
  std::int64_t coarse_now() const noexcept { return coarse_now_.load(std::memory_order_relaxed); }
  pid_t tid() const noexcept { return tid_.load(std::memory_order_acquire); }
  // Of its thread: the thread pointer, and where on its stack the monitor begins.
  std::uintptr_t thread_pointer() const noexcept {
    return thread_pointer_.load(std::memory_order_relaxed);
  }
  std::uintptr_t stack_base() const noexcept { return stack_base_.load(std::memory_order_relaxed); }

 private:
  static void* thread(void* monitor);
  void loop() noexcept;
  void look(std::int64_t now) noexcept;
  void watch(Worker& worker, std::int64_t now) noexcept;
  void watch_for_deadlock(std::int64_t now) noexcept;
  void tell_quiet(std::int64_t now) noexcept;
  void trim(std::int64_t now) noexcept;
  std::int64_t awaited_due() const noexcept;
  std::int64_t next_look(std::int64_t now) noexcept;
  void doze(std::uint32_t seen, std::int64_t until) noexcept;
  void poke() noexcept;

  Scheduler& scheduler_;
  std::atomic<pid_t> tid_{0};
  std::atomic<std::uintptr_t> thread_pointer_{0};
  std::atomic<std::uintptr_t> stack_base_{0};
  std::atomic<std::uint32_t> signal_{0};  // futex: changes when the monitor is to look again
  // When it looks next without being asked. Others write nothing here; they compare, and poke it if
  // that is too late.
  std::atomic<std::int64_t> looks_at_{0};
  std::atomic<bool> dozing_{false};  // nobody was awake; the first one to wake pokes the monitor
  std::atomic<std::int64_t> coarse_now_;
  std::atomic<bool> stopping_{false};
  pthread_t thread_;  // if started
  bool started_ = false;
  std::int64_t quiet_since_ = 0;     // nobody has been awake since; 0: somebody is
  std::int64_t asked_at_ = 0;        // when threads were last looked for that might wake somebody
  std::int64_t considered_due_ = 0;  // awaited_due, as the next look takes it into account
  std::int64_t trimmed_at_ = 0;
  std::int64_t told_quiet_at_ = 0;
  StallWatch stalls_;
  SchedTrace trace_;
};

}  // namespace sluice::detail
