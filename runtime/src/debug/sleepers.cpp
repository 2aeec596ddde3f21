#include "debug/sleepers.hpp"

#include <algorithm>
#include <mutex>
#include <set>

namespace sluice::checked {
namespace {

using detail::WaitReason;

bool waits_for_lock(const Wait& wait) {
  return wait.reason == WaitReason::mutex_lock || wait.reason == WaitReason::rw_mutex_lock ||
         wait.reason == WaitReason::rw_mutex_lock_shared || wait.reason == WaitReason::once_call;
}

std::vector<Snapshot> snapshots(Books& books) {
  std::vector<ActorState*> actors;
  if (books.view.for_each_actor == nullptr) return {};
  books.view.for_each_actor(
      [](detail::Actor& actor, void* into) {
        if (actor.observer_state == nullptr) return;
        static_cast<std::vector<ActorState*>*>(into)->push_back(
            static_cast<ActorState*>(actor.observer_state));
      },
      &actors);
  std::vector<Snapshot> all;
  for (ActorState* actor : actors) {
    all.push_back(snapshot(books, *actor));
    all.back().held = held_by(books, *actor);
  }
  std::sort(all.begin(), all.end(),
            [](const Snapshot& a, const Snapshot& b) { return a.who.id < b.who.id; });
  return all;
}

// Circles of `needs`, each told from its smallest member, by a walk from every sleeper.
void find_circles(Sleepers& sleepers) {
  const std::size_t n = sleepers.all.size();
  std::vector<std::uint8_t> state(n, 0);  // 1: on the path, 2: done with
  for (std::size_t start = 0; start < n; ++start) {
    std::vector<std::size_t> path, next;
    if (state[start] != 0) continue;
    path.push_back(start);
    next.push_back(0);
    state[start] = 1;
    while (!path.empty()) {
      const std::vector<std::size_t>& needs = sleepers.all[path.back()].needs;
      if (next.back() == needs.size()) {
        state[path.back()] = 2;
        path.pop_back();
        next.pop_back();
        continue;
      }
      const std::size_t to = needs[next.back()++];
      if (state[to] == 1) {
        const auto from = std::find(path.begin(), path.end(), to);
        sleepers.circles.emplace_back(from, path.end());
      } else if (state[to] == 0) {
        state[to] = 1;
        path.push_back(to);
        next.push_back(0);
      }
    }
  }
  std::sort(sleepers.circles.begin(), sleepers.circles.end(), [](const auto& a, const auto& b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
}

void find_holders(Sleepers& sleepers, LockMisuse& locks) {
  for (const Sleeper& sleeper : sleepers.all) {
    if (!waits_for_lock(sleeper.goroutine.wait) || sleeper.goroutine.wait.targets.empty()) continue;
    const ObjectId lock = sleeper.goroutine.wait.targets[0].object;
    if (lock == kNoObject || sleepers.holders.contains(lock)) continue;
    std::vector<std::size_t>& holders = sleepers.holders[lock];
    for (std::size_t i = 0; i < sleepers.all.size(); ++i) {
      for (const HeldInfo& held : sleepers.all[i].goroutine.held) {
        if (held.object.id != lock) continue;
        holders.push_back(i);
        break;
      }
    }
    if (!holders.empty()) continue;
    if (std::optional<EndedHolder> ended = locks.ended_holder(lock)) {
      sleepers.ended.emplace(lock, std::move(*ended));
    }
  }
}

// A reader may also wait behind a writer, which waits for readers: it needs those then.
void find_needs_of_lock(Sleepers& sleepers, Sleeper& sleeper) {
  const ObjectId lock = sleeper.goroutine.wait.targets[0].object;
  const auto holders = sleepers.holders.find(lock);
  if (holders != sleepers.holders.end()) sleeper.needs = holders->second;
}

}  // namespace

Sleepers find_sleepers(Books& books, LockMisuse& locks, WaitGroups& groups, CondMisuse& conds) {
  Sleepers sleepers;
  for (Snapshot& taken : snapshots(books)) sleepers.all.push_back({std::move(taken), {}, false});
  find_holders(sleepers, locks);

  std::map<std::uint64_t, std::size_t> by_uid;
  std::map<ObjectId, std::vector<const Snapshot*>> waiters;
  for (std::size_t i = 0; i < sleepers.all.size(); ++i) {
    const Snapshot& goroutine = sleepers.all[i].goroutine;
    by_uid[goroutine.who.uid] = i;
    if (goroutine.wait.reason == WaitReason::wait_group_wait && !goroutine.wait.targets.empty()) {
      waiters[goroutine.wait.targets[0].object].push_back(&goroutine);
    }
    if (goroutine.wait.reason == WaitReason::cond_wait && !goroutine.wait.targets.empty()) {
      const ObjectId cond = goroutine.wait.targets[0].object;
      // Times of waits are some milliseconds old.
      std::optional<Unheard> before = conds.unheard(cond, goroutine.wait.since + 10'000'000);
      if (before.has_value()) sleepers.unheard.emplace(cond, std::move(*before));
    }
  }
  for (const auto& [id, who] : waiters) {
    if (id != kNoObject) sleepers.groups.emplace(id, groups.state_of(id, who));
  }
  for (Sleeper& sleeper : sleepers.all) {
    const Wait& wait = sleeper.goroutine.wait;
    if (wait.targets.empty()) continue;
    if (waits_for_lock(wait)) find_needs_of_lock(sleepers, sleeper);
    const auto group = sleepers.groups.find(wait.targets[0].object);
    if (wait.reason != WaitReason::wait_group_wait || group == sleepers.groups.end()) continue;
    for (const std::uint64_t uid : group->second.carriers) {
      if (const auto at = by_uid.find(uid); at != by_uid.end()) {
        sleeper.needs.push_back(at->second);
      }
    }
    std::sort(sleeper.needs.begin(), sleeper.needs.end());
  }
  find_circles(sleepers);
  return sleepers;
}

// A thread that has last used what somebody waits for, and does not wait itself, will use it again.
std::size_t count_likely_asleep(Books& books, const Sleepers& sleepers) {
  std::set<ObjectId> in_use;
  books.actors.for_each([&](ActorState& actor) {
    const std::lock_guard guard(actor.wait_lock);
    const bool thread = actor.uid.load(std::memory_order_acquire) != 0 && actor.id == 0;
    if (thread && !actor.parked()) in_use.insert(actor.held.trail().last.object);
  });
  in_use.erase(kNoObject);
  std::size_t count = 0;
  for (const Sleeper& sleeper : sleepers.all) {
    const Snapshot& goroutine = sleeper.goroutine;
    if (goroutine.who.uid == 0 || goroutine.daemon) continue;
    const WaitReason reason = goroutine.wait.reason;
    if (!goroutine.parked || goroutine.readied || goroutine.wait.timed ||
        reason == WaitReason::sleep || reason == WaitReason::io_wait) {
      return 0;
    }
    for (const Wait::Target& target : goroutine.wait.targets) {
      if (target.object == kNoObject) continue;
      if (in_use.contains(target.object) || books.objects.external(target.object)) return 0;
    }
    count += goroutine.doomed ? 0 : 1;
  }
  return count;
}

}  // namespace sluice::checked
