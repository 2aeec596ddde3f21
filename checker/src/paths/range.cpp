// Arithmetic of intervals with holes.
#include "paths/range.hpp"

#include <algorithm>
#include <iterator>

namespace sluice::checker {

Range Range::except(std::int64_t value) {
  Range range = all();
  range.holes_.push_back(value);
  range.tidy();
  return range;
}

bool Range::contains(std::int64_t value) const {
  return low_ <= value && value <= high_ &&
         !std::binary_search(holes_.begin(), holes_.end(), value);
}

Range Range::intersect(const Range& other) const {
  Range result(std::max(low_, other.low_), std::min(high_, other.high_));
  std::set_union(holes_.begin(), holes_.end(), other.holes_.begin(), other.holes_.end(),
                 std::back_inserter(result.holes_));
  result.tidy();
  return result;
}

Range Range::hull(const Range& other) const {
  if (empty()) return other;
  if (other.empty()) return *this;
  Range result(std::min(low_, other.low_), std::max(high_, other.high_));
  // A number is missing from the hull when it is missing from both sides.
  for (const std::int64_t hole : holes_) {
    if (!other.contains(hole)) result.holes_.push_back(hole);
  }
  for (const std::int64_t hole : other.holes_) {
    if (!contains(hole)) result.holes_.push_back(hole);
  }
  std::sort(result.holes_.begin(), result.holes_.end());
  result.holes_.erase(std::unique(result.holes_.begin(), result.holes_.end()), result.holes_.end());
  // [x, -1] with [1, y] leaves a hole at 0, which is the one gap that programs ask about.
  if (!contains(0) && !other.contains(0) && result.contains(0)) {
    result.holes_.insert(std::lower_bound(result.holes_.begin(), result.holes_.end(), 0), 0);
  }
  result.tidy();
  return result;
}

Range Range::shifted(std::int64_t by) const {
  Range result = *this;
  const auto shift = [&](std::int64_t& value, std::int64_t unbounded) {
    if (value == unbounded) return true;
    return !__builtin_add_overflow(value, by, &value);
  };
  if (!shift(result.low_, kLowest) || !shift(result.high_, kHighest)) return all();
  for (std::int64_t& hole : result.holes_) {
    if (!shift(hole, kLowest)) return all();
  }
  return result;
}

void Range::tidy() {
  // Holes at the ends move the ends.
  bool changed = true;
  while (changed && !holes_.empty() && low_ <= high_) {
    changed = false;
    if (holes_.front() <= low_) {
      if (holes_.front() == low_ && low_ < kHighest) ++low_;
      holes_.erase(holes_.begin());
      changed = true;
    } else if (holes_.back() >= high_) {
      if (holes_.back() == high_ && high_ > kLowest) --high_;
      holes_.pop_back();
      changed = true;
    }
  }
  if (low_ > high_) holes_.clear();
  if (holes_.size() > kMostHoles) holes_.clear();
}

}  // namespace sluice::checker
