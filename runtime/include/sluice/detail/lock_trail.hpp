// What an actor has done with locks, as an observer keeps it: laid out here, so that a lock that is
// taken and freed just as it was last time is noted by its own function, without a call. Knows what
// is written down, not what it is good for.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sluice/detail/event.hpp"

namespace sluice::detail {

// One function at work: the address at which it goes on, and its stack pointer just before it made
// its call. The pair tells this activation from another of the same function, as long as it lasts.
struct Activation {
  const void* pc = nullptr;
  std::uintptr_t sp = 0;
};

// A word of somebody's frame; no business of a sanitizer.
__attribute__((no_sanitize("address"), no_sanitize("thread"))) inline std::uintptr_t stack_word(
    std::uintptr_t address) noexcept {
  return *reinterpret_cast<const std::uintptr_t*>(address);
}

// The place where a lock was taken: its call site and, where frame pointers can be trusted there,
// two callers more.
struct Site {
  static constexpr std::size_t kMax = 3;
  std::array<Activation, kMax> at{};
  std::uint8_t size = 0;

  // Whether the same would be found again, for an actor on the same stack as then: the frame
  // pointers are those of last time, and lead to the same return addresses. What is read lies
  // between the stack pointer of a function that runs and the end of its stack.
  bool is(const void* pc, const void* frame) const noexcept {
    static_assert(kMax == 3);
    if (at[0].pc != pc || at[0].sp != reinterpret_cast<std::uintptr_t>(frame)) return false;
    if (size == 1) return true;
    return leads_to(reinterpret_cast<std::uintptr_t>(frame), at[1]) &&
           (size == 2 || leads_to(at[1].sp, at[2]));
  }

 private:
  static bool leads_to(std::uintptr_t sp, const Activation& next) noexcept {
    return stack_word(sp - 16) + 16 == next.sp &&
           stack_word(next.sp - 8) == reinterpret_cast<std::uintptr_t>(next.pc);
  }
};

// A lock was taken while certain others were held: how often. Written by the actor, read by others.
struct OrderSeen {
  std::atomic<std::uint64_t> key{0};  // of the order; another one may take its place
  std::atomic<std::uint32_t> count{0};

  void again() noexcept {
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
};

// A lock that is held. Written by the holder; `what` is read by others too, while the holder may be
// changing his trail, so that they must ask again afterwards whether he has parked all the while.
// An entry keeps what it says when its lock is freed: who takes the same lock at the same place
// again has nothing to write.
struct HeldLock {
  std::atomic<std::uint64_t> what{0};  // the object's number, and the mode above it
  Site site;
  std::uint32_t serial = 0;  // which acquisition of its holder it is; 0: not yet asked
  std::atomic<bool> spawned_under{false};  // goroutines were started while it was held
  bool settled = false;                    // that its holder frees it is no news
  std::uint32_t told = 0;                  // how often its holder had told others something
  std::uint32_t sent = 0;                  // and of that, started or sent to one
  std::uint32_t stack = 0;                 // the observer's number of the whole stack
  std::uint64_t hash = 0;                  // of the locks up to this one; 0: not yet asked
  // What was found out when it was taken while others were held: their hash, and where that order
  // is counted, by which key. Null: nothing.
  std::uint64_t under = 0;
  std::uint64_t order_key = 0;
  OrderSeen* order = nullptr;

  static std::uint64_t what_of(std::uint32_t object, AccessMode mode) noexcept {
    return object | static_cast<std::uint64_t>(mode) << 32;
  }
  std::uint32_t object() const noexcept {
    return static_cast<std::uint32_t>(what.load(std::memory_order_relaxed));
  }
  AccessMode mode() const noexcept {
    return static_cast<AccessMode>(what.load(std::memory_order_relaxed) >> 32);
  }
  void found(std::uint64_t hash_below, OrderSeen& seen) noexcept {
    under = hash_below;
    order = &seen;
    order_key = seen.key.load(std::memory_order_relaxed);
  }
  // Whether it would say the same if the lock were taken at that place now, but for its hash.
  bool is(std::uint64_t lock, const void* pc, const void* frame) const noexcept {
    return what.load(std::memory_order_relaxed) == lock && serial == 0 &&
           !spawned_under.load(std::memory_order_relaxed) && site.is(pc, frame);
  }
};

// The last thing that an actor asked of the runtime.
struct LastCall {
  EventKind kind = EventKind::start;
  WaitReason reason = WaitReason::none;
  std::uint32_t object = 0;
  const void* pc = nullptr;
};

// The locks that an actor holds, in the order in which it took them, and what else its own thread
// needs to note one more. One writer, the actor.
//
// The locked instruction of a lock waits for all that its function has loaded and stored before,
// and lets nothing go ahead of it. So chains of pointers are short here, the first entries are in
// place, and what is known already is not written.
struct LockTrail {
  static constexpr std::uint32_t kTellAll = 1u << 31;  // a lock that is taken, however usual
  static constexpr std::uint32_t kInPlace = 2;

