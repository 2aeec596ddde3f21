// What a state knows about the numbers behind values, and how a condition adds to it.
#include <algorithm>

#include "paths/state.hpp"

namespace sluice::checker {
namespace {

auto lower_bound_of_facts(llvm::ArrayRef<Fact> facts, const Value* subject) {
  return std::lower_bound(
      facts.begin(), facts.end(), subject,
      [](const Fact& fact, const Value* wanted) { return fact.subject->id < wanted->id; });
}

}  // namespace

const Fact* State::find_fact(const Value* subject) const {
  const llvm::ArrayRef<Fact> facts = facts_;
  const auto* at = lower_bound_of_facts(facts, subject);
  return at != facts.end() && at->subject == subject ? at : nullptr;
}

void State::set_fact(const Value* subject, const Range& range, const Value* under) {
  const auto index = lower_bound_of_facts(facts_, subject) - llvm::ArrayRef<Fact>(facts_).begin();
  const auto at = facts_.begin() + index;
  const bool known = at != facts_.end() && at->subject == subject;
  if (range.is_all() || range.empty()) {
    if (known) facts_.erase(at);
  } else if (known) {
    at->range = range;
  } else {
    facts_.insert(at, Fact{subject, range, under});
  }
}

Range State::range(const Value* value) const {
  switch (value->kind) {
    case ValueKind::constant:
      return Range::exactly(value->number);
    case ValueKind::address:
    case ValueKind::self:
    case ValueKind::function:
    case ValueKind::closure:
      return Range::nonzero();
    default:
      break;
  }
  if (value->has_unknown) return Range::all();
  const Fact* fact = find_fact(value);
  Range known = fact == nullptr ? Range::all() : fact->range;
  const auto boolean = [&](bool is_true, bool is_false) {
    if (is_true) return Range::exactly(1);
    if (is_false) return Range::exactly(0);
    return known.intersect(Range::between(0, 1));
  };
  switch (value->kind) {
    case ValueKind::equal: {
      const Range left = range(value->parts[0]);
      const Range right = range(value->parts[1]);
      return boolean(left.is_single() && left == right, left.intersect(right).empty());
    }
    case ValueKind::less: {
      const Range left = range(value->parts[0]);
      const Range right = range(value->parts[1]);
      return boolean(left.high() < right.low(), left.low() >= right.high());
    }
    case ValueKind::negate: {
      const Range inner = range(value->base());
      return boolean(inner.is_zero(), inner.excludes_zero());
    }
    case ValueKind::operation:
      if (value->number == clang::BO_Add && value->parts[1]->kind == ValueKind::constant) {
        return known.intersect(range(value->parts[0]).shifted(value->parts[1]->number));
      }
      return known;
    default:
      return known;
  }
}

bool State::assume_equal(const Value* value, bool same) {
  const Value* left = value->parts[0];
  const Value* right = value->parts[1];
  if (same) {
    const Range both = range(left).intersect(range(right));
    if (both.empty()) return false;
    if (!assume(left, both) || !assume(right, both)) return false;
  } else {
    // Only a known number can be ruled out.
    const Range left_range = range(left);
    const Range right_range = range(right);
    if (right_range.is_single() && !assume(left, Range::except(right_range.low()))) return false;
    if (left_range.is_single() && !assume(right, Range::except(left_range.low()))) return false;
  }
  return true;
}

bool State::assume_less(const Value* left, const Value* right, bool less) {
  const Range left_range = range(left);
  const Range right_range = range(right);
  // left < right, or right <= left.
  if (less) {
    if (right_range.high() == Range::kLowest || left_range.low() == Range::kHighest) return false;
    const auto below =
        right_range.high() == Range::kHighest ? Range::kHighest : right_range.high() - 1;
    const auto above = left_range.low() == Range::kLowest ? Range::kLowest : left_range.low() + 1;
    return assume(left, Range::between(Range::kLowest, below)) &&
           assume(right, Range::between(above, Range::kHighest));
  }
  return assume(left, Range::between(right_range.low(), Range::kHighest)) &&
         assume(right, Range::between(Range::kLowest, left_range.high()));
}

bool State::assume(const Value* value, const Range& wanted) {
  if (value->has_unknown || wanted.is_all()) return !wanted.empty();
  const Range known = range(value);
  const Range both = known.intersect(wanted);
  if (both.empty()) return false;
  if (both == known || value->kind == ValueKind::constant) return true;
  const Value* under = nullptr;
  for (const HeldLock& lock : locks) {
    if (lock.balance > 0) under = lock.place;
  }
  const bool must_hold = both.excludes_zero();
  const bool must_fail = both.is_zero();
  switch (value->kind) {
    case ValueKind::address:
    case ValueKind::self:
    case ValueKind::function:
    case ValueKind::closure:
      return true;
    case ValueKind::equal:
      if ((must_hold || must_fail) && !assume_equal(value, must_hold)) return false;
      break;
    case ValueKind::less:
      if ((must_hold || must_fail) && !assume_less(value->parts[0], value->parts[1], must_hold))
        return false;
      break;
    case ValueKind::negate:
      return (must_hold || must_fail) ? assume(value->base(), Range::truth(must_fail)) : true;
    case ValueKind::operation:
      if (value->number == clang::BO_Add && value->parts[1]->kind == ValueKind::constant) {
        return value->parts[1]->number == Range::kLowest ||
               assume(value->parts[0], both.shifted(-value->parts[1]->number));
      }
      // A mask that finds a bit finds it in something that is not zero.
      if (value->number == clang::BO_And && must_hold && !assume(value->parts[0], Range::nonzero()))
        return false;
      break;
    default:
      break;
  }
  // What a comparison with a known number says is already in the facts of its two sides.
  const bool said = value->kind == ValueKind::equal && value->parts[1]->kind == ValueKind::constant;
  if (!said) set_fact(value, both, under);
  return true;
}

}  // namespace sluice::checker
