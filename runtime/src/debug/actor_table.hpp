// What checked mode knows of each goroutine (and of each foreign thread): who it is, what it holds,
// what it waits for. Written by that goroutine alone; the rules by which others may read are stated
// at the fields.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/spin_lock.hpp"
#include "debug/channel_gates.hpp"
#include "debug/clocks.hpp"
#include "debug/held_set.hpp"
#include "debug/hidden_address.hpp"
#include "debug/inherited_gates.hpp"
#include "debug/state_pool.hpp"
#include "sluice/detail/event.hpp"

namespace sluice::checked {

// Copied out for reports: the goroutine may be gone when they are written.
struct Identity {
  std::uint64_t uid = 0;  // of this book-keeping, unique also among foreign threads
  std::uint64_t id = 0;   // the goroutine's; 0 is a thread that the runtime did not start
  std::uint64_t parent_id = 0;
  std::string name;
  const void* creation_pc = nullptr;
};

// What a parked goroutine waits for.
struct Wait {
  detail::WaitReason reason = detail::WaitReason::none;
  bool timed = false;  // something will end it by itself
  std::int64_t since = 0;
  const void* pc = nullptr;
  // On its stack. Copies are made of this for reports, and what is left of them in memory that is
  // used again must not look like a reference.
  HiddenAddress frame;
  struct Target {
    ObjectId object = kNoObject;
    detail::AccessMode mode = detail::AccessMode::none;
    std::uint32_t size = 0;
    std::uint32_t capacity = 0;
  };
  std::vector<Target> targets;  // a select: one a case
  std::string io;               // "read from 192.0.2.1:80"
};

// The order of the fields is that in which they are needed: a goroutine that only starts and ends
// touches the first three lines of the cache.
struct alignas(64) ActorState {
  // uid, and what stands behind it up to the actor: unchanged while the goroutine lives, and
  // guarded by wait_lock against others. A state is used again after its goroutine has ended; its
  // memory stays a state for ever, so that a stale pointer reads an old value and never garbage.
  std::atomic<std::uint64_t> uid{0};
  std::uint64_t id = 0;
  std::uint64_t parent_id = 0;
  const void* creation_pc = nullptr;
  detail::Actor* actor = nullptr;

  // Odd while the goroutine is parked, and written by it. Who finds the same odd value before and
  // after reading `blocked_on` and `held` has read something true.
  std::atomic<std::uint64_t> epoch{0};
  // The one object with an owner that it is parked on for ever, if that is so: enough to follow a
  // chain of owners without reading `wait`.
  std::atomic<ObjectId> blocked_on{kNoObject};
  std::atomic<detail::AccessMode> blocked_mode{detail::AccessMode::none};
  // Something below `held` is not as it was made. Locks that are told of in short form change
  // nothing there.
  bool used = false;
  std::uint32_t number = 0;  // in the last look at who can go on: the looker's
  // All that a look at who waits for whom reads is above, in one line of the cache.

  std::uint32_t birth = 0;    // how many its parent had started, itself included
  std::uint32_t spawned = 0;  // how many it has started
  std::uint64_t parent_uid = 0;
  // In held.trail().unusual: why what is told in short form may mean more than itself.
  static constexpr std::uint32_t kJoining = 1, kHasLent = 2;
  // Guards who it is and `wait`: written by the goroutine, read by reports on living ones.
  base::SpinLock wait_lock;
  // It has said that it parks, and is still looking what follows from that: a report may come yet.
  std::atomic<bool> looking{false};
  // lock_order's: made when first needed, emptied when the goroutine ends, kept for the next one.
  std::atomic<struct EdgeCache*> edges{nullptr};
  HeldSet held;

  Timeline time;
  std::shared_ptr<InheritedGates> inherited;          // held by ancestors that wait for it
  std::vector<std::shared_ptr<InheritedGates>> lent;  // given to goroutines that it started
  Wait wait;

  // The goroutine's own from here on.
  ChannelGates channels;            // that serve as locks, and that it is inside of
  std::atomic<bool> daemon{false};  // may live for ever, as it says of itself
  // A report said that it can never run again; whoever sees it run withdraws that. Its code, and
  // before that its number, as Reporter::is_new() was given it.
  std::atomic<const char*> verdict{nullptr};
  std::atomic<std::uint64_t> verdict_number{0};
  // Additions to WaitGroups that it made for goroutines that it is about to start, and done() calls
  // that it may make.
  struct PendingAdd {
    std::shared_ptr<struct GroupBooks> books;
    ObjectId group = kNoObject;
    std::uint32_t add = 0;
    std::int64_t left = 0;
    const void* pc = nullptr;
  };
  struct MayDo {
    std::shared_ptr<GroupBooks> books;
    ObjectId group = kNoObject;
    std::uint32_t at = 0;  // in the group's books
    std::uint64_t debtor = 0;
  };
  // Locks of the operating system's threads that it has taken and not freed.
  struct OsLock {
    const void* address = nullptr;
    Site site;
  };
  std::vector<OsLock> os_locks;
  std::vector<PendingAdd> pending_adds;
  ObjectId last_group_id = kNoObject;  // wait_groups' shortcut to the group that it used last
  std::shared_ptr<GroupBooks> last_group;
  std::vector<MayDo> may_do;

