// Where a goroutine stands: its return addresses, and where on its stack they lie. Another that
// stands the same way is recognised by them; unwinding each of many would take far longer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sched/goroutine.hpp"

namespace sluice::detail {

class StackShape {
 public:
  StackShape() = default;
  // Of one that does not run, or of the caller's own; of others there is nothing to see.
  explicit StackShape(const Goroutine& goroutine);

  // Whether unwinding `goroutine`, which does not run, would find the same addresses.
  bool fits(const Goroutine& goroutine) const noexcept;

  // Innermost first, and not more than anybody reads.
  const std::vector<const void*>& pcs() const noexcept { return pcs_; }

  // How much of its stack a goroutine that does not run uses. Those of one shape use the same.
  static std::size_t depth(const Goroutine& goroutine) noexcept;

 private:
  std::vector<const void*> pcs_;
  std::vector<std::size_t> below_top_;  // where each lies; none: it is not known of all
  std::size_t depth_ = 0;
};

}  // namespace sluice::detail
