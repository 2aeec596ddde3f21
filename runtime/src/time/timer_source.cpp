#include "time/timer_source.hpp"

#include "base/clock.hpp"
#include "sched/park.hpp"

namespace sluice::detail {

TimerSource::TimerSource(std::int64_t due, std::int64_t period) noexcept
    : due_(due), period_(period) {
  node_.source = this;
  node_.fire = [](TimerNode& node) {
    TimerSource* source = static_cast<Node&>(node).source;
    source->lock_.lock();
    source->deliver_if_due(base::now());
    source->settle();
    source->lock_.unlock();
    node.firing.fetch_sub(1, std::memory_order_release);
  };
}

TimerSource::~TimerSource() {
  timer_remove(node_);
  timer_wait_fired(node_);
}

// Under lock_. The value is the time it was due, not the time of delivery: Go's since 1.23. Of
// ticks that are overdue the first is delivered, if there is room for it, and the others are
// dropped.
void TimerSource::deliver_if_due(std::int64_t now) noexcept {
  if (due_ == 0 || due_ > now) return;
  TimePoint at{Duration(due_)};
  due_ = period_ == 0 ? 0 : due_ + ((now - due_) / period_ + 1) * period_;
  chan_try_send(chan_, &at);  // a timer's channel is never closed
}

// Under lock_: in the heap exactly while somebody listens and something is to come.
void TimerSource::settle() noexcept {
  timer_remove(node_);
  if (listeners_ == 0 || due_ == 0) return;
  node_.due = due_;
  timer_add(node_);
}

void TimerSource::refresh() noexcept {
  lock_.lock();
  if (due_ != 0) {
    deliver_if_due(base::now());
    if (listeners_ > 0) settle();
  }
  lock_.unlock();
}

void TimerSource::attach() noexcept {
  lock_.lock();
  if (self()->foreign) node_.outlives_run = true;
  if (++listeners_ == 1) settle();
  lock_.unlock();
}

void TimerSource::detach() noexcept {
  lock_.lock();
  if (--listeners_ == 0) settle();
  lock_.unlock();
}

std::int64_t TimerSource::due() noexcept {
  lock_.lock();
  const std::int64_t due = due_;
  lock_.unlock();
  return due;
}

bool TimerSource::set(std::int64_t due, std::int64_t period) noexcept {
  lock_.lock();
  const bool pending = due_ != 0;
  due_ = due;
  period_ = period;
  const bool unread = chan_discard(chan_);
  settle();
  lock_.unlock();
  return pending || unread;
}

}  // namespace sluice::detail
