// The end of a run or of everything, and what is asked in between about goroutines that can never
// run again.
#include "debug/hub_parts.hpp"

#include <time.h>

#include <algorithm>

namespace sluice::checked {
namespace {

using detail::WaitReason;

constexpr std::int64_t kDrain = 1'000'000'000;  // for goroutines that start as the program ends
constexpr std::int64_t kDrainStep = 1'000'000;

}  // namespace

void Hub::Parts::all_asleep() {
  const std::lock_guard guard(ending);
  Sleepers sleepers = find_sleepers(books, misuse, groups, conds);
  const std::int64_t now = books.roughly_since_start();
  books.reporter.report([&] { return asleep_report(sleepers, now); });
}

std::vector<Snapshot> Hub::Parts::alive(bool with_stacks) {
  std::vector<Snapshot> alive;
  books.actors.for_each([&](ActorState& actor) {
    Snapshot taken = snapshot(books, actor, with_stacks);
    if (taken.who.uid == 0 || taken.who.id == 0) return;  // ended, or a thread of the program's
    // One that has been readied will go on, though it has not come to say so.
    taken.parked = taken.parked && !taken.readied;
    alive.push_back(std::move(taken));
  });
  return alive;
}

// Goroutines that were about to end, or to be told of in a better way than as leaked, get the time
// for it.
void Hub::Parts::run_ended() {
  std::vector<Snapshot> left;
  const std::int64_t until = base::now() + kDrain;
  while (true) {
    left = alive(false);
    const bool moving =
        std::any_of(left.begin(), left.end(), [](const Snapshot& s) { return !s.parked; });
    if (!moving || base::now() > until) break;
    const timespec step{0, kDrainStep};
    ::nanosleep(&step, nullptr);
  }
  groups.run_ended();
  if (left.empty() || !checks) return;
  left = alive(true);
  if (left.empty()) return;
  const std::lock_guard guard(ending);
  const std::int64_t now = books.roughly_since_start();
  books.reporter.report([&] { return leak_report(left, now); });
}

std::size_t Hub::check_leaks() {
  // Those that can never run again because of who holds what, and those that wait for nothing at
  // all.
  Parts& parts = *parts_;
  std::vector<Snapshot> dead;
  parts.books.actors.for_each([&](ActorState& actor) {
    if (actor.uid.load(std::memory_order_relaxed) == 0 || !actor.parked()) return;
    Snapshot taken = snapshot(parts.books, actor);
    const WaitReason reason = taken.wait.reason;
    const bool for_ever = reason == WaitReason::chan_receive_nil ||
                          reason == WaitReason::chan_send_nil ||
                          reason == WaitReason::select_no_cases;
    const ObjectId lock = actor.blocked_on.load(std::memory_order_relaxed);
    const bool owner_gone = lock != kNoObject && parts.misuse.ended_holder(lock).has_value();
    if (for_ever || owner_gone || !parts.wait_for.circle_of(actor).empty()) {
      dead.push_back(std::move(taken));
    }
  });
  if (dead.empty()) return 0;
  const std::size_t count = dead.size();
  std::uint64_t set = 0;
  for (const Snapshot& goroutine : dead) set += mix(goroutine.who.uid, count);
  if (!parts.books.reporter.is_new(set)) return count;  // asked before
  const std::int64_t now = parts.books.roughly_since_start();
  parts.books.reporter.report([&] { return blocked_report(dead, now); });
  return count;
}

}  // namespace sluice::checked
