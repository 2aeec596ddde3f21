// One OS thread that runs goroutines: its queue, its native context, and what it does between two
// goroutines.
#pragma once

#include <pthread.h>
#include <sys/types.h>

#include <atomic>
#include <cstdint>

#include "base/rng.hpp"
#include "base/sanitizers.hpp"
#include "fiber/fiber.hpp"
#include "fiber/stack_pool.hpp"
#include "sched/goroutine.hpp"
#include "sched/idle.hpp"
#include "sched/run_queue.hpp"
#include "sched/shuffled_queue.hpp"

namespace sluice::detail {

class Scheduler;

// What a context that has been left wants done once its registers are saved.
struct AfterSwitch {
  void (*call)(void*) = nullptr;
  void* argument = nullptr;
};

// What a worker does. A running one that holds its place too long, or says that it will, is
// `detached`: others take its queue and its place, and it must win a place again before it runs
// another goroutine.
enum class Phase : std::uint32_t { idle, searching, running, detached };

// Of its thread. Who takes it from `runs` detaches it, or leaves it to the end of the run to join.
enum class ThreadLife : std::uint32_t { runs, ends, detached };

class alignas(64) Worker : public Sleeper {
 public:
  explicit Worker(Scheduler& scheduler, std::uint32_t index) noexcept;

  // The thread's life: runs goroutines until the scheduler stops.
  void run() noexcept;

  // Leaves the goroutine that runs here, does `then` from another stack, resumes the next one.
  // Returns when somebody resumes the goroutine, perhaps on another thread: `this` must not be used
  // then.
  // `becomes` is its status from the moment on at which its registers are saved; dead: it will not
  // be resumed.
  void leave(AfterSwitch then, Status becomes) noexcept;
  // The other half: the first thing that any resumed context does.
  static void arrive() noexcept;

  // Puts a goroutine where this worker will find it: next, or at the end of its queue. Owner only.
  void push_next(Goroutine* goroutine) noexcept;
  void push_back(Goroutine* goroutine) noexcept;

  // Moves all that is queued here to the global queue. Anybody.
  void give_away() noexcept;
  // A worker without a place has readied a goroutine. Owner only.
  void win_place_back() noexcept;
  bool has_work() const noexcept {
    return !queue.empty() || run_next.load(std::memory_order_acquire) != nullptr ||
           !shuffled.empty();
  }
  // How many goroutines wait for their turn here.
  std::size_t queued() const noexcept {
    const bool next = run_next.load(std::memory_order_acquire) != nullptr;
    return queue.size() + (next ? 1 : 0) + shuffled.size();
  }
  std::uint64_t new_id() noexcept;
  // Of those that it has taken, how many it has given to nobody yet. Anybody.
  std::uint64_t unused_ids() const noexcept;

  // Owner's. The fields of this part are thread-confined: only one fiber of the thread runs at any
  // time.
  Goroutine* current = nullptr;
  Scheduler& scheduler;
  const Shuffle* const shuffle;  // null: what is readied runs as it comes
  fiber::ThreadState thread;
  fiber::Fiber native;
  AfterSwitch after;          // of the context that was left last, until it is done
  Goroutine* left = nullptr;  // that context; null: the native one
  Status left_becomes = Status::none;
  Goroutine* bound = nullptr;  // the only one that it runs, as long as that has a ThreadLock
  bool tainted = false;  // that one has ended with its ThreadLock: no other may have the thread
  Goroutine* aside = nullptr;  // taken from a queue, and not run because the scheduler is halted
  base::Rng rng;
  fiber::StackCache stacks;
  std::uint32_t readied_detached = 0;  // goroutines, while it had no place
  std::int64_t turn_began = 0;
  std::int64_t stretch_began = 0;       // of the goroutine that runs; in shuffled runs only
  std::uint32_t stretches = 0;          // that have ended since then
  std::uint32_t watched_stretches = 0;  // how many more are measured one by one
  long descheduled = 0;  // how often the system had taken the processor, when last asked
  std::uint64_t next_id = 0;
  std::uint64_t last_id = 0;
  const std::uint32_t index;

  // Read by other threads.
  alignas(64) RunQueue queue;
  ShuffledQueue shuffled;                     // in place of the two others when there is a shuffle
  std::atomic<Goroutine*> run_next{nullptr};  // written by the owner, taken by exchange by anybody
  std::atomic<std::uint32_t> tick{0};         // grows at each switch; the monitor watches it
  std::atomic<Phase> phase{Phase::searching};
  std::atomic<bool> turn_over{false};    // set by the monitor, cleared by the owner
  std::atomic<std::uint32_t> handed{0};  // futex: 1: the bound goroutine is ready
  std::atomic<std::int64_t> born{0};     // goroutines started here, less those ended here
  pthread_t handle;                      // written under the scheduler's start lock
  std::atomic<ThreadLife> life{ThreadLife::runs};
  std::atomic<pid_t> tid{0};
  std::int64_t had_at_stop = 0;  // processor time, when the run was stopped; the stopper's
  std::atomic<std::uintptr_t> thread_pointer{0};  // of its thread, as long as it runs
  std::atomic<std::uintptr_t> stack_base{0};      // where the frames of run() begin
  // It waits for the end of a freeze, with nothing of the program's in its registers.
  std::atomic<bool> rests{false};

  class TraceRing* ring = nullptr;  // its own, once it has been traced

  // The monitor's notes.
  std::uint32_t seen_tick = 0;
  std::int64_t seen_since = 0;

 private:
  Goroutine* next_local() noexcept;
  Goroutine* take_own() noexcept;
  bool begin_turn() noexcept;
  void execute(Goroutine* goroutine) noexcept;
  void switch_to(Goroutine* next, AfterSwitch then, Status becomes) noexcept;
  void switch_noting(Goroutine* next, AfterSwitch then, Status becomes) noexcept;
  void switch_now(Goroutine* next, AfterSwitch then, Status becomes) noexcept;
  bool claim(Goroutine* goroutine) noexcept;
  Goroutine* find_runnable(bool searching) noexcept;
  Goroutine* take_run_next() noexcept;
  Goroutine* steal() noexcept;
  Goroutine* steal_from(Worker& victim) noexcept;
  static constexpr std::size_t kGlobalBatch = 16;
  Goroutine* take_global(std::size_t most) noexcept;
  Goroutine* take_global_shuffled(std::size_t share) noexcept;
  void poll_idle_source() noexcept;
  bool settle() noexcept;
  void run_bound() noexcept;
  void rest_while_frozen() noexcept;
  void begin_stretches() noexcept;
  void end_stretch() noexcept;
};

// Of this thread: its worker, or null, and who runs on it. In the static block of a shared library,
// too: a locked instruction costs less than looking it up. points.hpp says who may read them.
[[gnu::tls_model("initial-exec")]] extern constinit thread_local Worker* t_worker;
[[gnu::tls_model("initial-exec")]] extern constinit thread_local Goroutine* t_current;

// This thread's worker, or null. Never inlined: the address of a thread-local must not survive a
// switch.
Worker* this_worker() noexcept;

}  // namespace sluice::detail
