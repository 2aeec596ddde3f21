#include "sched/stack_shape.hpp"

#include <algorithm>

#include "sched/inspect.hpp"
#include "sluice/detail/lock_trail.hpp"

namespace sluice::detail {
namespace {

constexpr std::size_t kMaxFrames = 64;
constexpr std::size_t kWord = sizeof(std::uintptr_t);

}  // namespace

std::size_t StackShape::depth(const Goroutine& goroutine) noexcept {
  return goroutine.stack_high - reinterpret_cast<std::uintptr_t>(goroutine.fiber.sp);
}

// A return address lies in the frame of whoever will return to it: on x86-64 at its very end.
StackShape::StackShape(const Goroutine& goroutine) {
  const void* pcs[kMaxFrames];
  std::uintptr_t ends[kMaxFrames];
  const std::size_t count = std::min(backtrace(goroutine, pcs, kMaxFrames, ends), kMaxFrames);
  pcs_.assign(pcs, pcs + count);
  const Status status = goroutine.status.load(std::memory_order_acquire);
  if (status != Status::waiting && status != Status::runnable) return;
  depth_ = depth(goroutine);
  std::uintptr_t low = goroutine.stack_high - depth_;
  for (std::size_t i = 0; i < count; ++i) {
    std::uintptr_t at = ends[i] - kWord;
    while (at >= low && stack_word(at) != reinterpret_cast<std::uintptr_t>(pcs[i])) at -= kWord;
    if (at < low || ends[i] > goroutine.stack_high) {
      below_top_.clear();
      return;
    }
    below_top_.push_back(goroutine.stack_high - at);
    low = ends[i];
  }
}

bool StackShape::fits(const Goroutine& goroutine) const noexcept {
  if (below_top_.empty() || depth(goroutine) != depth_) return false;
  for (std::size_t i = 0; i < pcs_.size(); ++i) {
    if (stack_word(goroutine.stack_high - below_top_[i]) !=
        reinterpret_cast<std::uintptr_t>(pcs_[i])) {
      return false;
    }
  }
  return true;
}

}  // namespace sluice::detail
