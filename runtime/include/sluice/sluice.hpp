// Everything: Go's concurrency for C++.
#pragma once

#include "sluice/annotations.hpp"
#include "sluice/chan.hpp"
#include "sluice/cond.hpp"
#include "sluice/context.hpp"
#include "sluice/debug.hpp"
#include "sluice/defer.hpp"
#include "sluice/err_group.hpp"
#include "sluice/go.hpp"
#include "sluice/local.hpp"
#include "sluice/map.hpp"
#include "sluice/mutex.hpp"
#include "sluice/net.hpp"
#include "sluice/once.hpp"
#include "sluice/panic.hpp"
#include "sluice/pool.hpp"
#include "sluice/select.hpp"
#include "sluice/semaphore.hpp"
#include "sluice/single_flight.hpp"
#include "sluice/time.hpp"
#include "sluice/wait_group.hpp"

/// Go's concurrency for C++: goroutines, channels, `select`, locks, time, contexts, input and
/// output. Whole programs are in examples/, each construct of Go beside ours in docs/tour.md.
namespace sluice {}

/// What a program may ask of checked mode and of the runtime's view of itself.
namespace sluice::debug {}
