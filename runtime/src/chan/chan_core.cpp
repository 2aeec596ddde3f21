#include "chan/chan_core.hpp"

#include <cstring>

#include "base/assert.hpp"

namespace sluice::detail {
namespace {

[[gnu::always_inline]] inline void move_element(const ElementType& type, void* to,
                                                void* from) noexcept {
  if (type.move != nullptr) {
    type.move(to, from);
    return;
  }
  switch (type.size) {  // the usual sizes without a call
    case 0:
      return;
    case 4:
      std::memcpy(to, from, 4);
      return;
    case 8:
      std::memcpy(to, from, 8);
      return;
    case 16:
      std::memcpy(to, from, 16);
      return;
    default:
      std::memcpy(to, from, type.size);
  }
}

void destroy_element(const ElementType& type, void* element) noexcept {
  if (type.destroy != nullptr) type.destroy(element);
}

[[gnu::always_inline]] inline void push(ChanCore& chan, void* value) noexcept {
  const std::size_t buffered = chan.buffered.load(std::memory_order_relaxed);
  std::size_t index = chan.first + buffered;
  if (index >= chan.capacity) index -= chan.capacity;
  move_element(chan.type, chan.slot(index), value);
  chan.buffered.store(buffered + 1, std::memory_order_relaxed);
}

void pop(ChanCore& chan, void* into) noexcept {
  void* oldest = chan.slot(chan.first);
  move_element(chan.type, into, oldest);
  destroy_element(chan.type, oldest);
  if (++chan.first == chan.capacity) chan.first = 0;
  chan.buffered.store(chan.buffered.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
}

}  // namespace

ObjectRef ChanCore::object(AccessMode mode) noexcept {
  const bool fed = source != nullptr;
  return {this,
          &tag,
          fed ? ObjectKind::timer : ObjectKind::channel,
          mode,
          static_cast<std::uint32_t>(buffered.load(std::memory_order_relaxed)),
          static_cast<std::uint32_t>(capacity)};
}

#if defined(SLUICE_ASSERTIONS) && SLUICE_ASSERTIONS
void ChanCore::check() noexcept {
  const auto waits = [](const ChanQueue& queue) {
    for (const ChanWaiter* each = queue.head; each != nullptr; each = each->next) {
      const bool free =
          each->select == nullptr || each->select->claimed.load(std::memory_order_relaxed) == 0;
      if (free && alive(each->goroutine)) return each->goroutine;
    }
    return static_cast<Goroutine*>(nullptr);
  };
  const std::size_t count = buffered.load(std::memory_order_relaxed);
  const Goroutine* sender = waits(senders);
  const Goroutine* receiver = waits(receivers);
  SLUICE_CHECK(sender == nullptr || receiver == nullptr || sender == receiver);
  SLUICE_CHECK(count == 0 || receiver == nullptr);
  SLUICE_CHECK(count == capacity || sender == nullptr);
  SLUICE_CHECK(!closed || (sender == nullptr && receiver == nullptr));
}
#endif

ChanWaiter* claim_any(ChanQueue& queue) noexcept {
  while (ChanWaiter* first = queue.head) {
    leave(queue, *first);
    if (!alive(first->goroutine)) continue;
    if (first->select == nullptr) return first;
    std::uint32_t free = 0;
    if (first->select->claimed.compare_exchange_strong(free, 1, std::memory_order_acq_rel)) {
      first->select->winner = first;
      return first;
    }
  }
  return nullptr;
}

SendResult send_step(ChanCore& chan, void* value, Goroutine*& wake) noexcept {
  if (chan.closed) return SendResult::closed;
  if (ChanWaiter* receiver = claim_first(chan.receivers)) {
    move_element(chan.type, receiver->element, value);
    receiver->succeeded = true;
    wake = receiver->goroutine;
    return SendResult::done;
  }
  if (chan.buffered.load(std::memory_order_relaxed) == chan.capacity) return SendResult::not_ready;
  push(chan, value);
  return SendResult::done;
}

TryResult recv_step(ChanCore& chan, void* into, Goroutine*& wake) noexcept {
  if (chan.buffered.load(std::memory_order_relaxed) > 0) {
    pop(chan, into);
    if (ChanWaiter* sender = claim_first(chan.senders)) {
      push(chan, sender->element);
      sender->succeeded = true;
      wake = sender->goroutine;
    }
    return TryResult::done;
  }
  if (chan.closed) return TryResult::closed;
  if (ChanWaiter* sender = claim_first(chan.senders)) {
    move_element(chan.type, into, sender->element);
    sender->succeeded = true;
    wake = sender->goroutine;
    return TryResult::done;
  }
  return TryResult::not_ready;
}

bool chan_discard(ChanCore* chan) noexcept {
  base::spin_lock(chan->lock);
  const bool any = chan->buffered.load(std::memory_order_relaxed) > 0;
  if (any) {
    destroy_element(chan->type, chan->slot(chan->first));
    chan->first = 0;
    chan->buffered.store(0, std::memory_order_relaxed);
  }
  base::spin_unlock(chan->lock);
  return any;
}

void chan_release(ChanCore* chan) noexcept {
  if (chan->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (observed()) emit(EventKind::destroyed, chan->object(AccessMode::none), SLUICE_CALL_SITE());
  // A timer that fires meanwhile still asks whether it feeds the channel; its end waits for that.
  delete chan->source.get();
  (void)chan->source.release();
  while (chan->buffered.load(std::memory_order_relaxed) > 0) {
    destroy_element(chan->type, chan->slot(chan->first));
    if (++chan->first == chan->capacity) chan->first = 0;
    chan->buffered.store(chan->buffered.load(std::memory_order_relaxed) - 1,
                         std::memory_order_relaxed);
  }
  const std::align_val_t align{std::max<std::size_t>(alignof(ChanCore), chan->type.align)};
  chan->~ChanCore();
  ::operator delete(chan, align);
}

}  // namespace sluice::detail
