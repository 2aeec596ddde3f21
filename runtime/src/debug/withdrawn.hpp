// SL999 in words: what was said to be certain was not so.
#pragma once

#include "debug/actor_table.hpp"
#include "debug/report.hpp"

namespace sluice::checked {

// The report `code` on `about`; `since` completes "is withdrawn: ".
Report withdrawn_report(const char* code, const Identity& about, const char* since);

}  // namespace sluice::checked
