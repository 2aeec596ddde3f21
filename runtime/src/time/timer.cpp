#include <memory>

#include "sluice/panic.hpp"
#include "sluice/time.hpp"
#include "time/due.hpp"
#include "time/timer_source.hpp"

namespace sluice {

using namespace detail;

namespace {

struct Made {
  Chan<TimePoint> chan;
  TimerSource* source;
};

Made make_timer(Duration d, Duration period = Duration::zero()) {
  auto source = std::make_unique<TimerSource>(due_in(d), period.count());
  TimerSource* raw = source.get();
  ChanCore* core = chan_make_fed(kElementType<TimePoint>, std::move(source));
  raw->feeds(core);
  return {Chan<TimePoint>(ChanHandle(core)), raw};
}

}  // namespace

RecvChan<TimePoint> after(Duration d) { return make_timer(d).chan; }

Timer::Timer(Duration d) {
  Made made = make_timer(d);
  fired_ = std::move(made.chan);
  source_ = made.source;
}

RecvChan<TimePoint> Timer::fired() const { return fired_; }

// One that was moved from has no channel: Go's zero Timer.
bool Timer::stop() {
  if (!fired_) throw_panic("time: Stop called on uninitialized Timer");
  return source_->set(0, 0);
}
bool Timer::reset(Duration d) {
  if (!fired_) throw_panic("time: Reset called on uninitialized Timer");
  return source_->set(due_in(d), 0);
}

Ticker::Ticker(Duration d) {
  if (d.count() <= 0) throw_panic("non-positive interval for NewTicker");
  Made made = make_timer(d, d);
  ticks_ = std::move(made.chan);
  source_ = made.source;
}

RecvChan<TimePoint> Ticker::ticks() const { return ticks_; }
void Ticker::stop() {
  if (ticks_) source_->set(0, 0);
}
void Ticker::reset(Duration d) {
  if (!ticks_) throw_panic("time: Reset called on uninitialized Ticker");
  if (d.count() <= 0) throw_panic("non-positive interval for Ticker.Reset");
  source_->set(due_in(d), d.count());
}

}  // namespace sluice
