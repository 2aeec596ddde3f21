// The stack of whoever calls: quickly by frame pointers, or exactly by unwind tables. And the trick
// that makes stacks of held locks nearly free: what a function's callers are is the same at its
// lock and, later, at its next one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/sanitizers.hpp"
#include "debug/stack_depot.hpp"
#include "sluice/detail/event.hpp"

namespace sluice::checked {

// One function at work: the address at which it goes on, and its stack pointer just before it made
// its call. The pair tells this activation from another of the same function, as long as it lasts.
struct Activation {
  const void* pc = nullptr;
  std::uintptr_t sp = 0;
};

inline constexpr std::size_t kMaxFrames = 32;

struct Stack {
  std::array<Activation, kMaxFrames> at;
  std::size_t size = 0;
  std::span<const Activation> frames() const { return {at.data(), size}; }
};

// The whole stack of the calling actor, from the event's call site outwards, by the unwinder of
// libgcc: exact also through functions that were compiled without frame pointers. About a
// microsecond a frame.
void unwind(const detail::Event& event, Stack& into);
// The same as bare addresses.
std::vector<const void*> stack_now(const detail::Event& event);

// Where somebody called: an event's doer, pc and frame.
struct CallPlace {
  const detail::Actor* doer = nullptr;
  const void* pc = nullptr;
  const void* frame = nullptr;
};

// The place where a lock was taken: its call site and, where frame pointers can be trusted there,
// two callers more.
struct Site {
  static constexpr std::size_t kMax = 3;
  std::array<Activation, kMax> at{};
  std::uint8_t size = 0;

  // Whether take_site() would find the same again, for an actor on the same stack as then.
  bool is(const void* pc, const void* frame) const noexcept;
};

// A word of somebody's frame; no business of a sanitizer. Without one it is read in line.
#if SLUICE_ASAN || SLUICE_TSAN
#define SLUICE_READS_STACK __attribute__((noinline, no_sanitize("address"), no_sanitize("thread")))
#else
#define SLUICE_READS_STACK
#endif
SLUICE_READS_STACK inline std::uintptr_t stack_word(std::uintptr_t address) {
  return *reinterpret_cast<const std::uintptr_t*>(address);
}

// The frame pointers are those of last time, and lead to the same return addresses. What is read
// lies between the stack pointer of a function that runs and the end of its stack.
inline bool Site::is(const void* pc, const void* frame) const noexcept {
  static_assert(kMax == 3);
  if (at[0].pc != pc || at[0].sp != reinterpret_cast<std::uintptr_t>(frame)) return false;
  const auto leads_to = [](std::uintptr_t sp, const Activation& next) {
    return stack_word(sp - 16) + 16 == next.sp &&
           stack_word(next.sp - 8) == reinterpret_cast<std::uintptr_t>(next.pc);
  };
  if (size == 1) return true;
  return leads_to(reinterpret_cast<std::uintptr_t>(frame), at[1]) &&
         (size == 2 || leads_to(at[1].sp, at[2]));
}

// A few nanoseconds, but the first time at a call site, when the frame pointers are held against
// the unwinder.
void take_site(const CallPlace& place, Site& into);
inline void take_site(const detail::Event& event, Site& into) {
  take_site(CallPlace{event.doer, event.pc, event.frame}, into);
}

// The same, by number: for what is kept long.
StackId site_of(const detail::Event& event);

// The whole stack, for level `full`: by frame pointers where they can be trusted.
StackId quick_stack(const CallPlace& place);

// Whether quick_stack() would find this one again, at a place whose frame pointers are trusted.
bool stack_is(StackId known, const CallPlace& place) noexcept;

// The stack at `site`, as far as it can be known now: what the site remembers, and the callers that
// it shares with `now`, a later stack of the same actor.
std::vector<const void*> stack_at(const Site& site, std::span<const Activation> now);

std::vector<const void*> pcs_of(std::span<const Activation> frames);

}  // namespace sluice::checked
