// One direction of a descriptor: whoever reads, or whoever writes, waits here. Knows nothing of
// system calls: it is told that the descriptor has become ready, and by whom does not matter.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "sched/park.hpp"
#include "sluice/context.hpp"

namespace sluice::detail {

// What may come from outside, and would wake somebody: the count is what keeps the scheduler from
// taking a program for dead that only waits for others.
void expect_event() noexcept;
void expect_event_no_more() noexcept;
bool events_expected() noexcept;

// What somebody waits for, in the words of a dump: "read from", "192.0.2.1:80".
struct IoTarget {
  std::string_view doing;
  std::string_view peer;
};

std::string in_words(const IoTarget& target);

enum class Outcome : std::uint8_t { ready, closed, timed_out, cancelled };

// Under `queue_.lock`:
//   E1  ready_ is set by news that found nobody waiting, and spent by the next wait, so that none
//       is lost between an attempt that found nothing and the wait; or by a look that begins after
//       them, which sees what they tell of. News may be false: who is told `ready` tries again.
//   E2  At most one waits for news at a time: it took its turn (take_turn), or nobody else knows of
//       this side.
//   E3  A waiter is woken by the one context that took it out of waiter_: news, its timer, its
//       context, the end of the side, or a new deadline.
//   E4  A waiter is an expected event. It is runnable before it is counted no more.
//   E5  drained_: the last look took all there was, and whatever comes later brings news. Not once
//       an end or an error has been heard of, which the same news may have told with the last data.
class Side {
 public:
  // Parks until there is news. Its own deadline ends the wait too, and `ctx`, if not null.
  Outcome wait(const IoTarget& target, const Context* ctx, const CallSite& site);
  // Whether a wait would end at once for good: `closed` or `timed_out`. Else `ready`.
  Outcome state() noexcept;

  // `last`: an end or an error is among them.
  void news(bool last = false) noexcept;
  // Around an attempt by whoever has the turn; `drained`: nothing is left. See E1, E5.
  void begin_look() noexcept;
  void end_look(bool drained) noexcept;
  // An attempt now would find nothing.
  bool drained() noexcept;
  void set_deadline(std::int64_t due) noexcept;  // nanoseconds; base::kNever: none
  // Open for a new descriptor; closed: all waits end, now and later.
  void open() noexcept;
  void close() noexcept;

  // One after the other, in the order of asking, each until it has given its turn back. Only after
  // `ready` is there a turn.
  Outcome take_turn(const IoTarget& target, const Context* ctx, const CallSite& site);
  void give_turn_back() noexcept;

  // The run has ended: goroutines that wait here never go on.
  void drop_goroutines() noexcept;
  // Calls `tell` for who waits for news, with the side locked.
  void visit(const std::function<void(const Goroutine&, const IoTarget&)>& tell);

 private:
  struct Wait;
  class Canceller;
  Goroutine* take_waiter(Outcome outcome) noexcept;
  Outcome state_now() const noexcept;
  void expire(Wait& wait) noexcept;
  void cancel(Canceller& canceller) noexcept;
  bool take_if_free() noexcept;
  static void wake(Goroutine* goroutine) noexcept;

  WaitQueue queue_;  // of those that wait for their turn; its lock guards all of this
  Wait* waiter_ = nullptr;
  std::int64_t deadline_ = base::kNever;
  bool ready_ = false;
  bool drained_ = false;
  bool ending_ = false;  // an end or an error has been heard of
  bool closed_ = true;
  bool taken_ = false;  // somebody has its turn
};

}  // namespace sluice::detail
