// The operations on one channel.
#include <algorithm>
#include <new>

#include "chan/chan_core.hpp"
#include "sched/points.hpp"
#include "sluice/panic.hpp"

namespace sluice::detail {

ChanSource::~ChanSource() = default;

namespace {

// Parks in `queue` of the locked channel. True: a value went; false: the channel was closed.
bool wait_in(ChanCore& chan, ChanQueue& queue, void* element, WaitReason reason) noexcept {
  ChanWaiter waiter;
  waiter.goroutine = self();
  waiter.element = element;
  join(queue, waiter);
  chan.check();
  park(reason, chan.lock);
  return waiter.succeeded;
}

void unlock_and_wake(ChanCore& chan, Goroutine* wake) noexcept {
  chan.check();
  base::spin_unlock(chan.lock);
  if (wake != nullptr) ready(wake);
}

// A nil channel: nothing will ever come.
void park_for_ever(WaitReason reason, AccessMode mode, const CallSite& site) noexcept {
  const ObjectRef nil{nullptr, nullptr, ObjectKind::channel, mode};
  const ParkScope waiting(reason, {&nil, 1}, site);
  park(
      reason, [](void*) {}, nullptr);
}

[[noreturn]] void send_on_closed(ChanCore& chan, const CallSite& site) {
  if (observed()) emit(EventKind::chan_send_on_closed, chan.object(AccessMode::send), site);
  throw_panic("send on closed channel");
}

bool try_send(ChanCore& chan, void* value, const CallSite& site) {
  Goroutine* wake = nullptr;
  base::spin_lock(chan.lock);
  const SendResult result = send_step(chan, value, wake);
  unlock_and_wake(chan, wake);
  if (result == SendResult::closed) send_on_closed(chan, site);
  return result == SendResult::done;
}

// False: the channel was or became closed.
[[gnu::always_inline]] inline bool send_waiting(ChanCore& chan, void* value) noexcept {
  Goroutine* wake = nullptr;
  base::spin_lock(chan.lock);
  const SendResult result = send_step(chan, value, wake);
  if (result == SendResult::not_ready) {
    return wait_in(chan, chan.senders, value, WaitReason::chan_send);
  }
  unlock_and_wake(chan, wake);
  return result == SendResult::done;
}

TryResult try_recv(ChanCore& chan, void* into) noexcept {
  refresh(chan);
  Goroutine* wake = nullptr;
  base::spin_lock(chan.lock);
  const TryResult result = recv_step(chan, into, wake);
  unlock_and_wake(chan, wake);
  return result;
}

bool recv_waiting(ChanCore& chan, void* into) {
  Goroutine* wake = nullptr;
  base::spin_lock(chan.lock);
  const TryResult result = recv_step(chan, into, wake);
  if (result == TryResult::not_ready)
    return wait_in(chan, chan.receivers, into, WaitReason::chan_receive);
  unlock_and_wake(chan, wake);
  return result == TryResult::done;
}

// While an observer listens.
[[gnu::noinline]] void send_told(ChanCore& chan, void* value, const CallSite& site) {
  Goroutine* doer = pass_both_points();
  const bool passed = doer != nullptr;
  if (!passed) {
    preemption_point();
    doer = self();
  }
  tell_sending(*doer, chan, site);
  if (try_send(chan, value, site)) {
    if (!passed) preemption_point();
    return;
  }
  if (passed) take_back_point();
  {
    const ObjectRef object = chan.object(AccessMode::send);
    const ParkScope waiting(WaitReason::chan_send, {&object, 1}, site);
    if (!send_waiting(chan, value)) send_on_closed(chan, site);
  }
  preemption_point();
}

// While an observer listens, or something feeds the channel.
[[gnu::noinline]] bool recv_told(ChanCore& chan, void* into, const CallSite& site) {
  Goroutine* doer = pass_both_points();
  const bool passed = doer != nullptr;
  if (!passed) preemption_point();
  const TryResult now = try_recv(chan, into);
  if (now != TryResult::not_ready) {
    tell_received(passed ? *doer : *self(), chan, site);
    if (!passed) preemption_point();
    return now == TryResult::done;
  }
  if (passed) take_back_point();
  bool received = false;
  {
    const Listening listening(chan);
    const ObjectRef object = chan.object(AccessMode::receive);
    const ParkScope waiting(WaitReason::chan_receive, {&object, 1}, site,
                            chan.source ? chan.source->due() : 0);
    received = recv_waiting(chan, into);
  }
  tell_received(*self(), chan, site);
  preemption_point();
  return received;
}

}  // namespace

ChanCore* chan_make(const ElementType& type, std::size_t capacity) {
  const std::size_t header = ChanCore::buffer_offset(type);
  constexpr std::size_t kLargest = PTRDIFF_MAX;
  if (capacity > kLargest || (type.size != 0 && capacity > (kLargest - header) / type.size)) {
    throw_panic("makechan: size out of range");
  }
  const std::align_val_t align{std::max<std::size_t>(alignof(ChanCore), type.align)};
  auto* chan =
      ::new (::operator new(header + capacity * type.size, align)) ChanCore(type, capacity);
  if (observed()) emit(EventKind::created, chan->object(AccessMode::none), SLUICE_CALL_SITE());
  return chan;
}

ChanCore* chan_make_fed(const ElementType& type, std::unique_ptr<ChanSource> source) {
  ChanCore* chan = chan_make(type, 1);
  chan->source = std::move(source);
  return chan;
}

void chan_retain(ChanCore* chan) noexcept {
  chan->references.fetch_add(1, std::memory_order_relaxed);
}

void chan_send(ChanCore* chan, void* value) {
  if (chan == nullptr) [[unlikely]] {
    return park_for_ever(WaitReason::chan_send_nil, AccessMode::send, SLUICE_CALL_SITE());
  }
  if (observed()) [[unlikely]]
    return send_told(*chan, value, SLUICE_CALL_SITE());
  if (!send_waiting(*chan, value)) [[unlikely]]
    send_on_closed(*chan, SLUICE_CALL_SITE());
}

bool chan_recv(ChanCore* chan, void* into) {
  if (chan == nullptr) [[unlikely]] {
    park_for_ever(WaitReason::chan_receive_nil, AccessMode::receive, SLUICE_CALL_SITE());
    return false;
  }
  if (observed() || chan->source != nullptr) [[unlikely]]
    return recv_told(*chan, into, SLUICE_CALL_SITE());
  return recv_waiting(*chan, into);
}

bool chan_try_send(ChanCore* chan, void* value) {
  if (chan == nullptr) return false;
  const CallSite site = SLUICE_CALL_SITE();
  if (observed()) tell_sending(*self(), *chan, site);
  return try_send(*chan, value, site);
}

TryResult chan_try_recv(ChanCore* chan, void* into) noexcept {
  if (chan == nullptr) return TryResult::not_ready;
  const TryResult result = try_recv(*chan, into);
  if (observed() && result != TryResult::not_ready) {
    tell_received(*self(), *chan, SLUICE_CALL_SITE());
  }
  return result;
}

void chan_close(ChanCore* chan) {
  if (chan == nullptr) throw_panic("close of nil channel");
  const CallSite site = SLUICE_CALL_SITE();
  // Before, so that who sees it closed has been told by whom.
  if (observed()) emit(EventKind::chan_closed, chan->object(AccessMode::none), site);
  base::spin_lock(chan->lock);
  const bool before = chan->closed;
  chan->closed = true;
  ChanQueue woken;
  while (ChanWaiter* receiver = claim_first(chan->receivers))
    base::list_push_back(woken, *receiver);
  while (ChanWaiter* sender = claim_first(chan->senders)) base::list_push_back(woken, *sender);
  chan->check();
  base::spin_unlock(chan->lock);
  while (ChanWaiter* each = woken.head) {
    base::list_remove(woken, *each);
    ready(each->goroutine);
  }
  if (!before) return;
  if (observed()) emit(EventKind::chan_closed_again, chan->object(AccessMode::none), site);
  throw_panic("close of closed channel");
}

std::size_t chan_size(const ChanCore* chan) noexcept {
  return chan == nullptr || chan->source != nullptr
             ? 0
             : chan->buffered.load(std::memory_order_relaxed);
}

std::size_t chan_capacity(const ChanCore* chan) noexcept {
  return chan == nullptr || chan->source != nullptr ? 0 : chan->capacity;
}

}  // namespace sluice::detail
