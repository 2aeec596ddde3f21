// Whether a channel of capacity 1 serves as a lock, as far as its use has shown. Knows neither who
// uses it nor when.
#pragma once

#include <atomic>
#include <cstdint>

namespace sluice::checked {

// Whoever sends begins a section, which his own receive ends, or the other way round.
struct ChannelUse {
  std::atomic<bool> taken_by_others{false};  // a value was received by one who had not sent
  std::atomic<std::uint8_t> fed{0};          // sends by those who had not received; up to 2

  void reset() noexcept {
    taken_by_others.store(false, std::memory_order_relaxed);
    fed.store(0, std::memory_order_relaxed);
  }
  // Whether two sections that were begun so keep each other out, as far as is known. Between two
  // sends that have been made there was a receive, between two receives a send: as long as we were
  // not told who made it, as the telling comes after the deed, it may have ended the first section.
  // Values to begin with are put in by one send.
  bool is_lock(bool by_sending) const noexcept {
    return by_sending ? !taken_by_others.load(std::memory_order_relaxed)
                      : fed.load(std::memory_order_relaxed) < 2;
  }
};

}  // namespace sluice::checked
