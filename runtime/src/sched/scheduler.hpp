// The workers of one run, and who of them may run, search and sleep.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/atomic.hpp"
#include "base/clock.hpp"
#include "base/futex.hpp"
#include "base/spin_lock.hpp"
#include "sched/global_queue.hpp"
#include "sched/monitor.hpp"
#include "sched/worker.hpp"
#include "sluice/panic.hpp"

namespace sluice::detail {

// Places. Of all workers at most `limit` are active: they run a goroutine or search for one.
// Detached ones run a goroutine without a place. All others sleep. The counts share one word, so
// that each decision is one step:
//   S1  active <= limit, but for set_limit lowering it.
//   S2  searching <= active.
//   S3  Work that is queued while active < limit and nobody searches wakes a worker, or is seen by
//   the last one that
//       goes to sleep. Each side writes its own word, then reads the other's:
//         submit: push(work);              fence(seq_cst);  if (searching == 0 && active < limit)
//         wake_one(); sleep:  active--, searching--;   fence(seq_cst);  if (any queue has work)
//         wake_one();
//       Acquire and release alone let both reads see old values (store buffering, on x86 too): work
//       queued, every worker asleep.
class Scheduler {
 public:
  static constexpr std::uint32_t kMaxWorkers = 10'000;  // as Go's limit on threads

  Scheduler(int limit, std::size_t stack_size, std::uint64_t run_id) noexcept;

  // Starts worker and monitor threads; throws std::system_error when not even one of each can be
  // had.
  void start(Goroutine* main);
  // Waits until main has returned.
  void wait_for_main() noexcept;
  // Lets no goroutine run any more, waits for the workers that come back soon, and lets go of the
  // rest.
  void stop() noexcept;

  // Something has been queued: see S3.
  void submitted() noexcept {
    base::fence(std::memory_order_seq_cst);
    const Places seen = places(state_.load(std::memory_order_relaxed));
    if (seen.searching == 0 && seen.active < limit_.load(std::memory_order_relaxed)) wake_one();
  }
  void wake_one() noexcept;

  // For workers. stop_searching: found something. sleep: found nothing; returns with a place,
  // searching.
  void start_searching() noexcept { state_.fetch_add(kSearching, std::memory_order_seq_cst); }
  bool may_search() const noexcept;
  void stop_searching() noexcept;
  enum class Holds { nothing, detached, place, search };
  void sleep(Worker& worker, Holds holds) noexcept;
  // For a worker that keeps its goroutine and waits until that is ready; what hands it over counts
  // it as detached.
  void give_up_place(Worker& worker) noexcept;
  void hand_over(Worker& home) noexcept;
  // True, and a place fewer, when there are more than the limit allows.
  bool give_up_excess_place() noexcept;
  void set_limit(int limit) noexcept;
  // Gives up a worker's place while its goroutine goes on.
  void detached() noexcept;
  // Wins a place for a detached worker; false if there is none.
  bool attach() noexcept;

  // Makes a goroutine runnable from wherever the caller is.
  void make_runnable(Goroutine* goroutine) noexcept;

  bool stopping() const noexcept { return stopping_.load(std::memory_order_acquire); }

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

  bool any_work() const noexcept;
  std::int64_t goroutines() const noexcept;
  int limit() const noexcept { return static_cast<int>(limit_.load(std::memory_order_relaxed)); }
  bool all_asleep() const noexcept;  // no worker active or detached, nothing queued, nothing due
  bool any_awake() const noexcept;   // some worker is active or detached

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
  static constexpr std::uint64_t kActive = 1, kSearching = std::uint64_t{1} << 20,
                                 kDetached = std::uint64_t{1} << 40;
  struct Places {
    std::uint32_t active, searching, detached;
  };
  static Places places(std::uint64_t state) noexcept {
    constexpr std::uint64_t mask = (1u << 20) - 1;
    return {static_cast<std::uint32_t>(state & mask),
            static_cast<std::uint32_t>((state >> 20) & mask),
            static_cast<std::uint32_t>(state >> 40)};
  }

  ~Scheduler();
  void forget() noexcept;
  void let_go(std::uint64_t of) noexcept;
  Worker* pop_idle() noexcept;
  bool start_worker() noexcept;
  static void* worker_thread(void* worker);

  alignas(64) std::atomic<std::uint64_t> state_{0};
  std::atomic<std::uint32_t> limit_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint32_t> halted_{0};  // how many ask for it
  std::atomic<std::uint32_t> frozen_{0};  // futex: how many freezes are on

  base::SpinLock idle_lock_;
  Worker* idle_ = nullptr;

  base::SpinLock start_lock_;
  std::atomic<std::uint32_t> worker_count_{0};
  std::atomic<std::uint32_t> references_{1};
  std::atomic<std::uint32_t> settled_{0};  // futex: workers that have left their last goroutine
  std::atomic<Worker*> workers_[kMaxWorkers] = {};
};

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

 private:
  Scheduler* scheduler_;
  bool counted_ = false;
};

}  // namespace sluice::detail
