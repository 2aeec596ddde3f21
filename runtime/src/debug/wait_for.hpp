// Finds goroutines that wait for each other, the moment the circle closes (SL201). Follows owners
// only: who holds the lock that one waits for, or owes a done to the group, what that one waits
// for, and so on. Nothing here is a guess about other schedules.
#pragma once

#include <vector>

#include "debug/books.hpp"
#include "debug/snapshot.hpp"
#include "debug/wait_groups.hpp"

namespace sluice::checked {

// One goroutine of a circle: it holds, or owes, what the one before it waits for.
struct Blocked {
  ActorState* actor = nullptr;
  std::uint64_t uid = 0;
  std::uint64_t epoch = 0;
  ObjectId waits_for = kNoObject;
};

class WaitFor {
 public:
  WaitFor(Books& books, WaitGroups& groups) : books_(books), groups_(groups) {}

  // `actor` has just been marked as parked on a lock or a group for ever.
  void parked(const detail::Event& event, ActorState& actor);

  // The circle that `actor` is part of; empty when there is none. It is a true one: all of it was
  // so at one moment.
  std::vector<Blocked> circle_of(ActorState& actor);

 private:
  // Goroutines that hold what `actor` waits for, all of which must free it, or owe it.
  std::vector<ActorState*> holders(ObjectId object, const ActorState& waiter);
  bool extend(std::vector<Blocked>& chain, ActorState& start, std::size_t& steps);
  bool unchanged(const std::vector<Blocked>& chain) const;

  Books& books_;
  WaitGroups& groups_;
};

}  // namespace sluice::checked
