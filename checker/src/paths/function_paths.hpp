// The result of following all paths through one function: where each ends, and what locks it still
// holds there.
#pragma once

#include <memory>
#include <vector>

#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/Allocator.h"
#include "paths/function_context.hpp"
#include "paths/state.hpp"

namespace sluice::checker {

enum class ExitKind : std::uint8_t { returns, falls_off, throws };

struct PathExit {
  ExitKind kind;
  const clang::Stmt* where;  // the return statement or what throws; null at the end of the body
  State state;
  Range result;  // of the returned value
};

// A lock is taken by hand where the same statement took it in the round before.
struct Relock {
  HeldLock lock;
  const clang::Expr* site;
  const Trace* trace;
};

// A lock is taken that this path holds already, and that its owner may not take again.
struct DoubleLock {
  HeldLock held;
  const clang::Expr* site;
  const clang::FunctionDecl* through;  // the function of this unit that takes it; null: `site` does
  bool shared;
  const Trace* trace;
};

// A lock is released that this path has taken and released before.
struct DoubleUnlock {
  HeldLock lock;  // as it was taken
  const clang::Expr* site;
  const Trace* trace;
};

// A lock is released in another mode than it was taken in.
struct WrongUnlock {
  HeldLock held;
  const clang::Expr* site;
  const Trace* trace;
};

// A call that may park the goroutine, while a lock is held.
struct ParkUnderLock {
  HeldLock held;
  const clang::CallExpr* site;
  const clang::FunctionDecl* callee;
  const Trace* trace;
};

// A lock is taken while others are held, none of which it is.
struct TakenUnder {
  llvm::SmallVector<HeldLock, 2> held;
  const Value* place;
  bool shared;
  const clang::Expr* site;
  const clang::FunctionDecl* through;  // the function of this unit that takes it; null: `site` does
};

class FunctionPaths {
 public:
  FunctionPaths(Unit& unit, const clang::FunctionDecl* function, bool doubts_names)
      : doubts_names(doubts_names), context(unit, function) {}

  // Functions of other files are not taken to release what their names say that they release.
  const bool doubts_names;

  FunctionContext context;
  std::vector<PathExit> exits;
  std::vector<Relock> relocks;
  std::vector<DoubleLock> double_locks;
  std::vector<DoubleUnlock> double_unlocks;
  std::vector<WrongUnlock> wrong_unlocks;
  std::vector<ParkUnderLock> parks;     // each call once a lock
  std::vector<TakenUnder> taken_under;  // each site once a lock and what is held
  // Locks that this function took and released, by shape.
  llvm::DenseSet<const void*> released;
  // Locks that a loop releases without having taken them, one each round; no exit tells of them.
  llvm::DenseSet<const void*> released_in_rounds;
  // Functions of this unit that left a lock held, which this function then released, or had given
  // up before.
  llvm::DenseSet<const clang::FunctionDecl*> relied_on;
  // Functions of this unit that released a lock which was held here.
  llvm::DenseSet<const clang::FunctionDecl*> served_by;
  // Something that it calls releases a lock that has no name here.
  bool releases_unnamed = false;
  // A function of another file was taken to release a lock, as its name says.
  bool released_by_name = false;
  // There were too many states with locks to keep apart: on what condition a lock was taken may be
  // lost.
  bool forgot = false;
  // Too many paths, or no graph: nothing above may be believed.
  bool gave_up = false;

  const Trace* step(StepKind kind, const clang::Stmt* where, const Trace* previous) {
    return new (traces_.Allocate<Trace>()) Trace{kind, where, previous};
  }

 private:
  llvm::BumpPtrAllocator traces_;
};

// Follows the paths.
std::unique_ptr<FunctionPaths> walk_paths(Unit& unit, const clang::FunctionDecl* function,
                                          bool doubts_names = false);

}  // namespace sluice::checker
