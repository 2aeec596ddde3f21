#include "sched/park.hpp"

#include <sched.h>

#include "base/assert.hpp"
#include "sched/foreign.hpp"
#include "sched/scheduler.hpp"

namespace sluice::detail {

std::atomic<Observer*> g_observer{nullptr};

Goroutine* self() noexcept {
  const Worker* worker = this_worker();
  return worker != nullptr && worker->current != nullptr ? worker->current : foreign_self();
}

void park(WaitReason reason, void (*commit)(void*), void* argument) noexcept {
  Worker* worker = this_worker();
  if (worker == nullptr) return foreign_park(foreign_self(), reason, commit, argument);
  Goroutine* goroutine = worker->current;
  SLUICE_ASSERT(goroutine != nullptr && goroutine->status.load() == Status::running);
  goroutine->reason = reason;
  goroutine->wait_since = worker->scheduler.monitor.coarse_now();
  worker->leave({commit, argument}, Status::waiting);
}

void park(WaitReason reason, base::Atomic<std::uint32_t>& queue_lock) noexcept {
  park(
      reason,
      [](void* word) { base::spin_unlock(*static_cast<base::Atomic<std::uint32_t>*>(word)); },
      &queue_lock);
}

void ready(Goroutine* goroutine) noexcept {
  if (goroutine->foreign) return foreign_ready(goroutine);
  const CurrentRun run;
  if (!run || run->run_id != goroutine->run_id) return;  // dropped at the end of its run
  SLUICE_ASSERT(goroutine->status.load() == Status::waiting);
  run->make_runnable(goroutine);
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
  if (Worker* worker = this_worker()) return worker->rng.below(n);
  thread_local base::Rng rng(static_cast<std::uint64_t>(base::now()));
  return rng.below(n);
}

std::int64_t coarse_now() noexcept {
  const CurrentRun run;
  return run ? run->monitor.coarse_now() : base::now();
}

void yield_now() noexcept {
  Worker* worker = this_worker();
  if (worker == nullptr) {
    sched_yield();
    return;
  }
  Goroutine* goroutine = worker->current;
  const auto requeue = [](void* left) {
    Worker* here = this_worker();
    if (here->bound != nullptr) return here->scheduler.hand_over(*here);
    here->push_back(static_cast<Goroutine*>(left));
    here->scheduler.submitted();
  };
  worker->leave({requeue, goroutine}, Status::runnable);
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
                     std::int64_t until) noexcept {
  Event event;
  event.kind = EventKind::park;
  event.reason = reason;
  event.doer = self();
  event.objects = objects;
  event.value = until;
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
