// The books of one WaitGroup: who added, who is to call done for it, who has. Knows no events and
// makes no reports.
//
// They cover the time from one zero of the counter to the next, and the last zero itself until
// somebody adds again.
#pragma once

#include <cstdint>
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
    std::int64_t at = 0;     // since the start
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
  Identity who;
  ActorState* state = nullptr;  // for who asks what it does; its uid tells whether it is gone
  std::vector<Owed> owed;
  std::uint32_t carriers = 0;
  Ending ending;  // of the debtor itself, once it is gone
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
  const std::unordered_map<std::uint64_t, Debtor>& debtors() const noexcept { return debtors_; }
  // Work is passed on to goroutines that nobody knows to owe it: bonds are doubtful then.
  std::int64_t loose_dones() const noexcept { return loose_dones_; }
  std::int64_t unbound() const noexcept;
  // How many dones are owed by goroutines that are gone.
  std::int64_t owed_by_the_dead() const noexcept;
  // Whether that is all that is owed. Quick while anybody who owes is alive.
  bool owed_by_the_dead_alone() const noexcept;

  // Whether all who owed since the last zero are gone (one that has paid may go on to do more), and
  // those who still owe were started where others were that did what they owed, at any time.
  bool debtors_are_gone_and_of_a_kind() const noexcept;

  // Returns the index of the AddSite; `n` is positive.
  std::uint32_t add(std::int64_t n, StackId site, const Identity& by);
  // One of the unbound additions is for `who`; false when there is none left.
  bool bind(std::uint32_t add, const Identity& who, Bond bond, ActorState* state);
  // What `who` owes is certain: it was started by wg.go.
  void confirm(const Identity& who);
  // Another goroutine may settle what `debtor` owes.
  bool carry(std::uint64_t debtor);
  // One that could is gone. `ending` is the debtor's own when it is the debtor itself that ends.
  void carrier_ended(std::uint64_t debtor, const Ending* ending);
  // Where what `debtor` owes was added, if its bond is at least as sure as `bond`; else kNoStack.
  StackId counted_at(std::uint64_t debtor, Bond bond) const;
  // Whether `by` is known to have called done since the last zero.
  bool done_by(std::uint64_t by) const;
  // One done. `debtors` are those for whom the goroutine may settle, itself first.
  Settled done(const Identity& by, std::span<const std::uint64_t> debtors, const void* pc,
               std::int64_t now);

 private:
  std::uint32_t index_of(StackId site, const Identity& by);
  bool settle(Debtor& debtor);
  void note_kept(StackId site, const Identity& who);
  bool was_kept(StackId site, const Identity& who) const noexcept;
  // Null: it is not one of the first few.
  DoneSite::By* note_done(const Identity& by, const void* pc, std::int64_t now);
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
  std::unordered_map<std::uint64_t, Debtor> debtors_;  // by uid
  std::int64_t loose_dones_ = 0;
};

}  // namespace sluice::checked