  // Not 0: there is more to what the actor does, and all of it is to be told. Other bits than the
  // one above are the observer's.
  std::uint32_t unusual = 0;
  std::atomic<std::uint32_t> count{0};
  LastCall last;
  std::uint32_t told = 0;  // while something was held
  std::uint32_t sent = 0;
  std::uint32_t number = 0;  // of the trail; never 0
  std::uint32_t capacity = kInPlace;
  // Whether some locks have ranks: which was taken under which is not all that counts then.
  const std::atomic<bool>* any_ranks = nullptr;
  std::atomic<HeldLock*> others{nullptr};  // behind those in place
  alignas(64) std::array<HeldLock, kInPlace> in_place;

  HeldLock& at(std::uint32_t i) noexcept {
    return i < kInPlace ? in_place[i] : others.load(std::memory_order_acquire)[i - kInPlace];
  }

  // In two stores.
  [[gnu::always_inline]] void set_last(EventKind kind, std::uint32_t object,
                                       const void* pc) noexcept {
    static_assert(offsetof(LastCall, object) == 4 && offsetof(LastCall, pc) == 8);
    const LastCall call{kind, WaitReason::none, object, pc};
    std::uint64_t first = 0;
    std::memcpy(&first, &call, sizeof first);
    std::memcpy(static_cast<void*>(&last), &first, sizeof first);
    last.pc = pc;
  }

  // A lock was free and is taken now. False: it is to be told.
  [[gnu::always_inline]] bool take_again(const LockTag& lock, LockUse use, const void* pc,
                                         const void* frame) noexcept {
    const std::uint32_t held = count.load(std::memory_order_relaxed);
    if (unusual != 0) return false;
    const std::uint32_t id = lock.id.load(std::memory_order_relaxed);
    const bool known =
        use.mode != AccessMode::exclusive || lock.taker.load(std::memory_order_relaxed) == number;
    if (!known || held == capacity) return false;
    HeldLock& entry = held == 0 ? in_place[0] : at(held);
    if (!entry.is(HeldLock::what_of(id, use.mode), pc, frame)) return false;
    if (held != 0 && !same_order(at(held - 1), entry)) return false;
    if (entry.told != told) entry.told = told;
    if (entry.sent != sent) entry.sent = sent;
    set_last(EventKind::lock_taken, id, pc);
    count.store(held + 1, std::memory_order_release);
    return true;
  }

  // The lock that was taken last is about to be freed. False: it is to be told.
  [[gnu::always_inline]] bool free_last(const LockTag& lock, LockUse use, const void* pc) noexcept {
    const std::uint32_t held = count.load(std::memory_order_relaxed);
    if ((unusual & ~kTellAll) != 0 || held == 0) return false;
    const std::uint32_t id = lock.id.load(std::memory_order_relaxed);
    const HeldLock& entry = held == 1 ? in_place[0] : at(held - 1);
    if (!entry.settled ||
        entry.what.load(std::memory_order_relaxed) != HeldLock::what_of(id, use.mode)) {
      return false;
    }
    set_last(EventKind::lock_released, id, pc);
    count.store(held - 1, std::memory_order_release);
    if (held > 1) ++told;  // others may act on it
    return true;
  }

 private:
  bool same_order(const HeldLock& below, HeldLock& entry) const noexcept {
    if (entry.order == nullptr || below.hash != entry.under ||
        entry.order->key.load(std::memory_order_relaxed) != entry.order_key ||
        any_ranks->load(std::memory_order_relaxed)) {
      return false;
    }
    entry.order->again();
    return true;
  }
};

}  // namespace sluice::detail
