#include "support/eventually.hpp"

#include <thread>

#include "fiber/stack_arena.hpp"
#include "sched/foreign.hpp"
#include "sched/goroutine.hpp"
#include "sched/scheduler.hpp"
#include "sluice/go.hpp"

namespace sluice::test {

void pause() noexcept {
  if (goroutine_id() != 0) {
    sluice::yield();
  } else {
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
}

namespace {

struct Count {
  std::string_view reason;
  std::uint64_t run_id;  // goroutines dropped by earlier runs still look parked
  std::size_t found;
};

// Looks at goroutines while they run: what it sees may be old, which is why it is asked again and
// again.
SLUICE_THREAD_CONFINED void look(detail::Goroutine& goroutine, void* count) {
  auto* counting = static_cast<Count*>(count);
  if (goroutine.status.load(std::memory_order_acquire) != detail::Status::waiting) return;
  if (!goroutine.foreign && goroutine.run_id != counting->run_id) return;
  if (detail::to_text(goroutine.reason) == counting->reason) ++counting->found;
}

}  // namespace

std::size_t parked(std::string_view reason) {
  const detail::CurrentRun run;
  if (!run) return 0;
  Count count{reason, run->run_id, 0};
  for (std::size_t index = 0; index < fiber::arena_count(); ++index) {
    const fiber::Arena& arena = fiber::arena(index);
    const std::uint32_t slots = arena.fresh.load(std::memory_order_acquire);
    for (std::uint32_t slot = 0; slot < slots; ++slot)
      look(*detail::goroutine_at(arena.stack(slot)), &count);
  }
  detail::for_each_foreign(&look, &count);
  return count.found;
}

}  // namespace sluice::test
