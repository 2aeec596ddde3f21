// SL202 in words: goroutines that can never run again, who of them waits for whom, and what that
// comes from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "debug/leak_scan.hpp"
#include "debug/lock_misuse.hpp"
#include "debug/snapshot.hpp"
#include "debug/wait_groups.hpp"

namespace sluice::checked {

// One of them, with the others that it depends on, by index.
struct BlockedMember {
  Snapshot goroutine;
  std::vector<std::size_t> holders;       // of the lock that it waits for
  std::vector<std::size_t> partners;      // who else refers to the object that it waits for
  std::optional<EndedHolder> ended;       // held that lock, and is gone
  std::optional<WaitGroupLedger> ledger;  // of the WaitGroup that it waits for
  std::size_t others = 0;                 // like it, and left out
};

struct Blocked {
  std::vector<BlockedMember> members;
  std::size_t count = 0;  // in all
  bool looked = false;    // in memory
  bool related = false;   // who refers to what is known
  bool after_main = false;
  std::int64_t stopped = 0;  // nanoseconds
};

// Copies from the books what the report needs. Of many that are alike a few are taken.
Blocked describe_blocked(Books& books, LockMisuse& locks, WaitGroups& groups,
                         const std::vector<DeadGoroutine>& dead, const LeakVerdict& verdict);

// `now` is the time since the start.
Report blocked_report(const Blocked& blocked, std::int64_t now);

}  // namespace sluice::checked
