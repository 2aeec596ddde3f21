// Judges the ends of all paths: which of them leave a lock held by mistake, and which do so because
// that is what the function is for. The paths themselves come from the engine.
#include "checks/missing_unlock.hpp"

#include <set>
#include <tuple>

#include "checks/by_design.hpp"
#include "checks/conditions.hpp"
#include "checks/names_everywhere.hpp"
#include "checks/release_fix.hpp"
#include "checks/surroundings.hpp"
#include "checks/wording.hpp"
#include "clang/AST/ASTContext.h"
#include "syntax.hpp"
#include "unit.hpp"

namespace sluice::checker {
namespace {

constexpr char kName[] = "sluice-missing-unlock";
// So many functions of other files that take a lock and release it themselves show that it is never
// left to the callers.
constexpr unsigned kKeptElsewhere = 3;

// Of a lock that was asked for again while it was held, that is what there is to tell.
const HeldLock* held_by_hand(const PathExit& exit, const Value* place) {
  for (const HeldLock& lock : exit.state.locks) {
    const bool is_it = lock.place == place && lock.balance > 0 && !lock.by_guard;
    if (is_it && (lock.recursive || !lock.again)) return &lock;
  }
  return nullptr;
}

class MissingUnlock : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    const ByDesign by_design(unit);
    for (const clang::FunctionDecl* function : unit.lock_functions()) {
      const FunctionPaths& paths = unit.paths(function);
      if (paths.gave_up) continue;
      Told told;
      judge(unit, by_design, paths, told, sink);
      judge_relocks(unit, by_design, paths, sink);
      if (paths.released_by_name) {
        const auto doubted = walk_paths(unit, function, /*doubts_names=*/true);
        if (!doubted->gave_up) judge(unit, by_design, *doubted, told, sink);
      }
      if (!paths.forgot && by_design.has_known_callers(function) &&
          !by_design.is_lock_function(function))
        judge_callers_locks(unit, paths, sink);
    }
  }

 private:
  // Of which lock, how and where the function ends with it.
  using Told = std::set<std::tuple<const Value*, ExitKind, const clang::Stmt*>>;

  // The exit does not tell of a mistake, whatever the path to it holds.
  static bool is_doubtful(Unit& unit, const FunctionPaths& paths, const HeldLock& lock,
                          const PathExit& exit) {
    if (exit.where != nullptr && ends_failed_test(unit, exit.where)) return true;
    // It may be released on the same condition.
    return paths.forgot && lock.site != nullptr && is_asked_again(unit, paths, lock, exit.where);
  }

  void judge(Unit& unit, const ByDesign& by_design, const FunctionPaths& paths, Told& told,
             Sink& sink) {
    llvm::SmallVector<const Value*, 4> places;
    for (const PathExit& exit : paths.exits) {
      for (const HeldLock& lock : exit.state.locks) {
        if (held_by_hand(exit, lock.place) != nullptr && !llvm::is_contained(places, lock.place)) {
          places.push_back(lock.place);
        }
      }
    }
    for (const Value* place : places) {
      const ByDesign::Meaning meaning = by_design.leaves_held(paths, place);
      const std::string name = name_everywhere(unit, place);
      if (meaning == ByDesign::Meaning::design) continue;
      if (meaning == ByDesign::Meaning::mistake_if_kept && name.empty()) continue;
      for (const PathExit& exit : paths.exits) {
        const HeldLock* lock = held_by_hand(exit, place);
        if (lock == nullptr || is_doubtful(unit, paths, *lock, exit)) continue;
        const std::vector<std::string> keepers = named_as_releases(paths, *lock, exit.state.trace);
        // What rests on no doubt has been told.
        if (paths.doubts_names && keepers.empty()) continue;
        if (!told.insert({place, exit.kind, exit.where}).second) continue;
        if (lock->through != nullptr && by_design.is_mistake_of(lock->through, shape_of(place)))
          continue;
        Finding finding = describe(unit, paths, *lock, exit);
        if (meaning != ByDesign::Meaning::mistake) finding.lock = name;
        if (meaning == ByDesign::Meaning::mistake_if_kept)
          finding.kept = by_design.kept_here(shape_of(place)) + kKeptElsewhere;
        finding.keepers = keepers;
        sink.report(finding);
      }
    }
  }

