#include "sched/park.hpp"

#include <sched.h>

#include "base/assert.hpp"
#include "sched/foreign.hpp"
#include "sched/scheduler.hpp"
#include "sched/wait_watch.hpp"

namespace sluice::detail {

std::atomic<Observer*> g_observer{nullptr};
std::atomic<const WaitWatch*> g_wait_watch{nullptr};

namespace {

// In pauses of some ten nanoseconds each: a few times what an operation takes.
constexpr std::uint32_t kLongestDelay = 300;
// How much time passes with each switch where only switches count.
constexpr std::int64_t kTimeOfASwitch = 50'000;

}  // namespace

bool Observer::lock_taken(Actor&, std::uint32_t, LockUse, const void*, const void*) noexcept {
  return false;
}
bool Observer::lock_released(Actor&, std::uint32_t, LockUse, const void*) noexcept { return false; }
bool Observer::chan_send(Actor&, std::uint32_t, const void*) noexcept { return false; }
bool Observer::chan_received(Actor&, std::uint32_t, const void*) noexcept { return false; }

Goroutine* running_goroutine() noexcept {
  const Worker* worker = this_worker();
  return worker != nullptr ? worker->current : nullptr;
}

namespace {

// Returns who has waited.
[[gnu::always_inline]] inline const Goroutine* wait_for_ready(WaitReason reason,
                                                              void (*commit)(void*), void* argument,
                                                              bool watched) noexcept {
  Worker* worker = this_worker();
  if (worker == nullptr) {
    Goroutine* const thread = foreign_self();
    foreign_park(thread, reason, commit, argument);
    return thread;
  }
  Goroutine* goroutine = worker->current;
  SLUICE_ASSERT(goroutine != nullptr && goroutine->status.load() == Status::running);
  goroutine->reason = reason;
  goroutine->wait_since = watched ? base::now() : worker->scheduler.monitor.coarse_now();
  worker->leave({commit, argument}, Status::waiting);
  return goroutine;
}

[[gnu::noinline]] void park_watched(WaitReason reason, void (*commit)(void*),
                                    void* argument) noexcept {
  const Goroutine* goroutine = wait_for_ready(reason, commit, argument, true);
  if (const WaitWatch* watch = g_wait_watch.load(std::memory_order_acquire)) {
    watch->waited(reason, base::now() - goroutine->wait_since);
  }
}

[[gnu::noinline]] void tell_released(const Goroutine& goroutine, const WaitWatch& watch) noexcept {
  watch.released(goroutine.reason, base::now() - goroutine.wait_since);
}

}  // namespace

void park(WaitReason reason, void (*commit)(void*), void* argument) noexcept {
  if (g_wait_watch.load(std::memory_order_relaxed) != nullptr) [[unlikely]]
    return park_watched(reason, commit, argument);
  wait_for_ready(reason, commit, argument, false);
}

void park(WaitReason reason, base::Atomic<std::uint32_t>& queue_lock) noexcept {
  park(
      reason,
      [](void* word) { base::spin_unlock(*static_cast<base::Atomic<std::uint32_t>*>(word)); },
      &queue_lock);
}

void ready(Goroutine* goroutine) noexcept {
  if (const WaitWatch* watch = g_wait_watch.load(std::memory_order_acquire)) [[unlikely]]
    tell_released(*goroutine, *watch);
  if (goroutine->foreign) return foreign_ready(goroutine);
  const CurrentRun run;
  if (!run || run->run_id != goroutine->run_id) return;  // dropped at the end of its run
  SLUICE_ASSERT(goroutine->status.load() == Status::waiting);
  run->make_runnable(goroutine, run.here());
}

bool alive(const Goroutine* goroutine) noexcept {
  if (goroutine->foreign) return true;
  return goroutine->run_id == current_run_id();
}

int parallelism() noexcept {
  const CurrentRun run;
  return run ? run->limit() : 1;
}

bool on_worker() noexcept { return this_worker() != nullptr; }

std::uint32_t home() noexcept {
  const Worker* worker = this_worker();
  return worker != nullptr ? worker->index : 0;
}

SLUICE_THREAD_CONFINED std::uint32_t random_below(std::uint32_t n) noexcept {
  if (Worker* worker = this_worker()) {
    if (worker->shuffle != nullptr && worker->current != nullptr)
      return worker->shuffle->below(worker->current->chance, n);
    return worker->rng.below(n);
  }
  thread_local base::Rng rng(static_cast<std::uint64_t>(base::now()));
  return rng.below(n);
}

std::int64_t coarse_now() noexcept {
  const CurrentRun run;
  return run ? run->monitor.coarse_now() : base::now();
}

namespace {

// Leaves the worker to others; `Asked`: because the goroutine itself wants to. It then goes behind
// those in the global queue: behind its own worker's only, one that yields again and again would
// leave them a turn in kFairness.
template <bool Asked>
void give_way(Worker& worker) noexcept {
  const auto requeue = [](void* of) {
    Worker& here = *static_cast<Worker*>(of);
    if (here.bound != nullptr) return here.scheduler.hand_over(here);
    Goroutine* goroutine = here.left;
    if (here.shuffle != nullptr) {
      Asked ? here.shuffle->yielded(goroutine->chance) : here.shuffle->queued(goroutine->chance);
    }
    if (Asked && here.shuffle == nullptr && !here.scheduler.global.empty()) {
      here.scheduler.global.push(goroutine);
    } else {
      here.push_back(goroutine);
    }
    here.scheduler.submitted_by(here);
  };
  worker.leave({requeue, &worker}, Status::runnable);
}

}  // namespace

void yield_now() noexcept {
  Worker* worker = this_worker();
  if (worker == nullptr) {
    sched_yield();
  } else {
    give_way<true>(*worker);
  }
}

SLUICE_THREAD_CONFINED void preemption_point() noexcept {
  Worker* worker = this_worker();
  if (worker == nullptr || worker->shuffle == nullptr) return;
  const Shuffle& shuffle = *worker->shuffle;
  Chance& chance = worker->current->chance;
  if (!shuffle.gives_way(chance, worker->shuffled.best()) || worker->bound != nullptr) return;
  if (!worker->shuffled.empty()) return give_way<false>(*worker);
  // Others may be running in parallel: then being late has the effect of having been preempted.
  if (!worker->scheduler.others_active() || !shuffle.young(chance)) return;
  for (std::uint32_t left = worker->rng.below(kLongestDelay); left > 0; --left) base::pause();
}

std::int64_t decision_time() noexcept {
  const Worker* worker = this_worker();
  if (worker == nullptr || worker->shuffle == nullptr) return base::now();
  return worker->tick.load(std::memory_order_relaxed) * kTimeOfASwitch;
}

Waiter* dequeue(WaitQueue& queue) noexcept {
  while (Waiter* waiter = queue.head) {
    remove(queue, *waiter);
    if (alive(waiter->goroutine)) return waiter;
  }
  return nullptr;
}

void emit(const Event& event) noexcept {
  if (Observer* to = observer()) to->on_event(event);
}

void emit(EventKind kind, const ObjectRef& object, const CallSite& site,
          std::int64_t value) noexcept {
  Event event;
  event.kind = kind;
  event.mode = object.mode;
  event.doer = self();
  event.objects = {&object, 1};
  event.value = value;
  event.pc = site.pc;
  event.frame = site.frame;
  emit(event);
}

void ParkScope::tell(WaitReason reason, std::span<const ObjectRef> objects, const CallSite& site,
                     std::int64_t until, std::string_view what) noexcept {
  Event event;
  event.kind = EventKind::park;
  event.reason = reason;
  event.doer = self();
  event.objects = objects;
  event.value = until;
  event.text = what;
  event.pc = site.pc;
  event.frame = site.frame;
  emit(event);
}

void ParkScope::end() noexcept {
  Event event;
  event.kind = EventKind::unpark;
  event.doer = self();
  emit(event);
}

}  // namespace sluice::detail
