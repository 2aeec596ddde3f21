// A function that is meant to leave a lock held, and that leaves it held here and free there with
// the same result. A guess at what its callers go by, so it is told only when that is asked for.
#include "checks/by_design.hpp"
#include "checks/conditions.hpp"
#include "checks/held_wrongly.hpp"
#include "checks/wording.hpp"
#include "paths/function_paths.hpp"
#include "unit.hpp"

namespace sluice::checker {
namespace {

constexpr char kName[] = "sluice-mismatched-exit";

bool is_seen_outside(const Value* place) {
  while (place->kind == ValueKind::field || place->kind == ValueKind::element)
    place = place->base();
  if (place->kind == ValueKind::deref) return true;
  return place->kind == ValueKind::variable &&
         llvm::cast<clang::VarDecl>(place->decl())->hasGlobalStorage();
}

// Whether one of them has left behind what the other has not.
bool differs_by_stores(const PathExit& a, const PathExit& b) {
  const auto stores = [](const PathExit& exit, const PathExit& other) {
    return llvm::any_of(exit.state.memory(), [&](const auto& stored) {
      return is_seen_outside(stored.first) && !llvm::is_contained(other.state.memory(), stored);
    });
  };
  return stores(a, b) || stores(b, a);
}

class MismatchedExit : public Check {
 public:
  void run(Unit& unit, const Options& options, Sink& sink) override {
    if (!options.flag(kName, "Strict")) return;
    const ByDesign by_design(unit);
    for (const clang::FunctionDecl* function : unit.lock_functions()) {
      const FunctionPaths& paths = unit.paths(function);
      if (!paths.gave_up) judge(unit, by_design, paths, sink);
    }
  }

 private:
  static void judge(Unit& unit, const ByDesign& by_design, const FunctionPaths& paths, Sink& sink) {
    llvm::SmallVector<std::pair<const clang::Stmt*, const Value*>, 4> told;
    for (const PathExit& held : paths.exits) {
      if (held.kind == ExitKind::throws) continue;
      for (const HeldLock& lock : held.state.locks) {
        const std::pair key(held.where, lock.place);
        // What is not by design, sluice-missing-unlock tells.
        if (lock.balance <= 0 || lock.by_guard || llvm::is_contained(told, key) ||
            by_design.leaves_held(paths, lock.place) != ByDesign::Meaning::design)
          continue;
        const PathExit* free = like_it_but_free(paths, held, lock.place);
        if (free == nullptr) continue;
        told.push_back(key);
        sink.report(describe(unit, paths.context.function(), lock, held, *free));
      }
    }
  }

  // An exit that gave the lock back, and that callers can't tell from `held`.
  static const PathExit* like_it_but_free(const FunctionPaths& paths, const PathExit& held,
                                          const Value* place) {
    const bool has_result = !paths.context.function()->getReturnType()->isVoidType();
    const auto at = llvm::find_if(paths.exits, [&](const PathExit& exit) {
      const bool is_free = llvm::none_of(exit.state.locks, [&](const HeldLock& lock) {
        return shape_of(lock.place) == shape_of(place);
      });
      if (exit.kind == ExitKind::throws || !is_free || exit.state.find_taken(place) == nullptr ||
          differs_by_arguments(held, exit))
        return false;
      return has_result ? held.result.is_single() && exit.result == held.result
                        : !differs_by_stores(held, exit);
    });
    return at == paths.exits.end() ? nullptr : &*at;
  }

  static Finding describe(Unit& unit, const clang::FunctionDecl* function, const HeldLock& lock,
                          const PathExit& held, const PathExit& free) {
    const clang::SourceLocation other = location_of(function, free);
    Finding finding;
    finding.check = kName;
    finding.location = location_of(function, held);
    finding.message =
        function_name(function) + " leaves '" + lock_name(unit, lock) + "' locked here";
    if (other == finding.location) {
      finding.message += " on one way and unlocked on another";
    } else {
      finding.message +=
          ", and unlocked on line " + std::to_string(unit.sources().getExpansionLineNumber(other));
    }
    if (!function->getReturnType()->isVoidType()) finding.message += " with the same result";
    finding.message += ": its callers can't tell";
    finding.notes = path_notes(unit, lock, held.state.trace);
    if (other != finding.location) finding.notes.push_back({other, "unlocked when it leaves here"});
    return finding;
  }

  static clang::SourceLocation location_of(const clang::FunctionDecl* function,
                                           const PathExit& exit) {
    return exit.where == nullptr ? function->getBodyRBrace() : exit.where->getBeginLoc();
  }
};

}  // namespace

std::unique_ptr<Check> make_mismatched_exit() { return std::make_unique<MismatchedExit>(); }

}  // namespace sluice::checker
