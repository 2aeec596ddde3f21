#include "debug/wait_profile.hpp"

#include <algorithm>
#include <mutex>

#include "base/rng.hpp"

namespace sluice::checked {

std::optional<WaitProfile::Weight> WaitProfile::weigh(std::int64_t nanoseconds) noexcept {
  const double waited = static_cast<double>(std::max<std::int64_t>(nanoseconds, 1));
  double stands_for = 1;
  if (const std::int64_t from = from_.load(std::memory_order_relaxed); from > 0) {
    stands_for = std::max(1.0, static_cast<double>(from) / waited);
  } else if (const std::int64_t one_in = one_in_.load(std::memory_order_relaxed); one_in > 0) {
    stands_for = static_cast<double>(one_in);
  } else {
    return std::nullopt;
  }
  if (stands_for > 1) {
    base::Rng rng(drawn_.fetch_add(1, std::memory_order_relaxed));
    constexpr double kAll = 4294967296.0;
    if (static_cast<double>(rng.next() >> 32) * stands_for >= kAll) return std::nullopt;
  }
  return Weight{stands_for, stands_for * waited};
}

void WaitProfile::add(std::span<const void* const> pcs, const Weight& weight) {
  const StackId stack = intern_stack(pcs);
  const std::lock_guard guard(lock_);
  Weight& total = totals_[stack];
  total.count += weight.count;
  total.nanoseconds += weight.nanoseconds;
}

std::vector<ProfileSample> WaitProfile::samples() {
  std::vector<ProfileSample> all;
  const std::lock_guard guard(lock_);
  for (const auto& [stack, total] : totals_) {
    const auto pcs = stack_of(stack);
    all.push_back({{pcs.begin(), pcs.end()},
                   {static_cast<std::uint64_t>(total.count + 0.5),
                    static_cast<std::uint64_t>(total.nanoseconds + 0.5)}});
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.values[1] > b.values[1]; });
  return all;
}

}  // namespace sluice::checked
