// What is known at one point of one path: the locks held, what variables hold, and what their
// values can be.
//
// Invariants: locks, memory and facts are sorted by the id of their key, one entry a key; no key
// and no fact's subject contains an unknown value; a lock with balance 0 is not listed; a fact is
// never all() and never empty.
#pragma once

#include "clang/AST/Stmt.h"
#include "llvm/ADT/SmallVector.h"
#include "paths/liveness.hpp"
#include "paths/range.hpp"
#include "paths/trace.hpp"
#include "paths/value.hpp"
#include "vocabulary/vocabulary.hpp"

namespace sluice::checker {

// A lock whose holding this function has changed.
struct HeldLock {
  const Value* place = nullptr;
  // Above 0: taken here, so many times. Below 0: released here though it was not taken here.
  int balance = 0;
  bool shared = false;
  bool by_guard = false;  // an object's destructor will release it
  bool recursive = false;
  bool again = false;  // asked for again while it was held: which release is whose can't be told
  // A function that nobody sees may have released it, as far as its name tells.
  bool maybe_released = false;
  const clang::Expr* site = nullptr;             // where it was last taken
  const LockFunction* how = nullptr;             // null when a function of this file took it for us
  const clang::FunctionDecl* through = nullptr;  // that function
  const Trace* since = nullptr;
  // What that function returned, if the lock is in an object that this leads to.
  const Value* came_with = nullptr;

  bool same_holding(const HeldLock& other) const {
    return place == other.place && balance == other.balance && shared == other.shared &&
           by_guard == other.by_guard;
  }
};

struct Fact {
  const Value* subject;
  Range range;
  const Value*
      under;  // the lock that was held when this was found out; its release ends what it protects

  bool operator==(const Fact& other) const {
    return subject == other.subject && range == other.range;
  }
};

class State {
 public:
  // Locks.
  llvm::SmallVector<HeldLock, 2> locks;
  HeldLock* find_lock(const Value* place);
  HeldLock& lock_entry(const Value* place);  // made with balance 0 when it is new
  void erase_lock(const Value* place);
  bool same_locks(const State& other) const;
  bool holds_by_hand() const;  // some lock that no guard will release

  // Locks that this path took when it did not hold them, as they were taken. Two states that differ
  // in this alone count as one.
  llvm::SmallVector<HeldLock, 2> taken;
  void note_taken(const HeldLock& lock);
  const HeldLock* find_taken(const Value* place) const;
  void doubt_taken(const Value* place);
  void forget_taken(const Value* place);

  // Memory.
  const Value* content(Values& values, const Value* place) const;
  void store(const Value* place, const Value* content);
  void forget_inside(const Value* place);  // the object at `place`, with all its parts
  llvm::ArrayRef<std::pair<const Value*, const Value*>> memory() const { return memory_; }

  // Facts. `assume` says whether the path is possible at all.
  Range range(const Value* value) const;
  bool assume(const Value* value, const Range& range);
  bool assume_truth(const Value* value, bool truth) { return assume(value, Range::truth(truth)); }
  llvm::ArrayRef<Fact> facts() const { return facts_; }

  // Values of calls and increments that have happened in this full expression.
  const Value* result(const clang::Stmt* expression) const;
  void set_result(const clang::Stmt* expression, const Value* value);
  void end_full_expression() { results_.clear(); }

  // A value that is made anew each time control passes `site`. Values that an earlier passing left
  // behind are told apart for one round and unknown after that.
  const Value* fresh(Values& values, const void* site, const Value* place, bool may_repeat);
  // `from` is called `to` from now on, everywhere.
  void rename(Values& values, llvm::function_ref<const Value*(const Value*)> change);

  // What was found out under `lock` about memory that it may protect is old from now on.
  void outdate(Values& values, const Value* lock, const void* site);

  // Forgets what nothing after the beginning of `block` can read: variables and results that are
  // dead there, and memory that no name leads to any more.
  void forget_dead(const Liveness& liveness, const clang::CFGBlock* block);

  // Takes in `other`, which holds the same locks; keeps what both agree on. False when nothing had
  // to be given up.
  bool join(Values& values, const State& other, const void* block);

  bool operator==(const State& other) const;

  const clang::Stmt* returned_at = nullptr;  // the return statement that was passed
  const Trace* trace = nullptr;

 private:
  const Fact* find_fact(const Value* subject) const;
  void set_fact(const Value* subject, const Range& range, const Value* under);
  bool assume_equal(const Value* value, bool same);
  bool assume_less(const Value* left, const Value* right, bool less);

  llvm::SmallVector<std::pair<const Value*, const Value*>, 8> memory_;
  llvm::SmallVector<Fact, 8> facts_;
  llvm::SmallVector<std::pair<const clang::Stmt*, const Value*>, 4> results_;
};

}  // namespace sluice::checker
