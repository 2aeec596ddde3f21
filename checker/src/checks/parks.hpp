// The calls of a unit that may park a goroutine while it holds a lock, for the checks that judge
// them.
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"
#include "paths/function_paths.hpp"

namespace sluice::checker {

// Calls `visit` for each such call and lock, in source order of the functions. Functions with too
// many paths are left out.
void visit_parks(Unit& unit,
                 llvm::function_ref<void(const FunctionPaths&, const ParkUnderLock&)> visit);

}  // namespace sluice::checker
