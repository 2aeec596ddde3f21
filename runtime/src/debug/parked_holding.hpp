// A goroutine that parks while it holds something: a lock of the operating system's threads
// (SL140), or one of sluice's while it waits for a channel (SL141, a note). Keeps the list of the
// former.
#pragma once

#include "debug/snapshot.hpp"

namespace sluice::checked {

class ParkedHolding {
 public:
  explicit ParkedHolding(Books& books) : books_(books) {}

  static void os_lock_acquired(const detail::Event& event, ActorState& actor);
  static void os_lock_released(const detail::Event& event, ActorState& actor);
  void parked(const detail::Event& event, ActorState& actor) {
    if (!actor.os_locks.empty()) with_os_lock(event, actor);
    if (books_.options.verbose && !actor.held.empty()) with_lock(event, actor);
  }

 private:
  void with_os_lock(const detail::Event& event, ActorState& actor);
  void with_lock(const detail::Event& event, ActorState& actor);

  Books& books_;
};

}  // namespace sluice::checked
