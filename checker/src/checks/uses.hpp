// What becomes of a function's own variable, as far as calls tell, and how often each call is made.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "unit.hpp"

namespace sluice::checker {

// The calls about the variable, goroutines included, and those that functions of this unit make
// which are given it; nothing when it is used in any other way: given away, assigned to, copied.
std::optional<std::vector<const Site*>> calls_about(Unit& unit, const clang::FunctionDecl* owner,
                                                    const clang::VarDecl* variable);

// Between `least` and `most` times.
struct HowOften {
  static constexpr std::int64_t kManyTimes = 1'000'000;  // as good as without a bound

  std::int64_t least = 1;
  std::int64_t most = 1;

  bool is_bounded() const { return most < kManyTimes; }
};

// How often the call is made while `owner` runs once, in goroutines that it starts as well.
HowOften how_often(Unit& unit, const Site& site, const clang::FunctionDecl* owner);

// The function whose own variable it is; null: it outlives its function.
const clang::FunctionDecl* owner_of(const clang::VarDecl* variable);

// The site of a call or construction; null: no check asks about it.
const Site* site_of(Unit& unit, const clang::Expr* expression);

// Whether the call may wait for another goroutine, or keep one away.
bool may_wait_for_other(const Site& site);

}  // namespace sluice::checker
