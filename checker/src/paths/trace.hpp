// How a path came to where it is: the steps that a report shows. Shared between states, never
// changed.
#pragma once

#include <cstdint>

#include "clang/AST/Stmt.h"
#include "clang/Basic/SourceLocation.h"

namespace sluice::checker {

enum class StepKind : std::uint8_t {
  locked,
  unlocked,
  took_true,  // of the condition `where`
  took_false,
  took_case,  // of the switch that `where` is a label of
  jumped,     // break, continue or goto
  caught,
  called,  // a function whose body is elsewhere
};

struct Trace {
  StepKind kind;
  const clang::Stmt* where;
  const Trace* previous;
};

}  // namespace sluice::checker
