// The end of a run or of everything, and what is asked in between about goroutines that can never
// run again.
#include "debug/hub_parts.hpp"

#include <algorithm>

namespace sluice::checked {
namespace {

constexpr std::int64_t kDrain = 1'000'000'000;  // for goroutines that start as the program ends
constexpr std::int64_t kDrainStep = 1'000'000;
constexpr std::int64_t kLikely = 1'000'000'000;  // so long all sleep before it is said to be likely

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
    if (actor.daemon.load(std::memory_order_relaxed)) return;
    // One that has been readied will go on, though it has not come to say so.
    taken.parked = taken.parked && !taken.readied && !actor.looking.load(std::memory_order_acquire);
    alive.push_back(std::move(taken));
  });
  return alive;
}

bool Hub::Parts::any_looking() {
  bool any = false;
  books.actors.for_each([&](ActorState& actor) {
    any = any || (actor.looking.load(std::memory_order_acquire) && actor.uid != 0);
  });
  return any;
}

// Goroutines that were about to end, or to be told of in a better way than as leaked, get the time
// for it; who writes a report, as much as it takes. False: none is left.
bool Hub::Parts::drain() {
  const std::int64_t until = base::now() + kDrain;
  while (true) {
    const std::vector<Snapshot> left = alive(false);
    const bool moving =
        std::any_of(left.begin(), left.end(), [](const Snapshot& s) { return !s.parked; });
    if (!moving || (base::now() > until && !any_looking())) return !left.empty();
    base::sleep_for(kDrainStep);
  }
}

void Hub::Parts::run_ended() {
  const bool any = drain();
  groups.run_ended();
  if (!any) return misuse.run_ended();
  if (checks) leaks.check(true);
  again.run_ended();
  if (!checks) return;
  std::vector<Snapshot> left = alive(true);
  std::erase_if(left, [](const Snapshot& each) { return each.told; });
  if (left.empty()) return;
  const std::lock_guard guard(ending);
  const std::int64_t now = books.roughly_since_start();
  books.reporter.report([&] { return leak_report(left, now); });
}

void Hub::Parts::quiet(std::int64_t for_how_long) {
  groups.quiet();
  again.quiet();
  leaks.sweep();
  if (checks) leaks.quiet();
  if (for_how_long >= kLikely) likely_asleep();
}

// Nobody runs, and no timer is set: a thread that the runtime did not start would have to wake
// somebody. What nobody at all can wake has been told by now.
void Hub::Parts::likely_asleep() {
  const std::lock_guard guard(ending);
  if (told_likely) return;
  Sleepers sleepers = find_sleepers(books, misuse, groups, conds);
  const std::size_t waiting = count_likely_asleep(books, sleepers);
  if (waiting == 0) return;
  told_likely = true;
  const std::int64_t now = books.roughly_since_start();
  books.reporter.report([&] { return likely_asleep_report(sleepers, waiting, now); });
}

void Hub::daemon(detail::Actor& goroutine) {
  ActorState& actor = parts_->books.actors.of(goroutine);
  actor.used = true;
  actor.daemon.store(true, std::memory_order_relaxed);
}

void Hub::external_waker(const void* object) { parts_->books.objects.set_external(object); }

std::size_t Hub::check_leaks() { return parts_->leaks.check(); }

}  // namespace sluice::checked
