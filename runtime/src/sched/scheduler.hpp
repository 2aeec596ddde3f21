// The workers of one run: how they start and end, and how all of them are halted.
#pragma once

#include <sched.h>
#include <signal.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/spin_lock.hpp"
#include "sched/global_queue.hpp"
#include "sched/idle.hpp"
#include "sched/monitor.hpp"
#include "sched/shuffle.hpp"
#include "sched/worker.hpp"
#include "sluice/panic.hpp"

namespace sluice::detail {

struct DebuggerView;

class Scheduler final : public Idle {
 public:
  static constexpr std::uint32_t kMaxWorkers = 10'000;  // as Go's limit on threads

  Scheduler(int limit, std::size_t stack_size, std::uint64_t run_id) noexcept;

  // Starts worker and monitor threads; throws std::system_error when not even one of each can be
  // had.
  void start(Goroutine* main);
  // Waits until main has returned.
  void wait_for_main() noexcept;
  // Lets no goroutine run any more, waits until the threads of the workers that come back soon have
  // ended, and lets go of the rest.
  void stop() noexcept;

  // Idle's, for a worker.
  void sleep(Worker& worker, Holds holds) noexcept;
  // For a worker that keeps its goroutine and waits until that is ready; what hands it over counts
  // it as detached.
  void give_up_place(Worker& worker) noexcept;
  void hand_over(Worker& home) noexcept;

  // Makes a goroutine runnable. `here`: the worker of this run that the caller is on, or null.
  void make_runnable(Goroutine* goroutine, Worker* here) noexcept;
  // Idle's, for the worker that the caller is on. Running, it holds a place.
  void submitted_by(const Worker& here) noexcept;

  // How this run is shuffled; null: not at all.
  const Shuffle* shuffle() const noexcept { return shuffle_.has_value() ? &*shuffle_ : nullptr; }

  bool stopping() const noexcept override { return stopping_.load(std::memory_order_acquire); }

  // From its return to thaw() no goroutine is resumed: those that are not running stay as they are,
  // and can be looked at. Those that run go on.
  void freeze() noexcept;
  void thaw() noexcept;
  // Stopping or frozen: a worker that leaves a goroutine must not go straight to the next.
  bool halted() const noexcept { return halted_.load(std::memory_order_acquire) != 0; }
  void wait_while_frozen() noexcept;

  // This process is the child of a fork that a goroutine or thread made while the run was under
  // way: of all threads it has only that one. No goroutine is resumed in it.
  static bool forked() noexcept;
  static void watch_forks() noexcept;
  [[noreturn]] static void refuse_fork() noexcept;

  bool any_work() const noexcept override;
  bool expects_events() const noexcept override;
  // Looks for events if nobody waits for them. True: there were some.
  bool poll_events() noexcept;
  std::int64_t goroutines() const noexcept;
  // How many have been started so far, main among them. Exact while nobody starts one.
  std::uint64_t started() const noexcept;
  // No worker active or detached, nothing queued, nothing due, no event expected.
  bool all_asleep() const noexcept;

  std::uint32_t worker_count() const noexcept {
    return worker_count_.load(std::memory_order_acquire);
  }
  Worker* worker(std::uint32_t index) const noexcept {
    return workers_[index].load(std::memory_order_acquire);
  }

  // run() and each thread drop their reference; the last one deletes the scheduler.
  void release() noexcept;

  const std::uint64_t run_id;
  const std::size_t stack_size;
  GlobalQueue global;
  Monitor monitor;
  std::atomic<std::uint64_t> last_id{0};
  std::atomic<std::int64_t> born_outside{0};  // goroutines started by foreign threads
  std::atomic<pid_t> run_tid{0};              // the thread that called run()
  std::atomic<std::uint32_t> main_done{0};    // futex
  std::atomic<bool> main_exited{false};       // by exit_goroutine: the run goes on without it

 private:
  friend struct DebuggerView;

  ~Scheduler();
  void ready_noting(Goroutine* goroutine, Worker* here) noexcept;
  void queue(Goroutine* goroutine, Worker* here) noexcept;
  void forget() noexcept;
  bool start_worker() noexcept override;
  void first_awake() noexcept override;
  void found_nothing() noexcept override;
  void wait_for_events(EventBatch& into) noexcept override;
  void deliver(Sleeper& worker, const EventBatch& batch, bool has_place) noexcept override;
  void interrupt_wait() noexcept override;
  static void* worker_thread(void* worker);
  void wait_for_workers() noexcept;
  static void end_thread(Worker& worker) noexcept;

  std::optional<Shuffle> shuffle_;  // set before the first worker starts
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint32_t> halted_{0};  // how many ask for it
  std::atomic<std::uint32_t> frozen_{0};  // futex: how many freezes are on

  // Of the thread that called run(), for every worker.
  sigset_t signals_;
  cpu_set_t processors_;
  bool has_processors_ = false;

  // How often a first worker has become active: what was seen of several things is true of all at
  // once if this has not grown meanwhile.
  std::atomic<std::uint64_t> awakenings_{0};
  base::SpinLock start_lock_;
  std::atomic<std::uint32_t> worker_count_{0};
  std::atomic<std::uint32_t> references_{1};
  std::atomic<std::uint32_t> settled_{0};  // futex: workers that have left their last goroutine
  std::atomic<Worker*> workers_[kMaxWorkers] = {};
};

// The run under way, or null: for debuggers, which call no function. All others use CurrentRun.
extern std::atomic<Scheduler*> g_scheduler;

// The number of the run under way; 0 when there is none.
std::uint64_t current_run_id() noexcept;

// The run under way, or null, kept from going away while this is in scope. A worker of that run
// keeps it in any case; another thread is counted, and stop() waits for it: so hold this briefly,
// and never while parking.
class CurrentRun {
 public:
  CurrentRun() noexcept;
  ~CurrentRun();
  CurrentRun(const CurrentRun&) = delete;
  CurrentRun& operator=(const CurrentRun&) = delete;

  explicit operator bool() const noexcept { return scheduler_ != nullptr; }
  Scheduler* operator->() const noexcept { return scheduler_; }
  Scheduler& operator*() const noexcept { return *scheduler_; }
  // The worker of that run that the caller is on, or null.
  Worker* here() const noexcept { return here_; }

 private:
  Scheduler* scheduler_;
  Worker* here_ = nullptr;
  bool counted_ = false;
};

}  // namespace sluice::detail
