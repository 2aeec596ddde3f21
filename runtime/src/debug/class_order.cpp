#include "debug/class_order.hpp"

#include <algorithm>

namespace sluice::checked {
namespace {

using detail::AccessMode;

constexpr std::size_t kWitnesses = 8;
constexpr std::size_t kLongestCycle = 8;
constexpr std::size_t kSteps = 20'000;
constexpr std::size_t kKnown = 65'536;

// Readers of one kind of lock don't keep each other out.
bool excludes(const Witness& asks, const Witness& holds) {
  return asks.to_mode != AccessMode::shared || holds.from_mode != AccessMode::shared;
}

}  // namespace

// Locks that are initialised at compile time have no place where they were made: each is a kind of
// its own.
ClassOrder::Class ClassOrder::class_of(ObjectId object) {
  const auto [at, fresh] = classes_.try_emplace(object);
  if (fresh) {
    const auto made = stack_of(books_.objects.info(object).created);
    at->second =
        made.empty() ? object : reinterpret_cast<std::uintptr_t>(made.front()) | 1ull << 63;
  }
  return at->second;
}

ClassOrder::Sighting& ClassOrder::keep(Edge& edge, Sighting sighting) {
  for (Sighting& known : edge.seen) {
    if (known.from.id != sighting.from.id || known.to.id != sighting.to.id) continue;
    if (!known.seen.same_as(sighting.seen)) continue;
    known.seen.when = sighting.seen.when;
    return known;
  }
  if (edge.seen.size() < kWitnesses) return edge.seen.emplace_back(std::move(sighting));
  Sighting& replaced = edge.seen[edge.next_replaced++ % kWitnesses];
  replaced = std::move(sighting);
  return replaced;
}

void ClassOrder::requested(const detail::Event& event, ActorState& actor, ObjectId object) {
  const Identity who = actor.identity();
  std::uint64_t number = mix(mix(who.uid, actor.held.hash()), object);
  number = mix(mix(number, actor.time.segment()), static_cast<std::uint64_t>(event.mode));
  Stack now;
  std::vector<std::vector<InvertedEdge>> found;
  std::unique_lock guard(lock_);
  if (known_.size() > kKnown) known_.clear();
  if (!known_.insert(number).second) return;
  unwind(event, now);
  Sighting base;
  base.seen.who = who;
  base.seen.when = actor.moment();
  base.seen.to_mode = event.mode;
  base.seen.inherited = actor.inherited;
  base.seen.to_stack = intern_stack(pcs_of(now.frames()));
  base.seen.first_seen = books_.since_start();
  base.to = books_.objects.info(object);
  for (std::uint32_t i = 0; i < actor.held.size(); ++i) {
    HeldLock& held = actor.held[i];
    base.seen.held.push_back({held.object(), held.mode(), who.uid, actor.held.serial(held)});
  }
  const Class to = class_of(object);
  for (std::uint32_t i = 0; i < actor.held.size(); ++i) {
    const HeldLock& held = actor.held[i];
    const ObjectId id = held.object();
    const ObjectRecord* record = books_.objects.find(id);
    if (id == object || record == nullptr || record->handed_over.load(std::memory_order_relaxed)) {
      continue;
    }
    Sighting fresh = base;
    fresh.from = books_.objects.info(id);
    fresh.seen.from_mode = held.mode();
    fresh.seen.from_stack = intern_stack(stack_at(held.site, now.frames()));
    const Class from = class_of(id);
    Edge& edge = edges_[from][to];
    const Sighting& kept = keep(edge, std::move(fresh));
    Chosen chosen{&kept};
    std::vector<Class> path{from, to};
    std::size_t steps = kSteps;
    if (from == to ? both_ways(kept, edge, chosen) : search(path, chosen, steps)) {
      found.push_back(described(chosen));
    }
  }
  guard.unlock();
  for (const std::vector<InvertedEdge>& cycle : found) tell(cycle);
}

// Several locks of one kind are taken in the order of their addresses, or of their ranks, or else
// any two of them may be taken in either order.
bool ClassOrder::both_ways(const Sighting& fresh, const Edge& edge, Chosen& chosen) {
  const auto ranked = [&](const Sighting& s) {
    const ObjectRecord* record = books_.objects.find(s.to.id);
    return record != nullptr && record->rank.load(std::memory_order_relaxed) != kNoRank;
  };
  if (ranked(fresh)) return false;
  for (const Sighting& other : edge.seen) {
    const bool same_way =
        (other.from.address < other.to.address) == (fresh.from.address < fresh.to.address);
    const bool same_locks = other.from.id == fresh.to.id && other.to.id == fresh.from.id;
    if (same_way || same_locks || between(fresh.seen, other.seen) != Obstacle::none) continue;
    if (!excludes(fresh.seen, other.seen) || !excludes(other.seen, fresh.seen)) continue;
    chosen.push_back(&other);
    return true;
  }
  return false;
}

// `path` leads from the class that is held to the end of the search so far; a cycle comes back to
// its start.
bool ClassOrder::search(std::vector<Class>& path, Chosen& chosen, std::size_t& steps) {
  const auto next = edges_.find(path.back());
  if (next == edges_.end() || path.size() > kLongestCycle) return false;
  for (const auto& [to, edge] : next->second) {
    if (steps == 0) return false;
    --steps;
    if (to == path.front()) {
      path.push_back(to);
      if (complete(path, chosen, steps)) return true;
      path.pop_back();
      continue;
    }
    if (std::find(path.begin(), path.end(), to) != path.end()) continue;
    path.push_back(to);
    if (search(path, chosen, steps)) return true;
    path.pop_back();
  }
  return false;
}

// One sighting for each edge of the path, so that all could happen at once. A cycle of locks, not
// only of kinds, is told in another way.
bool ClassOrder::complete(std::span<const Class> path, Chosen& chosen, std::size_t& steps) {
  if (chosen.size() + 1 == path.size()) {
    bool same_locks = true;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      const Sighting& next = *chosen[(i + 1) % chosen.size()];
      same_locks = same_locks && chosen[i]->to.id == next.from.id;
      if (!excludes(chosen[i]->seen, next.seen)) return false;
    }
    return !same_locks;
  }
  for (const Sighting& candidate : edges_[path[chosen.size()]][path[chosen.size() + 1]].seen) {
    if (steps == 0) return false;
    --steps;
    const bool possible = std::all_of(chosen.begin(), chosen.end(), [&](const Sighting* other) {
      return between(other->seen, candidate.seen) == Obstacle::none;
    });
    if (!possible) continue;
    chosen.push_back(&candidate);
    if (complete(path, chosen, steps)) return true;
    chosen.pop_back();
  }
  return false;
}

