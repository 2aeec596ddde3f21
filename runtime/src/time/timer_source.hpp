// What stands behind a timer's channel: it delivers the time it was due, when that has come and
// somebody looks.
#pragma once

#include <cstdint>

#include "base/spin_lock.hpp"
#include "sluice/detail/chan_core.hpp"
#include "sluice/time.hpp"
#include "time/timer_heap.hpp"

namespace sluice::detail {

// Go 1.23's timer channels: the timer is in the heap only while somebody waits on the channel;
// whoever looks at the channel first delivers what is due. So a timer that is dropped, or set and
// stopped, never meets the heap.
//
// Locks: lock_, then the channel's, then the heap shard's. The channel calls in with none of them
// held.
class TimerSource final : public ChanSource {
 public:
  // `period` 0: fires once.
  TimerSource(std::int64_t due, std::int64_t period) noexcept;
  ~TimerSource() override;

  // The channel that it feeds and that owns it.
  void feeds(ChanCore* chan) noexcept { chan_ = chan; }

  void refresh() noexcept override;
  void attach() noexcept override;
  void detach() noexcept override;
  std::int64_t due() noexcept override;

  // Sets it to fire at `due`, or with 0 not at all. True if it was pending, or its value not yet
  // received.
  bool set(std::int64_t due, std::int64_t period) noexcept;

 private:
  struct Node : TimerNode {
    TimerSource* source = nullptr;
  };
  void deliver_if_due(std::int64_t now) noexcept;
  void settle() noexcept;

  base::SpinLock lock_;
  std::int64_t due_;     // nanoseconds; 0: nothing to come
  std::int64_t period_;  // nanoseconds; 0: once
  std::uint32_t listeners_ = 0;
  ChanCore* chan_ = nullptr;
  Node node_;
};

}  // namespace sluice::detail
