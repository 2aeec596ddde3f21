#include "sched/scheduler.hpp"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstring>
#include <new>
#include <string_view>
#include <system_error>

#include "base/asymmetric_fence.hpp"
#include "base/clock.hpp"
#include "base/futex.hpp"
#include "base/own_calls.hpp"
#include "base/sanitizers.hpp"
#include "sched/event_source.hpp"
#include "sched/foreign.hpp"
#include "sched/idle_source.hpp"
#include "sched/trace.hpp"

namespace sluice::detail {

std::atomic<Scheduler*> g_scheduler{nullptr};

namespace {

std::atomic<std::uint64_t> g_run_id{0};
std::atomic<bool> g_forked{false};
std::atomic<std::uint32_t> g_users{0};  // threads other than workers that are using it
IdleSource g_idle_source;
EventSource g_event_source;

// 0, or an error. Who starts a worker between two goroutines does so in the name of the one and on
// the stack of the other: ThreadSanitizer must not see what is written there.
[[gnu::noinline]] SLUICE_THREAD_CONFINED int start_thread(void* (*entry)(void*),
                                                          Worker& worker) noexcept {
  pthread_t thread;
  const int error = pthread_create(&thread, nullptr, entry, &worker);
  worker.handle = thread;
  return error;
}

}  // namespace

std::uint64_t current_run_id() noexcept { return g_run_id.load(std::memory_order_acquire); }

// Counting first and reading then, against stop()'s forgetting first and reading the count then:
// one of the two sees the other.
CurrentRun::CurrentRun() noexcept {
  here_ = this_worker();
  scheduler_ = here_ != nullptr ? &here_->scheduler : nullptr;
  if (scheduler_ != nullptr && scheduler_ == g_scheduler.load(std::memory_order_acquire)) return;
  here_ = nullptr;
  g_users.fetch_add(1, std::memory_order_seq_cst);
  counted_ = true;
  scheduler_ = g_scheduler.load(std::memory_order_seq_cst);
}

CurrentRun::~CurrentRun() {
  if (counted_) g_users.fetch_sub(1, std::memory_order_release);
}

void set_idle_source(const IdleSource& source) noexcept { g_idle_source = source; }
const IdleSource& idle_source() noexcept { return g_idle_source; }
void idle_source_moved(std::int64_t due) noexcept {
  if (const CurrentRun run; run) run->monitor.due_at(due);
}

void set_event_source(const EventSource& source) noexcept { g_event_source = source; }
const EventSource& event_source() noexcept { return g_event_source; }
void event_awaited() noexcept {
  if (const CurrentRun run; run) run->event_awaited();
}

Scheduler::Scheduler(int limit, std::size_t stack, std::uint64_t run) noexcept
    : Idle(limit), run_id(run), stack_size(stack), monitor(*this) {
  last_id.store(1, std::memory_order_relaxed);  // main's
  if (const auto seed = seed_of_runs()) shuffle_.emplace(*seed);
}

Scheduler::~Scheduler() {
  for (std::uint32_t i = 0; i < kMaxWorkers && worker(i) != nullptr; ++i) {
    fiber::tell_acquire(&worker(i)->left);
    delete worker(i);
  }
}

// From here on nobody but its own workers has it.
void Scheduler::forget() noexcept {
  g_run_id.store(0, std::memory_order_release);
  g_scheduler.store(nullptr, std::memory_order_seq_cst);
  while (g_users.load(std::memory_order_seq_cst) != 0) sched_yield();
}

void Scheduler::release() noexcept {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

void Scheduler::start(Goroutine* main) {
  g_run_id.store(run_id, std::memory_order_release);
  g_scheduler.store(this, std::memory_order_release);
  run_tid.store(gettid(), std::memory_order_release);
  pthread_sigmask(SIG_SETMASK, nullptr, &signals_);
  has_processors_ = sched_getaffinity(0, sizeof processors_, &processors_) == 0;
  main->status.store(Status::runnable, std::memory_order_relaxed);
  fiber::tell_release(&main->fiber);
  global.push(main);
  open();
  if (!start_worker()) {
    forget();
    throw std::system_error(EAGAIN, std::generic_category(), "sluice: can't start a worker thread");
  }
  try {
    monitor.start();
  } catch (...) {
    stop();
    throw;
  }
}

void Scheduler::wait_for_main() noexcept {
  while (main_done.load(std::memory_order_acquire) == 0)
    base::futex_wait(main_done, 0, base::kNever);
  fiber::tell_acquire(&main_done);
}

bool Scheduler::start_worker() noexcept {
  start_lock_.lock();
  if (stopping()) {
    start_lock_.unlock();
    return false;
  }
  const std::uint32_t index = worker_count();
  if (index == kMaxWorkers) {
    std::fprintf(stderr, "runtime: program exceeds %u-thread limit\n", kMaxWorkers);
    fatal_error("thread exhaustion");
  }
  // One whose thread could not be started before is used again: thieves may hold a pointer to it.
  Worker* worker = workers_[index].load(std::memory_order_relaxed);
  if (worker == nullptr) worker = new (std::nothrow) Worker(*this, index);
  bool started = false;
  if (worker != nullptr) {
    workers_[index].store(worker, std::memory_order_release);
    worker_count_.store(index + 1, std::memory_order_release);
    references_.fetch_add(1, std::memory_order_relaxed);
    const int error = start_thread(&Scheduler::worker_thread, *worker);
    started = error == 0;
    if (!started) {
      references_.fetch_sub(1, std::memory_order_relaxed);
      worker_count_.store(index, std::memory_order_release);
      static std::atomic<bool> told{false};
      if (!told.exchange(true)) {
        std::fprintf(stderr, "sluice: can't start worker thread %u: %s; going on with fewer\n",
                     index + 1, std::strerror(error));
      }
    }
  }
  start_lock_.unlock();
  return started;
}

void* Scheduler::worker_thread(void* argument) {
  auto* worker = static_cast<Worker*>(argument);
  Scheduler& scheduler = worker->scheduler;
  pthread_setname_np(pthread_self(), "sluice-worker");
  // Not those of whichever thread had to start it, which a goroutine may have locked and changed.
  pthread_sigmask(SIG_SETMASK, &scheduler.signals_, nullptr);
  if (scheduler.has_processors_) {
    sched_setaffinity(0, sizeof scheduler.processors_, &scheduler.processors_);
  }
  worker->run();
  auto found = ThreadLife::runs;
  const auto becomes = scheduler.stopping() ? ThreadLife::ends : ThreadLife::detached;
  if (worker->life.compare_exchange_strong(found, becomes, std::memory_order_acq_rel) &&
      becomes == ThreadLife::detached) {
    pthread_detach(pthread_self());
  }
  scheduler.settled_.fetch_add(1, std::memory_order_acq_rel);
  base::futex_wake(scheduler.settled_, 1);
  scheduler.release();
  return nullptr;
}

void Scheduler::sleep(Worker& worker, Holds holds) noexcept {
  worker.phase.store(Phase::idle, std::memory_order_release);
  Idle::sleep(worker, holds);
  worker.phase.store(Phase::searching, std::memory_order_release);
}

void Scheduler::first_awake() noexcept {
  awakenings_.fetch_add(1, std::memory_order_seq_cst);
  monitor.workers_awake();
}

void Scheduler::found_nothing() noexcept {
  const std::int64_t due = idle_source().next_due();
  if (due != base::kNever) monitor.due_at(due);
}

bool Scheduler::expects_events() const noexcept { return event_source().expected(); }
void Scheduler::wait_for_events(EventBatch& into) noexcept { event_source().wait(into); }
void Scheduler::interrupt_wait() noexcept { event_source().interrupt(); }

// What a worker without a place has readied is for those that have one.
void Scheduler::deliver(Sleeper& sleeper, const EventBatch& batch, bool has_place) noexcept {
  auto& worker = static_cast<Worker&>(sleeper);
  if (has_place) worker.phase.store(Phase::searching, std::memory_order_release);
  event_source().deliver(batch);
  if (!has_place) worker.give_away();
}

bool Scheduler::poll_events() noexcept {
  if (!unheard()) return false;
  EventBatch batch;
  event_source().take(batch);
  event_source().deliver(batch);
  return batch.count > 0;
}

void Scheduler::give_up_place(Worker& worker) noexcept {
  const Phase phase = worker.phase.exchange(Phase::idle, std::memory_order_acq_rel);
  let_go(phase == Phase::detached ? Holds::detached : Holds::place);
}

// Counted before it is woken, so that at no time all seem to be asleep.
void Scheduler::hand_over(Worker& home) noexcept {
  joins_detached();
  home.handed.store(1, std::memory_order_release);
  base::futex_wake(home.handed, 1);
}

void Scheduler::submitted_by(const Worker& here) noexcept {
  Idle::submitted_by([&] { return here.phase.load(std::memory_order_relaxed) == Phase::running; });
}

void Scheduler::make_runnable(Goroutine* goroutine, Worker* here) noexcept {
  if (g_trace.load(std::memory_order_relaxed) != nullptr) [[unlikely]]
    return ready_noting(goroutine, here);
  queue(goroutine, here);
}

[[gnu::noinline]] void Scheduler::ready_noting(Goroutine* goroutine, Worker* here) noexcept {
  if (Trace* trace = g_trace.load(std::memory_order_acquire)) trace->readies(here, *goroutine);
  queue(goroutine, here);
}

[[gnu::always_inline]] inline void Scheduler::queue(Goroutine* goroutine, Worker* here) noexcept {
  Worker* home = goroutine->home;
  goroutine->status.store(Status::runnable, std::memory_order_release);
  if (const Shuffle* shuffled = shuffle()) shuffled->queued(goroutine->chance);
  fiber::tell_release(&goroutine->fiber);
  if (home != nullptr) return hand_over(*home);
  if (here != nullptr) {
    here->push_next(goroutine);
    if (here->phase.load(std::memory_order_relaxed) == Phase::detached) here->win_place_back();
    submitted_by(*here);
  } else {
    global.push(goroutine);
    submitted();
  }
}

void Scheduler::freeze() noexcept {
  frozen_.fetch_add(1, std::memory_order_seq_cst);
  halted_.fetch_add(1, std::memory_order_seq_cst);
  base::asymmetric_fence_heavy();
}

void Scheduler::thaw() noexcept {
  fiber::tell_release(this);
  halted_.fetch_sub(1, std::memory_order_seq_cst);
  frozen_.fetch_sub(1, std::memory_order_seq_cst);
  base::futex_wake(frozen_, INT_MAX);
}

bool Scheduler::forked() noexcept { return g_forked.load(std::memory_order_relaxed); }

void Scheduler::watch_forks() noexcept {
  [[maybe_unused]] static const int registered = pthread_atfork(nullptr, nullptr, [] {
    Scheduler* scheduler = g_scheduler.load(std::memory_order_relaxed);
    if (scheduler == nullptr) return;
    g_forked.store(true, std::memory_order_relaxed);
    scheduler->halted_.fetch_add(1, std::memory_order_relaxed);
  });
}

// Without a dump: the threads that it would tell of are not here, nor who held what lock.
void Scheduler::refuse_fork() noexcept {
  constexpr std::string_view kLine =
      "fatal error: sluice: the child of a fork in a running program can only call exec or _exit\n";
  [[maybe_unused]] const ssize_t written =
      base::own_write(STDERR_FILENO, kLine.data(), kLine.size());
  _exit(2);
}

void Scheduler::wait_while_frozen() noexcept {
  if (forked()) refuse_fork();
  while (const std::uint32_t freezes = frozen_.load(std::memory_order_acquire)) {
    base::futex_wait(frozen_, freezes, base::kNever);
  }
}

bool Scheduler::any_work() const noexcept {
  if (!global.empty()) return true;
  for (std::uint32_t i = 0; i < worker_count(); ++i) {
    if (const Worker* each = worker(i); each != nullptr && each->has_work()) return true;
  }
  return false;
}

bool Scheduler::all_asleep() const noexcept {
  const std::uint64_t before = awakenings_.load(std::memory_order_seq_cst);
  return !any_awake() && !any_work() && idle_source().next_due() == base::kNever &&
         !expects_events() && !any_awake() && awakenings_.load(std::memory_order_seq_cst) == before;
}

std::int64_t Scheduler::goroutines() const noexcept {
  std::int64_t sum = born_outside.load(std::memory_order_relaxed);
  for (std::uint32_t i = 0; i < worker_count(); ++i) {
    if (const Worker* each = worker(i)) sum += each->born.load(std::memory_order_relaxed);
  }
  return sum;
}

std::uint64_t Scheduler::started() const noexcept {
  std::uint64_t count = last_id.load(std::memory_order_relaxed);
  for (std::uint32_t i = 0; i < worker_count(); ++i) {
    if (const Worker* each = worker(i)) count -= each->unused_ids();
  }
  return count;
}

}  // namespace sluice::detail