  // The WaitGroup whose wait it has entered and not yet left.
  ObjectId joining() const noexcept {
    return (held.trail().unusual & kJoining) != 0 ? joining_ : kNoObject;
  }
  void set_joining(ObjectId group) noexcept {
    joining_ = group;
    held.trail().unusual = (held.trail().unusual & ~kJoining) | (group != kNoObject ? kJoining : 0);
  }
  void judge(const char* code, std::uint64_t report) noexcept {
    verdict_number.store(report, std::memory_order_relaxed);
    verdict.store(code, std::memory_order_release);
  }
  // Reported as blocked for ever, and not seen to run since.
  bool told_blocked() const noexcept {
    const char* code = verdict.load(std::memory_order_acquire);
    return code != nullptr && std::string_view(code) == "SL202";
  }
  bool parked() const noexcept { return (epoch.load(std::memory_order_acquire) & 1) != 0; }
  Identity identity() const;
  // What stands below `held` is as it was made.
  void clear();
  Moment moment() const { return {time.slot(), time.segment(), time.past()}; }

 private:
  ObjectId joining_ = kNoObject;
};

// Who holds the lock `object` exclusively, of which `record` is; null: nobody that is known.
inline ActorState* holder_of(const ObjectRecord& record, ObjectId object) {
  ActorState* last = record.owner.load(std::memory_order_acquire);
  return last != nullptr && last->held.find(object) != nullptr ? last : nullptr;
}

// Where states come from.
class ActorTable final : private StateSource {
 public:
  ActorTable() : pool_(std::make_shared<StatePool>(static_cast<StateSource&>(*this))) {}
  ActorTable(const ActorTable&) = delete;
  // Before the first actor: what trails are to know. `tell_all`: of each lock that is taken.
  void set_trails(const std::atomic<bool>& any_ranks, bool tell_all) {
    any_ranks_ = &any_ranks;
    tell_all_ = tell_all;
  }
  ~ActorTable();

  // The state of `actor`; made when the actor is new to checked mode.
  ActorState& of(detail::Actor& actor) {
    auto* state = static_cast<ActorState*>(actor.observer_state);
    return state != nullptr ? *state : add(actor);
  }

  // Its goroutine has ended.
  void remove(ActorState& state);

  // A new run begins: goroutines that are left of the one before will never end. Their states are
  // not used again, as one of them may be in the middle of telling something.
  void forget_goroutines();

  // Every state that there ever was, of living goroutines or not: those with uid 0 belong to none.
  template <class Visit>
  void for_each(Visit visit) {
    for (std::size_t i = 0, count = size_.load(std::memory_order_acquire); i < count; ++i) {
      visit(chunks_[i / kChunk].load(std::memory_order_acquire)[i % kChunk]);
    }
  }
  // The same; what each visit reads first was asked for from memory `ahead` visits before.
  template <class Visit>
  void for_each_ahead(std::size_t ahead, Visit visit) {
    for (std::size_t i = 0, size = size_.load(std::memory_order_acquire); i < size; i += kChunk) {
      ActorState* chunk = chunks_[i / kChunk].load(std::memory_order_acquire);
      ActorState* after =
          i + kChunk < size ? chunks_[i / kChunk + 1].load(std::memory_order_acquire) : chunk;
      for (std::size_t at = 0; at < kChunk; ++at) {
        const std::size_t coming = at + ahead;
        __builtin_prefetch(&(coming < kChunk ? chunk[coming] : after[coming % kChunk]).epoch);
        visit(chunk[at]);
      }
    }
  }
  // How many have a state. Some that are born during the call may count.
  std::size_t alive() const { return pool_->taken(); }
  // The blocks of memory that the states are in.
  template <class Visit>
  void for_each_block(Visit visit) {
    visit(chunks_.get());
    for (std::size_t i = 0, size = size_.load(std::memory_order_acquire); i < size; i += kChunk) {
      ActorState* chunk = chunks_[i / kChunk].load(std::memory_order_acquire);
      visit(chunk);
      visit(&chunk[0].held.trail());
    }
  }

 private:
  static constexpr std::size_t kChunk = 64;
  static constexpr std::size_t kChunks = 1 << 18;  // 16 million goroutines at once
  ActorState& add(detail::Actor& actor);

  void more_states(std::vector<ActorState*>& into) override;

  const std::atomic<bool>* any_ranks_ = nullptr;
  bool tell_all_ = true;
  std::shared_ptr<StatePool> pool_;
  std::atomic<std::size_t> size_{0};
  std::unique_ptr<std::atomic<ActorState*>[]> chunks_ =
      std::make_unique<std::atomic<ActorState*>[]>(kChunks);
};

}  // namespace sluice::checked
