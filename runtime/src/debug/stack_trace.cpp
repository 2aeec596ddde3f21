#include "debug/stack_trace.hpp"

#include <unwind.h>

#include <atomic>

namespace sluice::checked {
namespace {

struct Walk {
  Stack& into;
  std::uintptr_t from;  // frames with a lower stack pointer belong to the runtime
};

_Unwind_Reason_Code visit(_Unwind_Context* context, void* argument) {
  Walk& walk = *static_cast<Walk*>(argument);
  const auto pc = reinterpret_cast<const void*>(_Unwind_GetIP(context));
  // The canonical frame address of the callee is this frame's stack pointer at the call.
  const std::uintptr_t sp = _Unwind_GetCFA(context);
  if (pc == nullptr) return _URC_END_OF_STACK;
  if (sp >= walk.from) walk.into.at[walk.into.size++] = {pc, sp};
  return walk.into.size == kMaxFrames ? _URC_END_OF_STACK : _URC_NO_REASON;
}

// Callers of the event's call site by frame pointers, as many as are plausible, behind the `size`
// that are there.
std::size_t follow_frame_pointers(const CallPlace& place, Activation* into, std::size_t size,
                                  std::size_t most) {
#if defined(__x86_64__)
  // Below a call site lie the return address and, as every function of the runtime is compiled with
  // frame pointers, the caller's frame pointer.
  const auto sp = reinterpret_cast<std::uintptr_t>(place.frame);
  const std::uintptr_t high = place.doer->stack_high;
  if (sp < place.doer->stack_low + 16 || sp >= high || sp % 8 != 0) return size;
  if (stack_word(sp - 8) != reinterpret_cast<std::uintptr_t>(place.pc)) return size;
  std::uintptr_t fp = stack_word(sp - 16);
  std::uintptr_t above = sp;
  while (size < most && fp >= above && fp + 16 <= high && fp % 8 == 0) {
    const std::uintptr_t pc = stack_word(fp + 8);
    if (pc == 0) break;
    into[size++] = {reinterpret_cast<const void*>(pc), fp + 16};
    above = fp + 16;
    fp = stack_word(fp);
  }
#else
  (void)place, (void)into, (void)most;
#endif
  return size;
}

// Call sites that have been held against the unwinder: the address, with the verdict in the lowest
// bits of the shifted word. Written by whoever was there first, read by everybody; a lost entry is
// found out again.
constexpr std::size_t kSites = 4096;
std::atomic<std::uint64_t> g_sites[kSites];
constexpr std::uint64_t kUnknown = 0, kTrusted = 1, kNotTrusted = 2;

std::atomic<std::uint64_t>& entry_of(const void* pc) {
  const auto number = reinterpret_cast<std::uintptr_t>(pc);
  return g_sites[(number ^ number >> 12) % kSites];
}

std::uint64_t verdict_on(const void* pc) {
  const std::uint64_t entry = entry_of(pc).load(std::memory_order_relaxed);
  return entry >> 2 == reinterpret_cast<std::uintptr_t>(pc) ? entry & 3 : kUnknown;
}

void unwind_from(const void* pc, const void* frame, Stack& into) {
  into.size = 0;
  Walk walk{into, reinterpret_cast<std::uintptr_t>(frame)};
  _Unwind_Backtrace(visit, &walk);
  // An unwinder that finds no tables ends before it is out of the runtime; the call site is known
  // all the same.
  if (into.size == 0 && pc != nullptr) {
    into.at[into.size++] = {pc, reinterpret_cast<std::uintptr_t>(frame)};
  }
}

// Takes the site and remembers what its frame pointers are worth.
__attribute__((noinline)) void find_verdict(const CallPlace& place, Site& site) {
  if (place.pc == nullptr) {
    site.size = 0;
    return;
  }
  site.size =
      static_cast<std::uint8_t>(follow_frame_pointers(place, site.at.data(), 1, Site::kMax));
  Stack exact;
  unwind_from(place.pc, place.frame, exact);
  std::uint64_t verdict = kTrusted;
  // Where the unwinder stops first it knows no better.
  for (std::size_t i = 0; i < site.size && i < exact.size; ++i) {
    if (site.at[i].pc != exact.at[i].pc || site.at[i].sp != exact.at[i].sp) verdict = kNotTrusted;
  }
  if (verdict == kNotTrusted) site.size = 1;
  entry_of(place.pc).store(reinterpret_cast<std::uintptr_t>(place.pc) << 2 | verdict,
                           std::memory_order_relaxed);
}

const void* function_at(const void* pc) {
  return _Unwind_FindEnclosingFunction(
      reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(pc) - 1));
}

}  // namespace

