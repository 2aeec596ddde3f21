#include <functional>
#include <memory>

#include "base/spin_lock.hpp"
#include "sched/park.hpp"
#include "sluice/detail/spawn.hpp"
#include "sluice/time.hpp"
#include "time/due.hpp"
#include "time/timer_heap.hpp"

namespace sluice {

namespace detail {

// A timer that starts goroutines. It keeps itself alive while it may still fire.
class CallTimer : public std::enable_shared_from_this<CallTimer> {
 public:
  explicit CallTimer(std::function<void()> call) : call_(std::move(call)) {
    node_.timer = this;
    node_.fire = [](TimerNode& node) { static_cast<Node&>(node).timer->fire(); };
    node_.drop = [](TimerNode& node) { static_cast<Node&>(node).timer->disarmed(); };
  }
  ~CallTimer() { timer_wait_fired(node_); }

  // With 0: only calls off. True if it had been pending.
  bool set(std::int64_t due) noexcept {
    if (due != 0 && observed()) {
      emit(EventKind::signalled, {this, nullptr, ObjectKind::timer}, SLUICE_CALL_SITE());
    }
    std::shared_ptr<CallTimer> dropped;  // dies outside the lock
    lock_.lock();
    // One that is about to fire has left the heap, and will start its call.
    const bool pending = timer_remove(node_);
    if (pending) --armed_;
    if (due != 0) {
      ++armed_;
      node_.due = due;
      self_ = shared_from_this();
      timer_add(node_);
    }
    if (armed_ == 0) dropped = std::move(self_);
    lock_.unlock();
    return pending;
  }

 private:
  struct Node : TimerNode {
    CallTimer* timer = nullptr;
  };

  // It has left the heap. What is given back may be all that keeps it alive.
  std::shared_ptr<CallTimer> disarmed() noexcept {
    lock_.lock();
    std::shared_ptr<CallTimer> self = --armed_ == 0 ? std::move(self_) : self_;
    lock_.unlock();
    return self;
  }

  void fire() noexcept {
    std::shared_ptr<CallTimer> self = disarmed();
    node_.firing.fetch_sub(1, std::memory_order_release);
    Goroutine* fresh = build_goroutine([self = std::move(self)] { self->call_(); }, nullptr);
    announce_goroutine(fresh);
    launch_goroutine(fresh);
  }

  base::SpinLock lock_;
  std::function<void()> call_;
  Node node_;
  int armed_ = 0;  // how often it was put into the heap and has neither fired nor been taken out
  std::shared_ptr<CallTimer> self_;  // set while armed_ > 0
};

std::shared_ptr<CallTimer> make_call_timer(Duration d, std::function<void()> call) {
  auto timer = std::make_shared<CallTimer>(std::move(call));
  timer->set(due_in(d));
  return timer;
}

}  // namespace detail

bool AfterFunc::stop() { return timer_->set(0); }
bool AfterFunc::reset(Duration d) { return timer_->set(detail::due_in(d)); }

}  // namespace sluice
