// What is known about an integer, pointer or bool: an interval with holes. Knows nothing of where
// the number lives.
#pragma once

#include <cstdint>
#include <limits>

#include "llvm/ADT/SmallVector.h"

namespace sluice::checker {

// A set of 64-bit numbers. Pointers are numbers whose null is 0. The ends of the type stand for "no
// bound".
class Range {
 public:
  static constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

  static Range all() { return Range(kLowest, kHighest); }
  static Range exactly(std::int64_t value) { return Range(value, value); }
  static Range between(std::int64_t low, std::int64_t high) { return Range(low, high); }
  static Range except(std::int64_t value);
  static Range nonzero() { return except(0); }
  static Range truth(bool value) { return value ? nonzero() : exactly(0); }

  bool empty() const { return low_ > high_; }
  bool is_all() const { return low_ == kLowest && high_ == kHighest && holes_.empty(); }
  bool is_single() const { return low_ == high_; }
  bool contains(std::int64_t value) const;
  bool is_zero() const { return low_ == 0 && high_ == 0; }
  bool excludes_zero() const { return !contains(0); }
  std::int64_t low() const { return low_; }
  std::int64_t high() const { return high_; }

  Range intersect(const Range& other) const;
  // The smallest range that holds both.
  Range hull(const Range& other) const;
  // Every number moved by `by`; all() when that could overflow.
  Range shifted(std::int64_t by) const;

  bool operator==(const Range& other) const {
    return low_ == other.low_ && high_ == other.high_ && holes_ == other.holes_;
  }

 private:
  Range(std::int64_t low, std::int64_t high) : low_(low), high_(high) {}
  void tidy();

  // More holes than this are forgotten: a switch over many cases must not make states large.
  static constexpr unsigned kMostHoles = 12;

  std::int64_t low_;
  std::int64_t high_;
  llvm::SmallVector<std::int64_t, 2> holes_;  // sorted, strictly inside the interval
};

}  // namespace sluice::checker
