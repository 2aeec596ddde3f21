// Who waits for whom among goroutines that all sleep, and what that comes from. Works on snapshots:
// nothing moves any more.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "debug/cond_misuse.hpp"
#include "debug/lock_misuse.hpp"
#include "debug/snapshot.hpp"
#include "debug/wait_groups.hpp"

namespace sluice::checked {

struct Sleeper {
  Snapshot goroutine;
  // Other sleepers, by index, one of which (all of which, for a WaitGroup and for readers) must act
  // for it to go on.
  std::vector<std::size_t> needs;
  bool printed = false;
};

// Everything that the report on sleeping goroutines is written from.
struct Sleepers {
  std::vector<Sleeper> all;               // main first, then by id
  std::map<ObjectId, GroupState> groups;  // WaitGroups that somebody waits for
  std::map<ObjectId, EndedHolder> ended;  // locks that somebody waits for and nobody can free
  std::map<ObjectId, Unheard> unheard;    // notifications that came before anybody waited
  std::map<ObjectId, std::vector<std::size_t>> holders;  // of locks that somebody waits for
  std::vector<std::vector<std::size_t>> circles;         // of `needs`, shortest first
};

Sleepers find_sleepers(Books& books, LockMisuse& locks, WaitGroups& groups, CondMisuse& conds);

// How many wait whom only a thread could wake that the runtime did not start, and that nothing was
// said of before. 0: somebody may go on by other means, or such a thread is known to be at work.
std::size_t count_likely_asleep(Books& books, const Sleepers& sleepers);

// SL302: so many of them wait.
Report likely_asleep_report(Sleepers& sleepers, std::size_t waiting, std::int64_t now);

// SL301.
Report asleep_report(Sleepers& sleepers, std::int64_t now);

// SL401, goroutines that outlive main. `now` is the time since the start.
Report leak_report(const std::vector<Snapshot>& alive, std::int64_t now);

}  // namespace sluice::checked
