// What an actor has done with locks, as an observer keeps it: laid out here, so that a lock that is
// taken and freed just as it was last time is noted by its own function, without a call. Knows what
// is written down, not what it is good for.
#pragma once

#include <array>
#include <atomic>
#include <bit>
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
  [[gnu::always_inline]] bool is(const void* pc, const void* frame) const noexcept {
    static_assert(kMax == 3);
    const auto sp = reinterpret_cast<std::uintptr_t>(frame);
    if (at[0].pc != pc || at[0].sp != sp) return false;
    return size == 1 || (leads_to(sp, at[1]) && (size == 2 || leads_to(at[1].sp, at[2])));
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

// What an actor has told others: how often in all, and how often it started or sent to one.
struct Told {
  std::uint32_t in_all = 0;
  std::uint32_t sent = 0;

  bool operator==(const Told& other) const noexcept {  // in one comparison
    return std::bit_cast<std::uint64_t>(*this) == std::bit_cast<std::uint64_t>(other);
  }
};

// A lock that is held. Written by the holder; `what` is read by others too, while the holder may be
// changing his trail, so that they must ask again afterwards whether he has parked all the while.
// An entry keeps what it says when its lock is freed: who takes the same lock at the same place
// again has nothing to write.
struct HeldLock {
  std::atomic<std::uint64_t> what{0};  // the object's number, and the mode below it
  static constexpr std::uint64_t kNoTag = ~std::uint64_t{0};
  std::uint64_t tag = kNoTag;  // of a lock held exclusively: what its tag says meanwhile
  Site site;
  std::uint32_t serial = 0;  // which acquisition of its holder it is; 0: not yet asked
  std::atomic<bool> spawned_under{false};  // goroutines were started while it was held
  bool settled = false;                    // that its holder frees it is no news
  bool plain = false;                      // nothing was asked of it
  Told told;                               // what its holder had told others when it took it
  std::uint32_t stack = 0;                 // the observer's number of the whole stack
  std::uint64_t hash = 0;                  // of the locks up to this one; 0: not yet asked
  // What was found out when it was taken while others were held: their hash, and where that order
  // is counted, by which key. Null: nothing.
  std::uint64_t under = 0;
  std::uint64_t order_key = 0;
  OrderSeen* order = nullptr;

  static std::uint64_t what_of(std::uint32_t object, AccessMode mode) noexcept {
    return static_cast<std::uint64_t>(object) << 32 | static_cast<std::uint64_t>(mode) << 16;
  }
  std::uint32_t object() const noexcept {
    return static_cast<std::uint32_t>(what.load(std::memory_order_relaxed) >> 32);
  }
  AccessMode mode() const noexcept {
    return static_cast<AccessMode>(what.load(std::memory_order_relaxed) >> 16 & 0xff);
  }
  void found(std::uint64_t hash_below, OrderSeen& seen) noexcept {
    under = hash_below;
    order = &seen;
    order_key = seen.key.load(std::memory_order_relaxed);
  }
  // Whether it would say the same if its lock were taken at that place now, but for its hash.
  bool is_as_taken(const void* pc, const void* frame) noexcept {
    if (!plain) plain = serial == 0 && !spawned_under.load(std::memory_order_relaxed);
    return plain && site.is(pc, frame);
  }
  // The two changes of an entry while its lock is held.
  void number(std::uint32_t acquisition) noexcept {
    serial = acquisition;
    plain = false;
  }
  void spawns_under() noexcept {
    spawned_under.store(true, std::memory_order_relaxed);
    plain = false;
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
  Told told;                 // while something was held
  std::uint32_t number = 0;  // of the trail; never 0
  std::uint32_t capacity = kInPlace;
  // Whether some locks have ranks: which was taken under which is not all that counts then.
  const std::atomic<bool>* any_ranks = nullptr;
  std::atomic<HeldLock*> others{nullptr};  // behind those in place
  alignas(64) std::array<HeldLock, kInPlace> in_place;

  HeldLock& at(std::uint32_t i) noexcept {
    return i < kInPlace ? in_place[i] : others.load(std::memory_order_acquire)[i - kInPlace];
  }

  void set_last(EventKind kind, std::uint32_t object, const void* pc) noexcept {
    note_last(kind, HeldLock::what_of(object, AccessMode::none), pc);
  }

  // A lock was free and is taken now, as it was taken before at this depth. False: take_unlike is
  // to be asked.
  [[gnu::always_inline]] bool take_again(const LockTag& lock, LockUse use, const void* pc,
                                         const void* frame) noexcept {
    const std::uint32_t held = count.load(std::memory_order_relaxed);
    if (unusual != 0 || held >= kInPlace) return false;
    HeldLock& entry = in_place[held];
    if (!entry.plain || !is(lock, use, entry) || !entry.site.is(pc, frame)) return false;
    if (held != 0 && !same_order(in_place[held - 1], entry)) return false;
    return note(entry, held, pc);
  }
  // The same of any depth, and of entries that something was asked of. False: it is to be told.
  bool take_unlike(const LockTag& lock, LockUse use, const void* pc, const void* frame) noexcept {
    const std::uint32_t held = count.load(std::memory_order_relaxed);
    if (unusual != 0 || held == capacity) return false;
    HeldLock& entry = at(held);
    return is(lock, use, entry) && entry.is_as_taken(pc, frame) &&
           (held == 0 || same_order(at(held - 1), entry)) && note(entry, held, pc);
  }

  // The lock that was taken last is about to be freed. False: it is to be told.
  [[gnu::always_inline]] bool free_last(const LockTag& lock, LockUse use, const void* pc) noexcept {
    const std::uint32_t below = count.load(std::memory_order_relaxed) - 1;
    if ((unusual & ~kTellAll) != 0 || below >= capacity) return false;
    const HeldLock& entry = at(below);
    if (!entry.settled || !is(lock, use, entry)) return false;
    note_last(EventKind::lock_released, entry.what.load(std::memory_order_relaxed), pc);
    count.store(below, std::memory_order_release);
    if (below != 0) ++told.in_all;  // others may act on it
    return true;
  }

 private:
  // Whether it is that lock, and nobody else has had it for himself since.
  static bool is(const LockTag& lock, LockUse use, const HeldLock& entry) noexcept {
    if (use.mode == AccessMode::exclusive) return lock.both() == entry.tag;
    return HeldLock::what_of(lock.id.load(std::memory_order_relaxed), use.mode) ==
           entry.what.load(std::memory_order_relaxed);
  }

  // In two stores: what an entry says of its lock stands where LastCall has it.
  [[gnu::always_inline]] void note_last(EventKind kind, std::uint64_t what,
                                        const void* pc) noexcept {
    static_assert(offsetof(LastCall, object) == 4 && offsetof(LastCall, pc) == 8);
    static_assert(std::endian::native == std::endian::little);
    what |= static_cast<std::uint64_t>(kind);
    std::memcpy(static_cast<void*>(&last), &what, sizeof what);
    last.pc = pc;
  }

  [[gnu::always_inline]] bool note(HeldLock& entry, std::uint32_t held, const void* pc) noexcept {
    if (!(entry.told == told)) entry.told = told;
    note_last(EventKind::lock_taken, entry.what.load(std::memory_order_relaxed), pc);
    count.store(held + 1, std::memory_order_release);
    return true;
  }
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