  static void judge_relocks(Unit& unit, const ByDesign& by_design, const FunctionPaths& paths,
                            Sink& sink) {
    if (by_design.is_lock_function(paths.context.function())) return;
    for (const Relock& relock : paths.relocks) {
      // The round before may have released it on the same condition.
      const bool is_doubtful = paths.forgot && is_asked_again(unit, paths, relock.lock, nullptr);
      if (paths.released.contains(shape_of(relock.lock.place)) && !is_doubtful)
        sink.report(describe_relock(unit, relock));
    }
  }

  // What the exits of one return statement do with a lock that the function has not taken.
  struct WayOut {
    const PathExit* exit;
    Range result;
    bool releases;
  };

  // Nothing when the same statement leaves in both ways, or the function takes the lock, too: what
  // tells them apart is then not seen.
  static std::vector<WayOut> ways_out(const FunctionPaths& paths, const Value* place) {
    std::vector<WayOut> ways;
    for (const PathExit& exit : paths.exits) {
      if (exit.kind == ExitKind::throws) continue;
      const auto* held = llvm::find_if(exit.state.locks,
                                       [&](const HeldLock& lock) { return lock.place == place; });
      const bool releases = held != exit.state.locks.end();
      if (exit.state.find_taken(place) != nullptr || (releases && held->balance != -1)) return {};
      const auto same =
          llvm::find_if(ways, [&](const WayOut& way) { return way.exit->where == exit.where; });
      if (same == ways.end()) {
        ways.push_back({&exit, exit.result, releases});
      } else if (same->releases != releases) {
        return {};
      } else {
        same->result = same->result.hull(exit.result);
      }
    }
    return ways;
  }

  // A lock that the callers took: several ways out release it, and one that tells them the same
  // does not.
  static void judge_callers_locks(Unit& unit, const FunctionPaths& paths, Sink& sink) {
    llvm::SmallVector<const Value*, 2> places;
    for (const PathExit& exit : paths.exits) {
      for (const HeldLock& lock : exit.state.locks) {
        if (lock.balance < 0 && !llvm::is_contained(places, lock.place))
          places.push_back(lock.place);
      }
    }
    for (const Value* place : places) {
      const std::vector<WayOut> ways = ways_out(paths, place);
      for (const WayOut& way : ways) {
        if (way.releases || !way.result.is_single()) continue;
        const auto tells_the_same = [&](const WayOut& other) {
          return other.releases && other.result == way.result &&
                 !differs_by_arguments(*way.exit, *other.exit);
        };
        if (llvm::count_if(ways, tells_the_same) < 2) continue;
        HeldLock lock;
        lock.place = place;
        Finding finding = describe(unit, paths, lock, *way.exit);
        finding.message += ", which other ways out with the same result release";
        const auto other = llvm::find_if(ways, tells_the_same);
        finding.notes.push_back({other->exit->where->getBeginLoc(), "released before this one"});
        sink.report(finding);
      }
    }
  }

  static std::string locked_on(Unit& unit, const HeldLock& lock) {
    if (lock.site == nullptr) return {};
    const clang::SourceManager& sources = unit.sources();
    const unsigned line = sources.getExpansionLineNumber(lock.site->getBeginLoc());
    return "; it was locked on line " + std::to_string(line);
  }

  // A variable of `lock` that is declared within `scope`.
  static bool names_inner(const clang::Stmt* lock, const clang::Stmt* scope,
                          const clang::SourceManager& sources) {
    if (const auto* name = llvm::dyn_cast<clang::DeclRefExpr>(lock)) {
      const clang::SourceLocation declared = name->getDecl()->getLocation();
      return llvm::isa<clang::VarDecl>(name->getDecl()) &&
             !sources.isBeforeInTranslationUnit(declared, scope->getBeginLoc()) &&
             sources.isBeforeInTranslationUnit(declared, scope->getEndLoc());
    }
    return llvm::any_of(lock->children(), [&](const clang::Stmt* child) {
      return child != nullptr && names_inner(child, scope, sources);
    });
  }

  // The `break` by which the path left the loop in which the lock has a name; null when it still
  // has one.
  static const clang::Stmt* left_scope(Unit& unit, const FunctionPaths& paths, const HeldLock& lock,
                                       const PathExit& exit) {
    const clang::Expr* name = lock_argument(lock);
    if (name == nullptr) return nullptr;
    for (const Trace* step = exit.state.trace; step != nullptr && step != lock.since;
         step = step->previous) {
      if (step->kind != StepKind::jumped || !llvm::isa<clang::BreakStmt>(step->where)) continue;
      const clang::Stmt* loop = paths.context.innermost_loop(step->where);
      if (loop != nullptr && names_inner(name, loop, unit.sources())) return step->where;
    }
    return nullptr;
  }

