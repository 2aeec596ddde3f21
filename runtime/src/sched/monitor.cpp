#include "sched/monitor.hpp"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "base/atomic.hpp"
#include "base/futex.hpp"
#include "fiber/stack_pool.hpp"
#include "sched/fatal.hpp"
#include "sched/foreign.hpp"
#include "sched/idle_source.hpp"
#include "sched/overflow.hpp"
#include "sched/park.hpp"
#include "sched/quit_signal.hpp"
#include "sched/scheduler.hpp"
#include "sched/thread_state.hpp"

namespace sluice::detail {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kQuiet = 50'000'000;
// In a shuffled run, of a goroutine that computes, or would if the system gave it a processor: a
// busy machine must not change what a seed replays.
constexpr std::int64_t kShuffledStuckAfter = 100'000'000;

}  // namespace

void Monitor::start() {
  const int error = pthread_create(&thread_, nullptr, &Monitor::thread, this);
  started_ = error == 0;
  if (!started_) {
    throw std::system_error(error, std::generic_category(),
                            "sluice: can't start the monitor thread");
  }
}

void Monitor::stop() noexcept {
  if (!started_) return;
  stopping_.store(true, std::memory_order_release);
  poke();
  pthread_join(thread_, nullptr);
}

void* Monitor::thread(void* argument) {
  auto* monitor = static_cast<Monitor*>(argument);
  pthread_setname_np(pthread_self(), "sluice-monitor");
  // The process's signals are for the program's own threads.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  const auto address = [](const void* at) { return reinterpret_cast<std::uintptr_t>(at); };
  monitor->thread_pointer_.store(address(__builtin_thread_pointer()), std::memory_order_relaxed);
  monitor->stack_base_.store(address(__builtin_frame_address(0)), std::memory_order_relaxed);
  monitor->tid_.store(gettid(), std::memory_order_release);
  monitor->loop();
  return nullptr;
}

void Monitor::poke() noexcept {
  signal_.fetch_add(1, std::memory_order_seq_cst);
  base::futex_wake(signal_, 1);
}

void Monitor::workers_awake() noexcept {
  if (dozing_.load(std::memory_order_seq_cst) && dozing_.exchange(false)) poke();
}

void Monitor::due_at(std::int64_t due) noexcept {
  if (due < looks_at_.load(std::memory_order_seq_cst)) poke();
}

void Monitor::loop() noexcept {
  while (!stopping_.load(std::memory_order_acquire)) {
    const std::uint32_t seen = signal_.load(std::memory_order_seq_cst);
    const std::int64_t now = base::now();
    coarse_now_.store(now, std::memory_order_relaxed);
    look(now);
    doze(seen, next_look(now));
  }
}

// Sleeps until `until`, or until it is poked after `seen` was read. What others wrote before they
// found no reason to poke is looked at once more after saying how long the sleep will be: the same
// two-sided protocol as the scheduler's S3.
void Monitor::doze(std::uint32_t seen, std::int64_t until) noexcept {
  looks_at_.store(until, std::memory_order_seq_cst);
  dozing_.store(quiet_since_ != 0, std::memory_order_seq_cst);
  base::fence(std::memory_order_seq_cst);
  const bool missed =
      awaited_due() < considered_due_ || (quiet_since_ != 0 && scheduler_.any_awake());
  if (!missed) base::futex_wait(signal_, seen, until);
  dozing_.store(false, std::memory_order_relaxed);
}

// What is due when all places are taken their holders look at, and who gives one up says it again.
std::int64_t Monitor::awaited_due() const noexcept {
  return scheduler_.place_free() ? idle_source().next_due() : base::kNever;
}

std::int64_t Monitor::next_look(std::int64_t now) noexcept {
  std::int64_t next = considered_due_ = awaited_due();
  next = std::min(next, trace_.due());
  if (next <= now) next = now + kPeriod;  // a worker has just been woken for it
  if (quiet_since_ == 0 || now - quiet_since_ < 2 * kPeriod) return std::min(next, now + kPeriod);
  if (observed() && told_quiet_at_ < quiet_since_) next = std::min(next, quiet_since_ + kQuiet);
  // All asleep: what is left is to give memory back, and to see whether a foreign thread has ended
  // meanwhile.
  return std::min(next, now + kSecond);
}

