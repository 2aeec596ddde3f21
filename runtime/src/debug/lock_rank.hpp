// SL104: a lock is requested under one whose rank is not lower. Needs no history: the ranks say
// what the order is.
#pragma once

#include "debug/snapshot.hpp"

namespace sluice::checked {

// `actor` is about to try for `object`, and holds at least one other lock.
void check_rank(Books& books, const detail::Event& event, ActorState& actor, ObjectId object);

}  // namespace sluice::checked
