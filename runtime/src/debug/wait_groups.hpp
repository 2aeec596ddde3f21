// Finds WaitGroups whose counter goes wrong: below zero (SL501), never back to zero (SL502), owed
// by a goroutine that is gone (SL503) or that waits itself (SL504), raised from zero under a waiter
// (SL505, SL507), raised by the goroutine that is counted (SL506); groups that end in use (SL508),
// and notes on odd ways to count (SL510).
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/thread_mutex.hpp"
#include "debug/panics.hpp"
#include "debug/snapshot.hpp"
#include "debug/wait_group_ledger.hpp"

namespace sluice::checked {

// A group somebody waits for, as the all-asleep report needs it.
struct GroupState {
  ObjectInfo object;
  WaitGroupLedger ledger;
  // Living goroutines that could still call done.
  std::vector<std::uint64_t> carriers;
  // It can never reach zero, whatever the sleeping goroutines would do.
  bool hopeless = false;
};

// The books of one group, and what its detectors remember of it.
struct GroupBooks {
  // A call of wait, or an add from zero.
  struct Call {
    Identity who;
    Moment when;
    StackId site = kNoStack;
    std::uint32_t number = 0;  // in the order of the group's calls; 0: there was none
    // Of an add: the uid of who started the goroutine, and as its how manieth; of a wait: how many
    // the waiter had started.
    std::uint64_t parent = 0;
    std::uint32_t children = 0;
  };
  struct Waiter {
    std::uint64_t uid = 0;
    Identity who;
    const void* pc = nullptr;
    std::int64_t since = 0;
  };

  base::ThreadMutex lock;
  bool gone = false;  // the group was destroyed
  WaitGroupLedger ledger;
  std::vector<Waiter> waiters;  // parked, or woken and not yet gone on
  // For SL506: the latest add from zero by a goroutine that holds no lock, whether it has called
  // done itself since, and the latest wait.
  std::uint32_t calls = 0;
  Call self_add;
  bool self_done = false;
  Call wait;
  // For SL510: how many additions there were, and how many of them by the group's own go().
  std::uint64_t adds = 0, gos = 0;
};

class WaitGroups {
 public:
  WaitGroups(Books& books, Panics& panics) : books_(books), panics_(panics) {}

  void spawned(ActorState& parent, ActorState& child);
  void bound(ActorState& parent, const ActorState& child, ObjectId group);
  void ended(const detail::Event& event, ActorState& actor);
  void added(const detail::Event& event, ActorState& actor, ObjectId group);
  void waiting(const detail::Event& event, ActorState& actor, ObjectId group);
  void parked(const detail::Event& event, ActorState& actor, ObjectId group);
  void unparked(ActorState& actor, ObjectId group);
  void destroyed(const detail::Event& event, ObjectId group);
  void run_ended();
  // Nobody has run for a while, or a while has passed.
  void quiet();

  // Goroutines of the group's own go(), which alone do what they owe; living ones.
  std::vector<ActorState*> exact_debtors(ObjectId group);
  // Where what `debtor` owes was added.
  StackId counted_at(ObjectId group, std::uint64_t debtor);
  // Calls visit(group, uid of the debtor) for each done that its goroutine alone will do.
  template <class Visit>
  void for_each_exact_debt(Visit visit) {
    for (Shard& shard : shards_) {
      const std::lock_guard guard(shard.lock);
      for (const auto& [id, group] : shard.groups) {
        const std::lock_guard inner(group->lock);
        if (group->ledger.counter() <= 0 || group->ledger.loose_dones() > 0) continue;
        group->ledger.for_each_debtor([&visit, id = id](const Debtor& debtor) {
          if (debtor.owed.exact() != nullptr) visit(id, debtor.who.uid);
        });
      }
    }
  }

  // `waiters` are those that wait for the group while nobody else can run.
  GroupState state_of(ObjectId group, const std::vector<const Snapshot*>& waiters);

 private:
  using Call = GroupBooks::Call;
  using Waiter = GroupBooks::Waiter;
  struct Shard {
    base::ThreadMutex lock;
    std::unordered_map<ObjectId, std::shared_ptr<GroupBooks>> groups;
  };

  // Others may be at a group's books when the group dies, so who uses them keeps them. group_of
  // makes them when there are none yet; find is for who may come too late.
  std::shared_ptr<GroupBooks> group_of(ObjectId id);
  std::shared_ptr<GroupBooks> find(ObjectId id);
  // The same, remembered for the goroutine's next call.
  const std::shared_ptr<GroupBooks>& group_of(ActorState& actor, ObjectId id);
  void add(const detail::Event& event, ActorState& actor, ObjectId id,
           const std::shared_ptr<GroupBooks>& books);
  void done(const detail::Event& event, ActorState& actor, ObjectId id, GroupBooks& group);
  Ending ending_of(const detail::Event& event, const ActorState& actor);
  void report_negative(const detail::Event& event, ActorState& actor, ObjectId id,
                       const WaitGroupLedger& ledger);
  // `ending`: how many goroutines still count as alive that are about to be gone.
  bool stalled(ObjectId id, const GroupBooks& group, std::size_t ending);
  // Whether a goroutine lives that was started where one was that still owes something.
  bool kin_lives(const WaitGroupLedger& ledger);
  static bool too_early(const GroupBooks& group);
  void report_self_add(ObjectId id, const Call& add, const Call& wait);
  // `same_round`: the adder had been counted in the round that the waiter waits for.
  void report_add_under_waiter(const detail::Event& event, ActorState& actor, ObjectId id,
                               const Waiter& waiter, bool same_round);
  void report_waits_for_itself(const detail::Event& event, ActorState& actor, ObjectId id,
                               StackId counted);
  void report_destroyed(const detail::Event& event, ObjectId id, const WaitGroupLedger& ledger,
                        const std::vector<Waiter>& waiters);
  void note_overflow(const detail::Event& event, ActorState& actor, ObjectId id);
  void note_mixed(const detail::Event& event, ActorState& actor, ObjectId id);
  void report_owing(ObjectId id, const Debtor& debtor, const WaitGroupLedger& ledger);
  void report_stalled(ObjectId id, const WaitGroupLedger& ledger,
                      const std::vector<Waiter>& waiters);

  Books& books_;
  Panics& panics_;
  std::array<Shard, 16> shards_;
  // Groups that would be stalled, were it not for goroutines of the debtors' kind that live.
  base::ThreadMutex for_kin_lock_;
  std::vector<ObjectId> for_kin_;
};

// SL502, certain when nobody else can run, else likely. `waiting` is one line for each waiter.
Report hopeless_report(const ObjectInfo& object, const WaitGroupLedger& ledger,
                       const std::vector<std::string>& waiting, bool certain, Names& names);
// "1 of 4 still owed"
std::string still_owed(const WaitGroupLedger& ledger);
// How many of the outstanding dones nobody can do any more.
std::int64_t lost(const WaitGroupLedger& ledger);
// The table of where was added, and who owes what is left.
void add_owed(Section& section, const ObjectInfo& object, const WaitGroupLedger& ledger,
              Names& names);

}  // namespace sluice::checked
