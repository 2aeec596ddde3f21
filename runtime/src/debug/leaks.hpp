// When to look for goroutines that are blocked for ever, and what becomes of those that are found
// (SL202): each is told once, and one that runs again afterwards takes the report back.
#pragma once

#include <mutex>
#include <vector>

#include "base/thread_mutex.hpp"
#include "debug/leak_scan.hpp"
#include "debug/wait_for_sweep.hpp"

namespace sluice::checked {

class Leaks {
 public:
  Leaks(Books& books, LockMisuse& locks, WaitGroups& groups)
      : books_(books), locks_(locks), groups_(groups), sweep_(books) {}

  // A block of the heap that holds books of this library, at which the search ends.
  void add_own(const void* block) { own_.push_back(block); }

  // Looks, tells of those that were not told of before, and returns how many there are in all. The
  // calling thread waits meanwhile, and what its stack refers to counts as reachable.
  std::size_t check(bool after_main = false);

  // Nobody has run for a while, or a while has passed: looks if something has changed since, and if
  // the last look was not too dear to be repeated so soon.
  void quiet();

  // Of waits for locks alone, which takes next to no time: tells of those that wait behind others
  // that wait for each other, if there are any that nobody was told of.
  void sweep();

 private:
  LeakVerdict look(bool memory = true);
  std::size_t tell(const LeakVerdict& verdict, bool after_main);
  std::uint64_t state_of_all();

  Books& books_;
  LockMisuse& locks_;
  WaitGroups& groups_;
  WaitForSweep sweep_;
  std::vector<const void*> own_;
  base::ThreadMutex one_at_a_time_;
  std::uint64_t seen_ = 0;  // what state_of_all was at the last look
  std::int64_t next_ = 0;   // not before this time
  std::int64_t pause_ = 0;  // the last one, between two looks
  bool told_blind_ = false;
};

}  // namespace sluice::checked
