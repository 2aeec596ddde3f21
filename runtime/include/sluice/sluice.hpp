// Everything: Go's concurrency for C++.
#pragma once

#include "sluice/annotations.hpp"
#include "sluice/chan.hpp"
#include "sluice/cond.hpp"
#include "sluice/debug.hpp"
#include "sluice/defer.hpp"
#include "sluice/go.hpp"
#include "sluice/mutex.hpp"
#include "sluice/once.hpp"
#include "sluice/panic.hpp"
#include "sluice/select.hpp"
#include "sluice/time.hpp"
#include "sluice/wait_group.hpp"