  static Finding describe(Unit& unit, const FunctionPaths& paths, const HeldLock& lock,
                          const PathExit& exit) {
    const clang::FunctionDecl* function = paths.context.function();
    const std::string name = function_name(function);
    Finding finding;
    finding.check = kName;
    std::string how;
    const clang::Stmt* jump = left_scope(unit, paths, lock, exit);
    if (jump != nullptr) {
      finding.location = jump->getBeginLoc();
      how = "when this 'break' leaves the loop";
    } else if (exit.kind == ExitKind::throws) {
      finding.location = exit.where->getBeginLoc();
      how = thrown(exit.where) + " leaves " + name;
    } else {
      finding.location =
          exit.kind == ExitKind::returns ? exit.where->getBeginLoc() : function->getBodyRBrace();
      const Spawner* spawner = paths.context.facts().spawner;
      if (spawner != nullptr) {
        how = "when the " + std::string(spawner->what) + " ends here";
      } else {
        how = exit.kind == ExitKind::returns ? "when " + name + " returns here"
                                             : "at the end of " + name;
      }
    }
    finding.message =
        "'" + lock_name(unit, lock) + "' is still locked " + how + locked_on(unit, lock);
    if (lock.site != nullptr) finding.ranges.push_back(lock.site->getSourceRange());
    finding.notes = path_notes(unit, lock, exit.state.trace);
    if (jump == nullptr) finding.fix_its = release_before(unit, paths, lock, exit);
    finding.unless = could_release(unit, lock, exit.state.trace);
    return finding;
  }

  // What was called while the lock was held, and may release it: the bodies are elsewhere.
  static std::vector<Release> could_release(Unit& unit, const HeldLock& lock, const Trace* trace) {
    std::vector<Release> releases;
    const std::string name = name_everywhere(unit, lock.place);
    if (name.empty()) return releases;
    for (const Trace* step = trace; step != nullptr && step != lock.since; step = step->previous) {
      if (step->kind != StepKind::called) continue;
      const auto* call = llvm::cast<clang::CallExpr>(step->where);
      releases.push_back({name_everywhere(call->getDirectCallee()), name});
    }
    return releases;
  }

  // What was called while the lock was held, and is named as if it released something: of other
  // files, if that is doubted.
  static std::vector<std::string> named_as_releases(const FunctionPaths& paths,
                                                    const HeldLock& lock, const Trace* trace) {
    std::vector<std::string> names;
    if (!paths.doubts_names) return names;
    for (const Trace* step = trace; step != nullptr && step != lock.since; step = step->previous) {
      if (step->kind != StepKind::called) continue;
      const auto* callee = llvm::cast<clang::CallExpr>(step->where)->getDirectCallee();
      if (says_release(callee)) names.push_back(name_everywhere(callee));
    }
    return names;
  }

  static std::string thrown(const clang::Stmt* where) {
    if (llvm::isa<clang::CXXThrowExpr>(where)) return "when this exception";
    const clang::NamedDecl* callee = nullptr;
    if (const auto* call = llvm::dyn_cast<clang::CallExpr>(where)) callee = call->getDirectCallee();
    if (const auto* made = llvm::dyn_cast<clang::CXXConstructExpr>(where))
      callee = made->getConstructor();
    return callee == nullptr ? "when an exception"
                             : "when an exception from '" + callee->getNameAsString() + "'";
  }

  static Finding describe_relock(Unit& unit, const Relock& relock) {
    Finding finding;
    finding.check = kName;
    const Trace* last_jump = nullptr;
    for (const Trace* step = relock.trace; step != nullptr && step != relock.lock.since;
         step = step->previous) {
      if (step->kind != StepKind::jumped || !llvm::isa<clang::ContinueStmt>(step->where)) continue;
      last_jump = step;
      break;
    }
    const bool jumps = last_jump != nullptr;
    finding.location = jumps ? last_jump->where->getBeginLoc() : relock.site->getBeginLoc();
    finding.message = "'" + lock_name(unit, relock.lock) + "' is still locked when " +
                      (jumps ? "this 'continue' starts the loop again"
                             : "the loop comes round to lock it again") +
                      locked_on(unit, relock.lock);
    finding.notes = path_notes(unit, relock.lock, relock.trace);
    return finding;
  }
};

}  // namespace

std::unique_ptr<Check> make_missing_unlock() { return std::make_unique<MissingUnlock>(); }

}  // namespace sluice::checker
