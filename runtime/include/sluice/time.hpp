// Sleeping, and channels on which the time arrives.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "sluice/chan.hpp"
#include "sluice/detail/export.hpp"

namespace sluice {

/// Monotonic time: not moved by anyone setting the wall clock.
using Clock = std::chrono::steady_clock;
using Duration = Clock::duration;     ///< nanoseconds
using TimePoint = Clock::time_point;  ///< a moment of Clock

/// Parks this goroutine for at least `d`; other goroutines run meanwhile.
///
/// `d` is monotonic time (`steady_clock`, nanosecond ticks). Zero or less yields once and returns.
/// Never early.
///
/// Does not throw. On a thread of your own it blocks that thread.
///
/// Go: time.Sleep.
SLUICE_EXPORT void sleep_for(Duration d) noexcept;
/// Parks until `t`; a time that has passed yields once and returns.
SLUICE_EXPORT void sleep_until(TimePoint t) noexcept;

/// A channel on which the time it was due arrives once, `d` from now. Costs nothing while nobody
/// waits on it.
///
/// Go: time.After.
SLUICE_EXPORT RecvChan<TimePoint> after(Duration d);

namespace detail {
class TimerSource;
}

/// One moment in the future, that may be called off or moved.
///
/// Go 1.23's rules: `fired()` has size and capacity 0; after `stop` or `reset` no old value is ever
/// received; a timer that nobody waits on costs nothing and does not hold off the all-asleep check.
///
/// Go: time.Timer.
class SLUICE_EXPORT Timer {
 public:
  /// Fires `d` from now; zero or less: at once. Throws std::bad_alloc. Go: time.NewTimer.
  explicit Timer(Duration d);
  /// The one moved from must not be used any more, but to be assigned to.
  Timer(Timer&&) noexcept = default;
  /// The timer that was here goes on for those who hold its channel.
  Timer& operator=(Timer&&) noexcept = default;
  /// The channel on which the time it was due arrives. Go: timer.C.
  RecvChan<TimePoint> fired() const;
  /// Calls it off. True if that prevented a value from being received. Go: Timer.Stop.
  bool stop();
  /// Calls it off and sets it to `d` from now. True if it had been pending. Go: Timer.Reset.
  bool reset(Duration d);

 private:
  Chan<TimePoint> fired_;
  detail::TimerSource* source_;
};

/// Moments that come again and again.
///
/// A tick that nobody has received when the next one is due is the one that is received; later ones
/// are dropped. Like a Timer it costs nothing while nobody waits on it.
///
/// Go: time.Ticker.
class SLUICE_EXPORT Ticker {
 public:
  /// Ticks every `d`, first `d` from now. Throws Panic `non-positive interval for NewTicker`. Go:
  /// time.NewTicker.
  explicit Ticker(Duration d);
  /// The one moved from must not be used any more, but to be assigned to.
  Ticker(Ticker&&) noexcept = default;
  /// The ticker that was here goes on for those who hold its channel.
  Ticker& operator=(Ticker&&) noexcept = default;
  /// The channel on which the time arrives at which each tick was due. Go: ticker.C.
  RecvChan<TimePoint> ticks() const;
  /// No tick comes any more; the channel stays open. Go: Ticker.Stop.
  void stop();
  /// Starts anew with `d` as the interval. Throws Panic `non-positive interval for Ticker.Reset`.
  /// Go: Ticker.Reset.
  void reset(Duration d);

 private:
  Chan<TimePoint> ticks_;
  detail::TimerSource* source_;
};

namespace detail {
class CallTimer;
SLUICE_EXPORT std::shared_ptr<CallTimer> make_call_timer(Duration d, std::function<void()> call);
}  // namespace detail

/// Calls a function in a goroutine of its own once some time has passed.
///
/// Letting go of the AfterFunc does not call it off, as in Go. A pending one holds off the
/// all-asleep check.
///
/// Go: time.AfterFunc.
class SLUICE_EXPORT AfterFunc {
 public:
  /// Calls `f` in a new goroutine `d` from now. Throws std::bad_alloc.
  template <class F>
  AfterFunc(Duration d, F f) : timer_(detail::make_call_timer(d, std::move(f))) {}
  /// Calls it off. True if that prevented a call. Does not wait for one that has started. Go:
  /// Timer.Stop.
  bool stop();
  /// Sets it to `d` from now, whether or not it has called already. True if it had been pending.
  /// Go: Timer.Reset.
  bool reset(Duration d);

 private:
  std::shared_ptr<detail::CallTimer> timer_;
};

}  // namespace sluice