void Monitor::look(std::int64_t now) noexcept {
  serve_overflow();
  serve_quit();
  for (std::uint32_t i = 0; i < scheduler_.worker_count(); ++i) {
    Worker* worker = scheduler_.worker(i);
    if (worker == nullptr) continue;
    watch(*worker, now);
    stalls_.look(*worker, now);
  }
  if (scheduler_.any_awake()) {
    quiet_since_ = 0;
  } else if (quiet_since_ == 0) {
    quiet_since_ = now;
  }
  // All three are safety nets while somebody runs; with everybody asleep the last two are how
  // timers fire.
  scheduler_.poll_events();
  if (idle_source().next_due() <= now || scheduler_.any_work()) scheduler_.wake_one();
  if (quiet_since_ != 0) watch_for_deadlock(now);
  tell_quiet(now);
  trace_.look(scheduler_, now);
  trim(now);
}

void Monitor::watch(Worker& worker, std::int64_t now) noexcept {
  const std::uint32_t tick = worker.tick.load(std::memory_order_relaxed);
  const Phase phase = worker.phase.load(std::memory_order_acquire);
  if (phase == Phase::detached && worker.has_work()) {
    worker.give_away();  // what a goroutine without a place has readied
    scheduler_.submitted();
  }
  if (phase != Phase::running || tick != worker.seen_tick) {
    worker.seen_tick = tick;
    worker.seen_since = now;
    // A shuffled run has no turns: time has as little say in it as can be.
    if (scheduler_.shuffle() == nullptr) worker.turn_over.store(true, std::memory_order_relaxed);
    return;
  }
  // Looked at every half kStuckAfter: twice the same tick means stuck for at least that long, and
  // one look more for more than kStuckAfter would make it late.
  const std::int64_t since = now - worker.seen_since;
  if (since < kStuckAfter - kPeriod / 2) return;
  if (scheduler_.shuffle() != nullptr && since < kShuffledStuckAfter && computes(worker.tid))
    return;
  Phase expected = Phase::running;
  if (!worker.phase.compare_exchange_strong(expected, Phase::detached, std::memory_order_acq_rel))
    return;
  worker.give_away();
  scheduler_.place_taken();
}

void Monitor::watch_for_deadlock(std::int64_t now) noexcept {
  if (now - quiet_since_ < kPeriod || !scheduler_.all_asleep()) return;
  if (asked_at_ >= quiet_since_ && now - asked_at_ < kSecond) return;
  asked_at_ = now;
  if (!foreign_threads_asleep(scheduler_)) return;
  if (!scheduler_.all_asleep() || scheduler_.main_done.load(std::memory_order_acquire) != 0) return;
  all_goroutines_asleep();
}

// Observers look for what hangs while nobody runs, and now and then when somebody always does.
void Monitor::tell_quiet(std::int64_t now) noexcept {
  if (!observed()) return;
  const bool quiet = quiet_since_ != 0 && now - quiet_since_ >= kQuiet;
  const bool first = quiet && told_quiet_at_ < quiet_since_;
  if (told_quiet_at_ == 0) told_quiet_at_ = now;
  if (!first && now - told_quiet_at_ < kSecond) return;
  told_quiet_at_ = now;
  Event event;
  event.kind = EventKind::quiet;
  const bool nothing_due = idle_source().next_due() == base::kNever && !scheduler_.expects_events();
  if (quiet_since_ != 0 && nothing_due) event.value = now - quiet_since_;
  emit(event);
}

void Monitor::trim(std::int64_t now) noexcept {
  if (now - trimmed_at_ < kSecond) return;
  trimmed_at_ = now;
  fiber::trim_stacks();
}

}  // namespace sluice::detail
