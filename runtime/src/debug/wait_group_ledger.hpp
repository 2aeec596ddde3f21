// The books of one WaitGroup: who added, who is to call done for it, who has. Knows no events and
// makes no reports.
//
// They cover the time from one zero of the counter to the next, and the last zero itself until
// somebody adds again.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "debug/actor_table.hpp"

namespace sluice::checked {

// How sure it is that a goroutine owes a done: it was started by wg.go, or by a goroutine that had
// just added.
enum class Bond : std::uint8_t { exact, likely };

struct AddSite {
  StackId site = kNoStack;
  Identity by;
  std::int64_t added = 0;
  std::int64_t done = 0;
  std::int64_t unbound = 0;  // of the outstanding ones, those that no goroutine was started for
};

struct DoneSite {
  struct By {
    Identity who;
    std::int64_t at = 0;     // base::now()
    StackId add = kNoStack;  // where what it owed itself was added
  };
  const void* pc = nullptr;
  std::int64_t count = 0;
  std::vector<By> by;  // the first few
};

// A done that a goroutine owes.
struct Owed {
  std::uint32_t add = 0;  // index of its AddSite
  Bond bond = Bond::likely;
};

// What one goroutine owes: nearly always one done, and then no memory of its own.
class Debts {
 public:
  bool empty() const noexcept { return count_ == 0; }
  std::uint32_t size() const noexcept { return count_; }
  const Owed& front() const noexcept { return first_; }
  Owed& back() noexcept { return count_ == 1 ? first_ : more_.back(); }
  void push(Owed owed) {
    if (count_++ == 0) {
      first_ = owed;
    } else {
      more_.push_back(owed);
    }
  }
  void pop() noexcept {
    if (--count_ > 0) more_.pop_back();
  }
  template <class Holds>
  bool all_of(Holds holds) const {
    return count_ == 0 || (holds(first_) && std::all_of(more_.begin(), more_.end(), holds));
  }
  // One that is owed for certain, else null.
  const Owed* exact() const noexcept;

 private:
  Owed first_;
  std::uint32_t count_ = 0;
  std::vector<Owed> more_;
};

// How a goroutine ended that owed a done.
struct Ending {
  Identity who;
  LastCall last;
  ObjectInfo last_object;
  std::int64_t at = 0;    // since the start
  std::string exception;  // empty: there was none
  bool by_exit = false;   // by exit_goroutine, else it returned
};

// A goroutine with what it owes. The goroutines that it starts may settle it as well; all of them
// are its carriers.
struct Debtor {
  Identity who;                 // uid 0: a place that is free
  ActorState* state = nullptr;  // for who asks what it does; its uid tells whether it is gone
  Debts owed;
  std::uint32_t carriers = 0;
  std::shared_ptr<const Ending> ending;  // of the debtor itself, once it is gone and owes
};

enum class Settled : std::uint8_t {
  own,       // by the goroutine that was to do it, or one that it had started
  by_adder,  // by the goroutine that had added it
  loose,     // by somebody who was not known to owe anything
  none,      // there was nothing left to do
};

class WaitGroupLedger {
 public:
  std::int64_t counter() const noexcept { return counter_; }
  const std::vector<AddSite>& adds() const noexcept { return adds_; }
  const std::vector<DoneSite>& dones() const noexcept { return dones_; }
  // Calls visit(debtor) for each that owes or may be owed for.
  template <class Visit>
  void for_each_debtor(Visit visit) const {
    for (const Debtor& debtor : debtors_) {
      if (debtor.who.uid != 0) visit(debtor);
    }
  }
  // Work is passed on to goroutines that nobody knows to owe it: bonds are doubtful then.
  std::int64_t loose_dones() const noexcept { return loose_dones_; }
  std::int64_t unbound() const noexcept;
  // How many dones are owed by goroutines that are gone.
  std::int64_t owed_by_the_dead() const noexcept { return owed_by_the_dead_; }
  // Whether that is all that is owed.
  bool owed_by_the_dead_alone() const noexcept {
    return living_who_owe_ == 0 && owed_by_the_dead_ == counter_;
  }

  // Whether all who owed since the last zero are gone (one that has paid may go on to do more), and
  // those who still owe were started where others were that did what they owed, at any time.
  bool debtors_are_gone_and_of_a_kind() const noexcept;

  // Returns the index of the AddSite; `n` is positive.
  std::uint32_t add(std::int64_t n, StackId site, const ActorState& by);
  // The debtor of this uid at the place that bind returned for it; null: it is none any more.
  Debtor* debtor(std::uint32_t at, std::uint64_t uid) noexcept;
  // One of the unbound additions is for `who`, whose place was `at` if it is bound already. Returns
  // its place; kNowhere when there is none left.
  static constexpr std::uint32_t kNowhere = UINT32_MAX;
  std::uint32_t bind(std::uint32_t add, ActorState& who, Bond bond, std::uint32_t at);
  // One who could settle what `debtor` owes is gone. It is forgotten unless it or others owe still.
  void carrier_ended(Debtor& debtor);
  // Where what `debtor` owes was added, if its bond is at least as sure as `bond`; else kNoStack.
  StackId counted_at(const Debtor& debtor, Bond bond) const;
  // Whether `by` is known to have called done since the last zero.
  bool done_by(std::uint64_t by) const;
  // One done, by a goroutine that may settle for these, itself first.
  Settled done(const ActorState& by, std::span<Debtor* const> debtors, const void* pc);

 private:
  std::uint32_t free_place();
  std::uint32_t index_of(StackId site, const ActorState& by);
  bool settle(Debtor& debtor);
  void note_kept(StackId site, const Identity& who);
  bool was_kept(StackId site, const Identity& who) const noexcept;
  // Null: it is not one of the first few.
  DoneSite::By* note_done(const ActorState& by, const void* pc);
  void start_over();

  // What was added at `site` for goroutines started at `started` was done by these.
  struct Kept {
    StackId site = kNoStack;
    const void* started = nullptr;
  };

  std::int64_t counter_ = 0;
  std::vector<Kept> kept_;  // the first few, of all times; none once work was passed on
  bool passed_on_ = false;
  std::vector<AddSite> adds_;
  std::uint32_t last_add_ = 0;
  std::unordered_map<std::uint64_t, std::uint32_t> add_index_;              // by site and goroutine
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> by_adder_;  // of adds_
  std::vector<DoneSite> dones_;
  std::vector<Debtor> debtors_;
  std::vector<std::uint32_t> free_;  // places in debtors_
  std::int64_t living_who_owe_ = 0;
  std::int64_t owed_by_the_dead_ = 0;
  std::int64_t loose_dones_ = 0;
};

}  // namespace sluice::checked
