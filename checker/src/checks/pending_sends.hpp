// Goroutines that were started, have not been waited for, and send on a channel.
#pragma once

#include "unit.hpp"

namespace sluice::checker {

// What starts a goroutine in the block of `close`, before it, that sends on the channel which
// `close` closes, when nothing in between may have waited for the send; null: there is none.
const Site* sender_not_waited_for(Unit& unit, const Site& close);

}  // namespace sluice::checker
