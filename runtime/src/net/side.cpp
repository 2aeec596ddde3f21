#include "net/side.hpp"

#include <memory>
#include <string>
#include <utility>

#include "sched/event_source.hpp"
#include "time/context_node.hpp"
#include "time/timer_heap.hpp"

namespace sluice::detail {
namespace {

// Sequentially consistent: one side of the protocol in Idle's S4.
base::Atomic<std::uint32_t> g_expected{0};

}  // namespace

void expect_event() noexcept { g_expected.fetch_add(1, std::memory_order_seq_cst); }
void expect_event_no_more() noexcept { g_expected.fetch_sub(1, std::memory_order_seq_cst); }
bool events_expected() noexcept { return g_expected.load(std::memory_order_seq_cst) != 0; }

// On the stack of whoever waits.
struct Side::Wait : TimerNode {
  Side* side = nullptr;
  Goroutine* goroutine = nullptr;
  IoTarget target;
  const Canceller* canceller = nullptr;
  Outcome outcome = Outcome::ready;
};

// Told when the context of a wait ends. It may be told late: a side is there for ever, and knows
// which of these its waiter has.
class Side::Canceller final : public EndListener {
 public:
  explicit Canceller(Side& side) noexcept : side_(side) {}
  void parent_ended(std::error_code, const std::exception_ptr&) noexcept override {
    ended.store(true, std::memory_order_seq_cst);
    side_.cancel(*this);
  }
  std::atomic<bool> ended{false};
  Waiter* turn = nullptr;  // under the side's lock: whose turn is waited for

