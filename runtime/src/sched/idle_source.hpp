// What may wake a goroutine without another goroutine doing it: timers now, the network later. The
// scheduler asks it before it sleeps; boot.cpp says who it is.
#pragma once

#include <cstdint>

namespace sluice::detail {

struct IdleSource {
  // Nanoseconds of the monotonic clock at which there is something to do; base::kNever if nothing
  // is to come.
  std::int64_t (*next_due)() noexcept = nullptr;
  // Does what is due at `now`; readies goroutines. Called by workers, with nothing held.
  void (*poll)(std::int64_t now) noexcept = nullptr;
  // A run has ended: forget what waits.
  void (*clear)() noexcept = nullptr;
};

void set_idle_source(const IdleSource& source) noexcept;
const IdleSource& idle_source() noexcept;

// To be called when something became due earlier than all before it.
void idle_source_moved(std::int64_t due) noexcept;

}  // namespace sluice::detail
