// Which functions run on goroutines, as far as one translation unit shows.
#pragma once

#include <vector>

#include "unit.hpp"

namespace sluice::checker {

struct OnGoroutine {
  const clang::FunctionDecl* function;  // with its body
  const Site* started;                  // what starts the goroutine
};

// Those that a goroutine begins with and those that they call, each once, in the order in which
// they are found. Calls through pointers and of virtual functions are not followed.
std::vector<OnGoroutine> functions_on_goroutines(Unit& unit);

}  // namespace sluice::checker
