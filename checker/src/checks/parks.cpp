#include "checks/parks.hpp"

#include "unit.hpp"

namespace sluice::checker {

void visit_parks(Unit& unit,
                 llvm::function_ref<void(const FunctionPaths&, const ParkUnderLock&)> visit) {
  for (const clang::FunctionDecl* function : unit.lock_functions()) {
    const FunctionPaths& paths = unit.paths(function);
    if (paths.gave_up) continue;
    for (const ParkUnderLock& each : paths.parks) visit(paths, each);
  }
}

}  // namespace sluice::checker
