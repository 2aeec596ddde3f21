// What a call of a function does, in terms of its parameters, `this` and globals. Knows values, not
// how they were found.
#pragma once

#include <vector>

#include "llvm/ADT/SmallVector.h"
#include "paths/range.hpp"
#include "paths/value.hpp"

namespace sluice::checker {

struct LockEffect {
  const Value* place = nullptr;
  int balance = 0;
  bool shared = false;
  bool by_guard = false;
  bool recursive = false;

  bool operator==(const LockEffect&) const = default;
};

struct Write {
  const Value* place;
  const Value* content;  // unknown when only the fact that it changed can be told

  bool operator==(const Write&) const = default;
};

struct Condition {
  const Value* subject;
  Range range;
};

// One way in which a call can end.
struct Outcome {
  bool throws = false;
  Range result = Range::all();
  llvm::SmallVector<Condition, 4> conditions;  // what must have held when the function was entered
  llvm::SmallVector<LockEffect, 2> effects;
  llvm::SmallVector<LockEffect, 1> result_effects;  // on locks that only what it returns leads to
  llvm::SmallVector<LockEffect, 2> takes;           // locks it took on the way that it did not hold
  llvm::SmallVector<Write, 4> writes;
};

// No outcome at all: the function never comes back.
struct Summary {
  std::vector<Outcome> outcomes;
  bool releases_unnamed = false;  // a lock that a caller has no name for, on some way
};

// Whether a caller of `function` can say what `value` is: it has nothing in it that only the
// function knows. What the function returns is the load of Values::result_slot().
bool means_something_to_callers(const Value* value, const clang::FunctionDecl* function);

class FunctionPaths;
Summary summarize(Values& values, const FunctionPaths& paths);

}  // namespace sluice::checker
