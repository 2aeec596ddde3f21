// Work stealing: what a worker that has nothing to do takes from the queues of others.
#include <iterator>

#include "base/atomic.hpp"
#include "sched/scheduler.hpp"

namespace sluice::detail {
namespace {

// How long a worker looks over all queues before it sleeps, in pauses of the processor: some
// microseconds, about what waking it again would cost. It looks the more rarely the longer it has
// found nothing: each look takes lines of the cache from those that it looks at.
constexpr int kFirstPauses = 10, kSearchPauses = 160;
// What was readied last belongs to the worker that readied it, which will come to it soon. A thief
// takes it only when it has met it for so many pauses: that worker is then busy with something
// longer.
constexpr int kStealPatience = 70;
static_assert(kStealPatience < kSearchPauses / 2, "else it would give up before it may take it");

// What a worker has readied last it will run next itself, in nanoseconds and with a warm cache. A
// thief takes it only from one that has been busy with the same goroutine for long, or has no place
// to run it in.
struct Suspicion {
  const Worker* suspect = nullptr;
  std::uint32_t tick = 0;
  int since = 0;

  bool confirmed(const Worker& victim, int waited) noexcept {
    const bool loaded = victim.run_next.load(std::memory_order_relaxed) != nullptr;
    const Phase phase = victim.phase.load(std::memory_order_relaxed);
    if (loaded && (phase == Phase::idle || phase == Phase::detached)) return true;
    if (suspect != nullptr && suspect != &victim) return false;
    const std::uint32_t now = victim.tick.load(std::memory_order_relaxed);
    if (!loaded || suspect == nullptr || now != tick) {
      suspect = loaded ? &victim : nullptr;
      tick = now;
      since = waited;
      return false;
    }
    return waited - since >= kStealPatience;
  }
};

}  // namespace

Goroutine* Worker::steal_from(Worker& victim) noexcept {
  Goroutine* batch[RunQueue::kCapacity / 2];
  const std::uint32_t taken = shuffle != nullptr ? victim.shuffled.steal(batch, std::size(batch))
                                                 : victim.queue.steal(batch);
  for (std::uint32_t k = 1; k < taken; ++k) push_back(batch[k]);
  return taken > 0 ? batch[0] : nullptr;
}

// From the queues of others.
Goroutine* Worker::steal() noexcept {
  Suspicion suspicion;
  for (int waited = 0, pauses = kFirstPauses; waited < kSearchPauses; pauses *= 2) {
    const std::uint32_t count = scheduler.worker_count();
    const std::uint32_t first = rng.below(count);
    for (std::uint32_t i = 0; i < count; ++i) {
      Worker* victim = scheduler.worker((first + i) % count);
      if (victim == nullptr || victim == this) continue;
      if (Goroutine* taken = steal_from(*victim)) return taken;
      if (suspicion.confirmed(*victim, waited)) {
        if (Goroutine* next = victim->take_run_next()) return next;
      }
    }
    if (Goroutine* global = take_global(kGlobalBatch)) return global;
    if (scheduler.stopping()) return nullptr;
    poll_idle_source();
    if (Goroutine* own = take_own()) return own;
    for (int i = 0; i < pauses; ++i) base::pause();
    waited += pauses;
  }
  return nullptr;
}

}  // namespace sluice::detail
