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
#include "sluice/detail/lock_trail.hpp"

namespace sluice::checked {

using detail::Activation;
using detail::Site;
using detail::stack_word;

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