void unwind(const detail::Event& event, Stack& into) { unwind_from(event.pc, event.frame, into); }

void take_site(const CallPlace& place, Site& into) {
  into.at[0] = {place.pc, reinterpret_cast<std::uintptr_t>(place.frame)};
  into.size = 1;
  const std::uint64_t known = verdict_on(place.pc);
  if (known == kTrusted) {
    into.size =
        static_cast<std::uint8_t>(follow_frame_pointers(place, into.at.data(), 1, Site::kMax));
  } else if (known == kUnknown) {
    find_verdict(place, into);
  }
}

StackId site_of(const detail::Event& event) {
  Site site;
  take_site(event, site);
  const void* pcs[Site::kMax];
  for (std::size_t i = 0; i < site.size; ++i) pcs[i] = site.at[i].pc;
  return intern_stack({pcs, site.size});
}

StackId quick_stack(const CallPlace& place) {
  Stack stack;
  if (verdict_on(place.pc) == kTrusted) {
    stack.at[0] = {place.pc, reinterpret_cast<std::uintptr_t>(place.frame)};
    stack.size = follow_frame_pointers(place, stack.at.data(), 1, kMaxFrames);
  } else {
    unwind_from(place.pc, place.frame, stack);
  }
  const void* pcs[kMaxFrames];
  for (std::size_t i = 0; i < stack.size; ++i) pcs[i] = stack.at[i].pc;
  return intern_stack({pcs, stack.size});
}

bool stack_is(StackId known, const CallPlace& place) noexcept {
  const std::span<const void* const> pcs = stack_of(known);
  if (pcs.empty() || pcs[0] != place.pc) return false;
  std::uintptr_t above = reinterpret_cast<std::uintptr_t>(place.frame);
  std::uintptr_t fp = stack_word(above - 16);
  for (std::size_t i = 1; i < kMaxFrames; ++i) {
    const bool plausible = fp >= above && fp + 16 <= place.doer->stack_high && fp % 8 == 0;
    const std::uintptr_t pc = plausible ? stack_word(fp + 8) : 0;
    if (pc == 0) return pcs.size() == i;
    if (i == pcs.size() || reinterpret_cast<std::uintptr_t>(pcs[i]) != pc) return false;
    above = fp + 16;
    fp = stack_word(fp);
  }
  return pcs.size() == kMaxFrames;
}

std::vector<const void*> stack_at(const Site& site, std::span<const Activation> now) {
  std::vector<const void*> pcs;
  for (std::size_t i = 0; i < site.size; ++i) {
    pcs.push_back(site.at[i].pc);
    for (std::size_t j = 0; j < now.size(); ++j) {
      // The same place on the stack is used by one function after the other: it must be the same
      // function too, and go back to where it went back to then.
      if (now[j].sp != site.at[i].sp) continue;
      if (function_at(now[j].pc) != function_at(site.at[i].pc)) break;
      if (i + 1 < site.size && (j + 1 == now.size() || now[j + 1].pc != site.at[i + 1].pc)) break;
      for (std::size_t k = j + 1; k < now.size(); ++k) pcs.push_back(now[k].pc);
      return pcs;
    }
  }
  return pcs;
}

std::vector<const void*> stack_now(const detail::Event& event) {
  Stack now;
  unwind(event, now);
  return pcs_of(now.frames());
}

std::vector<const void*> pcs_of(std::span<const Activation> frames) {
  std::vector<const void*> pcs;
  for (const Activation& frame : frames) pcs.push_back(frame.pc);
  return pcs;
}

}  // namespace sluice::checked
