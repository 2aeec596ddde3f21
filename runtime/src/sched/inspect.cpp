#include "sched/inspect.hpp"

#include <unwind.h>

#include "fiber/stack_arena.hpp"
#include "fiber/switch.hpp"
#include "sched/park.hpp"
#include "sched/scheduler.hpp"

namespace sluice::detail {
namespace {

struct Collected {
  const void** pcs;
  std::size_t max;
  std::size_t count;
  std::size_t skip;  // frames of the unwinding itself
  std::uintptr_t* ends;
};

_Unwind_Reason_Code collect(_Unwind_Context* context, void* argument) {
  auto& to = *static_cast<Collected*>(argument);
  const auto pc = _Unwind_GetIP(context);
  if (pc == 0) return _URC_END_OF_STACK;
  if (to.skip > 0) {
    --to.skip;
    return _URC_NO_REASON;
  }
  if (to.count < to.max) {
    to.pcs[to.count] = reinterpret_cast<const void*>(pc);
    if (to.ends != nullptr) to.ends[to.count] = _Unwind_GetCFA(context);
  }
  ++to.count;
  return _URC_NO_REASON;
}

}  // namespace

void for_each_goroutine(void (*visit)(Goroutine&, void*), void* context) noexcept {
  const CurrentRun run;
  if (!run) return;
  for (std::size_t i = 0; i < fiber::arena_count(); ++i) {
    const fiber::Arena& arena = fiber::arena(i);
    const std::uint32_t slots = arena.fresh.load(std::memory_order_acquire);
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
      Goroutine* goroutine = goroutine_at(arena.stack(slot));
      const Status status = goroutine->status.load(std::memory_order_acquire);
      if (status == Status::none || status == Status::dead || goroutine->run_id != run->run_id)
        continue;
      visit(*goroutine, context);
    }
  }
}

[[gnu::noinline]] std::size_t backtrace(const Goroutine& goroutine, const void** pcs,
                                        std::size_t max, std::uintptr_t* ends) noexcept {
  Collected into{pcs, max, 0, 1, ends};
  if (&goroutine == self()) {
    _Unwind_Backtrace(&collect, &into);
    return into.count;
  }
  const Status status = goroutine.status.load(std::memory_order_acquire);
  if (goroutine.foreign || (status != Status::waiting && status != Status::runnable)) return 0;
  sluice_backtrace_fiber(goroutine.fiber.sp, &collect, &into);
  return into.count;
}

}  // namespace sluice::detail
