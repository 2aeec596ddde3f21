#include <algorithm>
#include <memory>

#include "base/clock.hpp"
#include "sluice/time.hpp"
#include "time/timer_source.hpp"

namespace sluice {

using namespace detail;

namespace {

std::int64_t due_in(Duration d) noexcept {
  const std::int64_t now = base::now();
  const std::int64_t wait = std::max<std::int64_t>(d.count(), 0);
  return wait > base::kNever - 1 - now ? base::kNever - 1 : now + wait;
}

struct Made {
  Chan<TimePoint> chan;
  TimerSource* source;
};

Made make_timer(Duration d) {
  auto source = std::make_unique<TimerSource>(due_in(d));
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
bool Timer::stop() { return source_->set(0); }
bool Timer::reset(Duration d) { return source_->set(due_in(d)); }

}  // namespace sluice
