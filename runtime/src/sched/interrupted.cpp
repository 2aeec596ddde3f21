#include "sched/interrupted.hpp"

#include <ucontext.h>
#include <unwind.h>

#include <cstdint>

namespace sluice::detail {
namespace {

std::uintptr_t pc_of(const ucontext_t& context) noexcept {
#if defined(__x86_64__)
  return static_cast<std::uintptr_t>(context.uc_mcontext.gregs[REG_RIP]);
#else
  return context.uc_mcontext.pc;
#endif
}

struct Collected {
  std::uintptr_t from;
  const void** pcs;
  std::size_t max;
  std::size_t count = 0;
  bool past_handler = false;
};

// Keeps frames from the one that was interrupted on; those before it are the handler's own.
_Unwind_Reason_Code collect(_Unwind_Context* context, void* argument) {
  auto& to = *static_cast<Collected*>(argument);
  const std::uintptr_t pc = _Unwind_GetIP(context);
  if (pc == to.from) to.past_handler = true;
  if (!to.past_handler) return _URC_NO_REASON;
  if (to.count == to.max || pc == 0) return _URC_END_OF_STACK;
  to.pcs[to.count++] = reinterpret_cast<const void*>(pc);
  return _URC_NO_REASON;
}

}  // namespace

std::size_t backtrace_interrupted(const void* context, const void** pcs, std::size_t max) noexcept {
  Collected into{pc_of(*static_cast<const ucontext_t*>(context)), pcs, max};
  _Unwind_Backtrace(&collect, &into);
  return into.count;
}

}  // namespace sluice::detail