std::vector<InvertedEdge> ClassOrder::described(const Chosen& chosen) {
  std::vector<InvertedEdge> cycle;
  for (const Sighting* each : chosen) {
    InvertedEdge& edge = cycle.emplace_back();
    edge.from = each->from;
    edge.to = each->to;
    edge.seen = each->seen;
    edge.first_seen = each->seen.first_seen;
    edge.first_by = each->seen.who;
  }
  return cycle;
}

void ClassOrder::tell(const std::vector<InvertedEdge>& cycle) {
  std::uint64_t sites = 109;
  for (const InvertedEdge& edge : cycle) {
    const auto from = stack_of(edge.seen.from_stack);
    const auto to = stack_of(edge.seen.to_stack);
    sites += mix(reinterpret_cast<std::uintptr_t>(from.empty() ? nullptr : from.front()),
                 reinterpret_cast<std::uintptr_t>(to.empty() ? nullptr : to.front()));
  }
  if (!books_.reporter.is_new(sites)) return;
  books_.reporter.report([&] {
    Report report = lock_order_report(cycle, false);
    report.code = "SL109";
    report.severity = Severity::note;
    report.certainty = "pattern";
    report.why = "other locks of the same kinds, made at the same places, may meet in these orders";
    return report;
  });
}

void ClassOrder::destroyed(ObjectId object) {
  const std::lock_guard guard(lock_);
  classes_.erase(object);
}

}  // namespace sluice::checked
