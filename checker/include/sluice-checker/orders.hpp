// The orders in which code takes locks, for those who look at more than one translation unit.
#pragma once

#include <string>

#include "clang/Basic/SourceLocation.h"
#include "sluice-checker/lock_graph.hpp"

namespace sluice::checker {

struct SeenOrder {
  LockOrder order;
  std::string first_spelled;  ///< As the program writes it there.
  std::string second_spelled;
  std::string function;
  clang::SourceLocation first_at;   ///< Where the first one was taken,
  clang::SourceLocation second_at;  ///< and where the second one is, or the call that takes it.
};

/// The check that tells of cycles of these within a translation unit.
inline constexpr char kLockOrderCheck[] = "sluice-lock-order";

/// What a report says at the place where an order of a cycle is.
inline std::string order_message(const std::string& first, const std::string& second) {
  return "'" + second + "' is locked here while '" + first +
         "' is held, and elsewhere it is the other way round: two that do so at the same time wait "
         "for each other";
}

}  // namespace sluice::checker