 private:
  Side& side_;
};

namespace {

// Listens to a context for as long as it is in scope.
template <class Listener>
class Listening {
 public:
  Listening(const Context* ctx, Side& side) {
    if (ctx == nullptr || ctx->node() == nullptr) return;
    node_ = ctx->node()->ends_with();
    if (node_ == nullptr) return;
    listener_ = std::make_shared<Listener>(side);
    node_->watch(*listener_);
  }
  ~Listening() {
    if (node_ != nullptr) node_->unwatch(*listener_);
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
  Listener* get() const noexcept { return listener_.get(); }

 private:
  EndingNode* node_ = nullptr;  // kept by the caller's context
  std::shared_ptr<Listener> listener_;
};

}  // namespace

// Under the lock.
Outcome Side::state_now() const noexcept {
  if (closed_) return Outcome::closed;
  const bool late = deadline_ != base::kNever && deadline_ <= base::now();
  return late ? Outcome::timed_out : Outcome::ready;
}

std::string in_words(const IoTarget& target) {
  return std::string(target.doing) + " " + std::string(target.peer);
}

Outcome Side::state() noexcept {
  base::spin_lock(queue_.lock);
  const Outcome now = state_now();
  base::spin_unlock(queue_.lock);
  return now;
}

Outcome Side::wait(const IoTarget& target, const Context* ctx, const CallSite& site) {
  const Listening<Canceller> listening(ctx, *this);
  Wait wait;
  wait.side = this;
  wait.goroutine = self();
  wait.target = target;
  wait.canceller = listening.get();
  wait.outlives_run = wait.goroutine->foreign;
  wait.fire = [](TimerNode& node) {
    auto& late = static_cast<Wait&>(node);
    late.side->expire(late);
  };
  const ParkScope waiting(WaitReason::io_wait, {}, site, 0,
                          observed() ? in_words(target) : std::string());
  base::spin_lock(queue_.lock);
  Outcome now = state_now();
  if (wait.canceller != nullptr && wait.canceller->ended.load(std::memory_order_seq_cst)) {
    now = Outcome::cancelled;
  }
  if (now != Outcome::ready || ready_) {
    if (now == Outcome::ready) ready_ = false;
    base::spin_unlock(queue_.lock);
    return now;
  }
  waiter_ = &wait;
  wait.due = deadline_;
  expect_event();
  park(
      WaitReason::io_wait,
      [](void* argument) {
        auto& parked = *static_cast<Wait*>(argument);
        const bool foreign = parked.goroutine->foreign;
        if (parked.due != base::kNever) timer_add(parked);
        base::spin_unlock(parked.side->queue_.lock);
        if (foreign) event_awaited();
      },
      &wait);
  if (wait.due != base::kNever && !timer_remove(wait)) timer_wait_fired(wait);
  return wait.outcome;
}

// Under the lock. Null: nobody waits.
Goroutine* Side::take_waiter(Outcome outcome) noexcept {
  if (waiter_ == nullptr) return nullptr;
  waiter_->outcome = outcome;
  return std::exchange(waiter_, nullptr)->goroutine;
}

// With no lock held. E4.
void Side::wake(Goroutine* goroutine) noexcept {
  if (goroutine == nullptr) return;
  ready(goroutine);
  expect_event_no_more();
}

void Side::begin_look() noexcept {
  base::spin_lock(queue_.lock);
  ready_ = drained_ = false;
  base::spin_unlock(queue_.lock);
}

void Side::end_look(bool drained) noexcept {
  base::spin_lock(queue_.lock);
  drained_ = drained;
  base::spin_unlock(queue_.lock);
}

bool Side::drained() noexcept {
  base::spin_lock(queue_.lock);
  const bool drained = drained_ && !ready_ && !ending_;
  base::spin_unlock(queue_.lock);
  return drained;
}

void Side::news(bool last) noexcept {
  base::spin_lock(queue_.lock);
  ending_ = ending_ || last;
  Goroutine* woken = take_waiter(Outcome::ready);
  ready_ = woken == nullptr;
  base::spin_unlock(queue_.lock);
  wake(woken);
}

// Whoever waits looks at the new one when it has tried again.
void Side::set_deadline(std::int64_t due) noexcept {
  base::spin_lock(queue_.lock);
  deadline_ = due;
  Goroutine* woken = take_waiter(Outcome::ready);
  base::spin_unlock(queue_.lock);
  wake(woken);
}

// `wait` may be gone once it has been woken by somebody else and `firing` is counted down.
void Side::expire(Wait& wait) noexcept {
  base::spin_lock(queue_.lock);
  Goroutine* woken = waiter_ == &wait ? take_waiter(Outcome::timed_out) : nullptr;
  base::spin_unlock(queue_.lock);
  wait.firing.fetch_sub(1, std::memory_order_release);
  wake(woken);
}

void Side::cancel(Canceller& canceller) noexcept {
  base::spin_lock(queue_.lock);
  const bool its = waiter_ != nullptr && waiter_->canceller == &canceller;
  Goroutine* woken = its ? take_waiter(Outcome::cancelled) : nullptr;
  Goroutine* refused = nullptr;
  if (canceller.turn != nullptr && canceller.turn->queued) {
    remove(queue_, *canceller.turn);
    if (alive(canceller.turn->goroutine)) refused = canceller.turn->goroutine;
  }
  base::spin_unlock(queue_.lock);
  wake(woken);
  if (refused != nullptr) ready(refused);
}

void Side::open() noexcept {
  base::spin_lock(queue_.lock);
  closed_ = ready_ = drained_ = ending_ = taken_ = false;
  deadline_ = base::kNever;
  base::spin_unlock(queue_.lock);
}

void Side::close() noexcept {
  base::spin_lock(queue_.lock);
  closed_ = true;
  Goroutine* woken = take_waiter(Outcome::closed);
  base::spin_unlock(queue_.lock);
  wake(woken);
  for (;;) {
    base::spin_lock(queue_.lock);
    const Waiter* next = dequeue(queue_);
    Goroutine* refused = next != nullptr ? next->goroutine : nullptr;
    base::spin_unlock(queue_.lock);
    if (refused == nullptr) return;
    ready(refused);
  }
}

// Under the lock.
bool Side::take_if_free() noexcept {
  const bool takes = !closed_ && !taken_;
  taken_ = taken_ || takes;
  return takes;
}

Outcome Side::take_turn(const IoTarget& target, const Context* ctx, const CallSite& site) {
  base::spin_lock(queue_.lock);
  bool closed = closed_;
  const bool taken = take_if_free();
  base::spin_unlock(queue_.lock);
  if (closed || taken) return closed ? Outcome::closed : Outcome::ready;
  const Listening<Canceller> listening(ctx, *this);
  Canceller* canceller = listening.get();
  const ParkScope waiting(WaitReason::io_wait, {}, site, 0,
                          observed() ? in_words(target) : std::string());
  Waiter waiter;
  waiter.goroutine = self();
  base::spin_lock(queue_.lock);
  closed = closed_;
  const bool cancelled = canceller != nullptr && canceller->ended.load(std::memory_order_seq_cst);
  if (closed || cancelled || take_if_free()) {
    base::spin_unlock(queue_.lock);
    return closed ? Outcome::closed : cancelled ? Outcome::cancelled : Outcome::ready;
  }
  if (canceller != nullptr) canceller->turn = &waiter;
  enqueue(queue_, waiter);
  park(WaitReason::io_wait, queue_.lock);
  base::spin_lock(queue_.lock);
  if (canceller != nullptr) canceller->turn = nullptr;
  closed = closed_;
  base::spin_unlock(queue_.lock);
  if (waiter.granted) return Outcome::ready;
  return closed ? Outcome::closed : Outcome::cancelled;
}

void Side::give_turn_back() noexcept {
  base::spin_lock(queue_.lock);
  Waiter* next = closed_ ? nullptr : dequeue(queue_);
  Goroutine* woken = nullptr;
  if (next != nullptr) {
    next->granted = true;
    woken = next->goroutine;
  } else {
    taken_ = false;
  }
  base::spin_unlock(queue_.lock);
  if (woken != nullptr) ready(woken);
}

void Side::drop_goroutines() noexcept {
  base::spin_lock(queue_.lock);
  const bool drops = waiter_ != nullptr && !waiter_->goroutine->foreign;
  if (drops) waiter_ = nullptr;
  base::spin_unlock(queue_.lock);
  if (!drops) return;
  expect_event_no_more();
  give_turn_back();  // the dropped one had it
}

void Side::visit(const std::function<void(const Goroutine&, const IoTarget&)>& tell) {
  base::spin_lock(queue_.lock);
  if (waiter_ != nullptr) tell(*waiter_->goroutine, waiter_->target);
  base::spin_unlock(queue_.lock);
}

}  // namespace sluice::detail
