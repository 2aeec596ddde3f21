// The type-erased channel: its state, its waiters, and the steps that send, receive and select are
// made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/atomic.hpp"
#include "sched/park.hpp"
#include "sluice/detail/chan_core.hpp"

namespace sluice::detail {

struct ChanWaiter;

// One select that waits. Wakers on several channels compete for it.
struct SelectWait {
  base::Atomic<std::uint32_t> claimed{
      0};  // set to 1 by the one waker that may go on, under its channel's lock
  ChanWaiter* winner = nullptr;  // written by that waker, read after the park
};

// A goroutine in one queue of one channel; it lives on that goroutine's stack. Guarded by the
// channel's lock.
struct ChanWaiter {
  Goroutine* goroutine = nullptr;
  void* element = nullptr;       // send: the value to move from; receive: where to construct it
  SelectWait* select = nullptr;  // null: a plain send or receive
  ChanWaiter* next = nullptr;
  ChanWaiter* prev = nullptr;
  bool queued = false;
  bool succeeded = false;  // a value went; false after a park: the channel was closed
};

struct ChanQueue {
  ChanWaiter* head = nullptr;
  ChanWaiter* tail = nullptr;
};

// One channel. `lock` guards every field but `type`, `capacity` and `references`. Whenever `lock`
// is free:
//   I1  Senders and receivers do not both wait, unless all are one goroutine's, in one select.
//   I2  buffered > 0 means no receiver waits that could still take a value: it would have taken it.
//   I3  buffered < capacity means no sender waits that could still give one.
//   I4  closed means nobody waits.
// Waiters of a select that has gone elsewhere, and of a run that has ended, don't count: whoever
// meets them drops them.
struct ChanCore {
  ChanCore(const ElementType& element, std::size_t slots) noexcept
      : type(element), capacity(slots) {}

  base::Atomic<std::uint32_t> lock{0};
  bool closed = false;
  base::Atomic<std::size_t> buffered{0};  // written under the lock; read without it by size() only
  std::size_t first = 0;                  // slot of the oldest value
  ChanQueue receivers;
  ChanQueue senders;
  std::unique_ptr<ChanSource> source;  // what feeds it, if anything; set once, before it is shared
  const ElementType& type;
  const std::size_t capacity;
  base::Atomic<std::uint32_t> references{1};
  ObjectTag tag;

  void* slot(std::size_t index) noexcept {
    return reinterpret_cast<std::byte*>(this) + buffer_offset(type) + index * type.size;
  }
  static std::size_t buffer_offset(const ElementType& type) noexcept {
    const std::size_t align = type.align;  // a power of two; and no division in each operation
    return (sizeof(ChanCore) + align - 1) & ~(align - 1);
  }
  ObjectRef object(AccessMode mode) noexcept;
#if defined(SLUICE_ASSERTIONS) && SLUICE_ASSERTIONS
  void check() noexcept;  // I1 to I4
#else
  void check() noexcept {}
#endif
};

enum class SendResult : std::uint8_t { not_ready, done, closed };

// One step under the channel's lock. `wake` becomes the goroutine to ready after unlocking, if any.
SendResult send_step(ChanCore& chan, void* value, Goroutine*& wake) noexcept;
TryResult recv_step(ChanCore& chan, void* into, Goroutine*& wake) noexcept;

// The oldest waiter that can still go, taken out of the queue and claimed; null if there is none.
ChanWaiter* claim_any(ChanQueue& queue) noexcept;
inline ChanWaiter* claim_first(ChanQueue& queue) noexcept {
  return queue.head != nullptr ? claim_any(queue) : nullptr;
}

inline void join(ChanQueue& queue, ChanWaiter& waiter) noexcept {
  base::list_push_back(queue, waiter);
  waiter.queued = true;
}
inline void leave(ChanQueue& queue, ChanWaiter& waiter) noexcept {
  if (waiter.queued) base::list_remove(queue, waiter);
  waiter.queued = false;
}

// Keeps a fed channel's source at work while somebody waits on it.
class Listening {
 public:
  explicit Listening(ChanCore& chan) noexcept : source_(chan.source.get()) {
    if (source_ != nullptr) source_->attach();
  }
  ~Listening() {
    if (source_ != nullptr) source_->detach();
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

 private:
  ChanSource* source_;
};

// What orders goroutines is told: a send before it can be seen, a receive after it. What a fed
// channel is sent comes from a timer, not from a goroutine. One of capacity 1 may serve as a lock:
// there is more to tell of it.
inline void tell_sending(Goroutine& doer, ChanCore& chan, const CallSite& site) noexcept {
  Observer* to = observer();
  if (to == nullptr || chan.source != nullptr) return;
  const std::uint32_t id = chan.tag.id.load(std::memory_order_acquire);
  if (id != 0 && chan.capacity != 1 && to->chan_send(doer, id, site.pc)) return;
  emit(EventKind::chan_send, chan.object(AccessMode::send), site);
}
inline void tell_received(Goroutine& doer, ChanCore& chan, const CallSite& site) noexcept {
  Observer* to = observer();
  if (to == nullptr || chan.source != nullptr) return;
  const std::uint32_t id = chan.tag.id.load(std::memory_order_acquire);
  if (id != 0 && chan.capacity != 1 && to->chan_received(doer, id, site.pc)) return;
  emit(EventKind::chan_received, chan.object(AccessMode::receive), site);
}

inline void refresh(ChanCore& chan) noexcept {
  if (chan.source != nullptr) chan.source->refresh();
}

}  // namespace sluice::detail
