#include "debug/channel_gates.hpp"

#include <algorithm>

namespace sluice::checked {
namespace {

constexpr std::size_t kMost = 8;  // the oldest are forgotten: values that were sent for good

std::uint64_t hash_of(const ChannelGates::Inside& inside) {
  const std::uint64_t value = std::uint64_t{inside.channel} << 1 | (inside.by_sending ? 1 : 0);
  return (value + 1) * 0xff51afd7ed558ccdu;
}

}  // namespace

void ChannelGates::passed(ObjectId channel, ChannelUse& use, bool by_sending) {
  const auto open = std::find_if(inside_.begin(), inside_.end(),
                                 [&](const Inside& each) { return each.channel == channel; });
  if (open != inside_.end() && open->by_sending != by_sending) {
    hash_ -= hash_of(*open);
    inside_.erase(open);
    return;
  }
  if (!by_sending) {
    use.taken_by_others.store(true, std::memory_order_relaxed);
  } else if (const std::uint8_t fed = use.fed.load(std::memory_order_relaxed); fed < 2) {
    use.fed.fetch_add(1, std::memory_order_relaxed);
  }
  if (open != inside_.end()) return;
  if (inside_.size() == kMost) {
    hash_ -= hash_of(inside_.front());
    inside_.erase(inside_.begin());
  }
  inside_.push_back({channel, by_sending, ++last_serial_});
  hash_ += hash_of(inside_.back());
}

void ChannelGates::clear() noexcept {
  inside_.clear();
  hash_ = 0;
}

}  // namespace sluice::checked
