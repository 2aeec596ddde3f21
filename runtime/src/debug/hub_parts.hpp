// What the hub is made of: the books and the detectors, and one method for each kind of event that
// says which of them hear of it. The methods stand in hub_*.cpp, one file for what belongs
// together.
#pragma once

#include <mutex>
#include <vector>

#include "base/thread_mutex.hpp"
#include "debug/books.hpp"
#include "debug/channel_misuse.hpp"
#include "debug/class_order.hpp"
#include "debug/cond_misuse.hpp"
#include "debug/hub.hpp"
#include "debug/leaks.hpp"
#include "debug/lock_again.hpp"
#include "debug/lock_misuse.hpp"
#include "debug/lock_order.hpp"
#include "debug/lock_rank.hpp"
#include "debug/ordering.hpp"
#include "debug/panics.hpp"
#include "debug/parked_holding.hpp"
#include "debug/sleepers.hpp"
#include "debug/wait_for.hpp"
#include "debug/wait_groups.hpp"

namespace sluice::checked {

struct Hub::Parts {
  Parts(const Options& options, const detail::RuntimeView& view)
      : books(options, view),
        order(books),
        class_order(books),
        again(books),
        misuse(books),
        panics(books),
        channels(books, panics),
        conds(books),
        parked_holding(books),
        ordering(books),
        groups(books, panics),
        wait_for(books, groups),
        leaks(books, misuse, groups),
        checks(options.level >= Level::check),
        whole_stacks(options.level == Level::full),
        may_be_quick(!options.classes) {
    books.actors.set_trails(books.objects.ranks(), whole_stacks || !may_be_quick);
    leaks.add_own(this);
  }

  Books books;
  LockOrder order;
  ClassOrder class_order;
  LockAgain again;
  LockMisuse misuse;
  Panics panics;
  ChannelMisuse channels;
  CondMisuse conds;
  ParkedHolding parked_holding;
  Ordering ordering;
  WaitGroups groups;
  WaitFor wait_for;
  Leaks leaks;
  const bool checks;  // level check or full
  const bool whole_stacks;
  const bool may_be_quick;  // for locks
  base::ThreadMutex ending;
  bool told_likely = false;  // under ending

  // hub.cpp: which of the methods below hears of an event.
  void other_event(const detail::Event& event, ActorState& actor);
  void rare_event(const detail::Event& event);
  // hub_locks.cpp
  void lock_requested(const detail::Event& event, ActorState& actor);
  void lock_acquired(const detail::Event& event, ActorState& actor);
  void lock_released(const detail::Event& event, ActorState& actor);
  // hub_waiting.cpp
  void parked(const detail::Event& event, ActorState& actor);
  void unparked(ActorState& actor);
  void withdraw(ActorState& actor);
  // hub_messages.cpp: WaitGroups, channels, condition variables
  void group_event(const detail::Event& event, ActorState& actor);
  void sent(ActorState& actor, const detail::ObjectRef& channel, ObjectId id);
  void received(ActorState& actor, const detail::ObjectRef& channel, ObjectId id);
  void channel_event(const detail::Event& event, ActorState& actor);
  void cond_event(const detail::Event& event, ActorState& actor);
  void came_out(const detail::Event& event, ActorState& actor);
  // hub_lives.cpp: of goroutines and objects
  void spawned(const detail::Event& event);
  void ended(const detail::Event& event, ActorState& actor);
  void created(const detail::Event& event);
  void destroyed(const detail::Event& event);
  // hub_ending.cpp
  std::vector<Snapshot> alive(bool with_stacks);
  bool drain();
  bool any_looking();
  void all_asleep();
  void run_ended();
  void quiet(std::int64_t for_how_long);
  void likely_asleep();

  ObjectId id_of(const detail::Event& event) {
    return event.objects.empty() ? kNoObject : books.objects.id_of(event.objects[0], event);
  }
  static void note(ActorState& actor, const detail::Event& event, ObjectId object) {
    actor.held.trail().last = {event.kind, event.reason, object, event.pc};
  }
};

}  // namespace sluice::checked
