#include "debug/lock_order.hpp"

#include <time.h>

#include <algorithm>

namespace sluice::checked {
namespace {

using detail::AccessMode;

constexpr std::size_t kWitnesses = 4;         // kept of each order, and of each lock's writers
constexpr std::size_t kLongestCycle = 64;     // locks
constexpr std::size_t kSearchSteps = 20'000;  // edges: about a millisecond
constexpr std::size_t kChoiceSteps = 4'096;
constexpr std::size_t kCycles = 65'536;  // remembered; a program may make new locks for ever

// Changes every 16 ms; a fifth of what the exact clock costs.
std::uint64_t now_roughly() {
  timespec t;
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
  return (static_cast<std::uint64_t>(t.tv_sec) * 1'000'000'000 +
          static_cast<std::uint64_t>(t.tv_nsec)) >>
         24;
}

// Whoever starts to write a cycle down at another of its locks comes to the same number.
std::uint64_t number_of(std::span<const ObjectId> cycle) {
  const auto first = std::min_element(cycle.begin(), cycle.end()) - cycle.begin();
  std::uint64_t hash = cycle.size();
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    hash = mix(hash, cycle[(static_cast<std::size_t>(first) + i) % cycle.size()]);
  }
  return hash;
}

Witness sighting(ActorState& actor, AccessMode mode, ObjectTable& objects) {
  Witness witness;
  witness.who = actor.identity();
  witness.when = actor.moment();
  witness.to_mode = mode;
  for (std::uint32_t i = 0; i < actor.held.size(); ++i) {
    HeldLock& held = actor.held[i];
    const ObjectId id = held.object();
    const ObjectRecord* record = objects.find(id);
    if (record == nullptr || record->handed_over.load(std::memory_order_relaxed)) continue;
    witness.held.push_back({id, held.mode(), witness.who.uid, actor.held.serial(held)});
  }
  for (const ChannelGates::Inside& inside : actor.channels.inside()) {
    witness.held.push_back({inside.channel, AccessMode::exclusive, witness.who.uid, inside.serial,
                            objects.find(inside.channel), inside.by_sending});
  }
  witness.inherited = actor.inherited;
  return witness;
}

// Keeps the first sighting and the latest ones.
template <class List>
Witness& keep(List& seen, std::uint32_t& next_replaced, Witness witness) {
  if (seen.size() < kWitnesses) return seen.emplace_back(std::move(witness));
  Witness& replaced = seen[next_replaced];
  next_replaced = next_replaced % (kWitnesses - 1) + 1;
  replaced = std::move(witness);
  return replaced;
}

EdgeCache& cache_of(ActorState& actor) {
  EdgeCache* cache = actor.edges.load(std::memory_order_relaxed);
  if (cache == nullptr) {
    cache = new EdgeCache;
    actor.edges.store(cache, std::memory_order_release);
  }
  return *cache;
}

}  // namespace

LockOrder::Lock& LockOrder::lock_of(ObjectId object) {
  const auto [at, fresh] = locks_.try_emplace(object);
  if (fresh) {
    at->second.node = graph_.add_node();
    by_node_[at->second.node] = object;
  }
  return at->second;
}

LockOrder::Edge& LockOrder::edge_of(ObjectId from, ObjectId to) {
  const auto [at, fresh] = edges_.try_emplace(edge_key(from, to));
  if (fresh) {
    const CycleGraph::Node source = lock_of(from).node;
    const CycleGraph::Node target = lock_of(to).node;
    graph_.add_edge(source, target);
    locks_[from].next.push_back(to);
    locks_[to].previous.push_back(from);
  }
  return at->second;
}

void LockOrder::slow_request(const detail::Event& event, ActorState& actor, ObjectId object,
                             std::uint64_t key) {
  std::uint64_t shared_key =
      mix(actor.held.hash() + actor.channels.hash(),
          std::uint64_t{object} << 8 | static_cast<std::uint64_t>(event.mode));
  // One after the other: news and a tick of the clock could cancel each other out.
  shared_key = mix(mix(shared_key, news_.load(std::memory_order_relaxed)), now_roughly());
  std::atomic<std::uint64_t>& saturated = saturated_[shared_key >> 54];
  if (actor.time.slot() == kNoSlot && saturated.load(std::memory_order_relaxed) == shared_key) {
    return;
  }
  actor.time.take_slot();
  actor.time.mark();
  Stack now;
  const Witness base = sighting(actor, event.mode, books_.objects);
  std::vector<Finding> findings;
  bool enough = true;
  {
    const std::lock_guard guard(lock_);
    ObjectId previous = kNoObject;
    for (std::uint32_t i = 0; i < actor.held.size(); ++i) {
      const HeldLock& held = actor.held[i];
      const ObjectId from = held.object();
      const bool counts = std::any_of(base.held.begin(), base.held.end(),
                                      [&](const Gate& gate) { return gate.object == from; });
      if (!counts || from == object || from == previous) continue;
      previous = from;
      Edge& edge = edge_of(from, object);
      if (++edge.times == 1) {
        edge.first_seen = books_.since_start();
        edge.first_by = base.who;
      }
      Witness fresh = base;
      fresh.from_mode = held.mode();
      const auto known = std::find_if(edge.seen.begin(), edge.seen.end(),
                                      [&](const Witness& w) { return w.same_as(fresh); });
      Witness* kept = nullptr;
      if (known != edge.seen.end()) {
        known->when = fresh.when;
        ++known->count;
        kept = &*known;
      } else {
        if (now.size == 0) unwind(event, now);
        fresh.first_seen = books_.since_start();
        fresh.from_stack =
            held.stack != kNoStack ? held.stack : intern_stack(stack_at(held.site, now.frames()));
        fresh.to_stack = intern_stack(pcs_of(now.frames()));
        kept = &keep(edge.seen, edge.next_replaced, std::move(fresh));
      }
      if (graph_.may_be_on_cycle(locks_[from].node, locks_[object].node)) {
        enough = false;
        if (edge.times == 1) news_.fetch_add(1, std::memory_order_relaxed);
        search(from, object, *kept, findings);
      }
      enough = enough && edge.seen.size() == kWitnesses;
    }
    EdgeCache::Entry& entry = cache_of(actor).at(key);
    add_up(entry);
    EdgeCache::fill(entry, key, previous, object);
  }
  if (enough) saturated.store(shared_key, std::memory_order_relaxed);
  tell(findings);
}

void LockOrder::tell(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    // A sum, because the cycle may be entered anywhere.
    std::uint64_t sites = finding.cycle.size() + static_cast<std::uint64_t>(finding.obstacle);
    for (const InvertedEdge& edge : finding.cycle) {
      const auto from = stack_of(edge.seen.from_stack);
      const auto to = stack_of(edge.seen.to_stack);
      sites += mix(reinterpret_cast<std::uintptr_t>(from.empty() ? nullptr : from.front()),
                   reinterpret_cast<std::uintptr_t>(to.empty() ? nullptr : to.front()));
    }
    if (!books_.reporter.is_new(sites)) continue;
    books_.reporter.report(
        [&] { return lock_order_report(finding.cycle, finding.readers, finding.obstacle); });
  }
}

// What can happen is told once; what can't only to those who ask for it.
void LockOrder::search(ObjectId from, ObjectId to, const Witness& fresh,
                       std::vector<Finding>& findings) {
  const auto look_at = [&](std::span<const CycleGraph::Node> path) {
    std::vector<ObjectId> cycle;
    for (CycleGraph::Node node : path) cycle.push_back(by_node_[node]);
    const std::uint64_t number = number_of(cycle);
    const auto known = cycles_.find(number);
    if (known != cycles_.end() && known->second == Obstacle::none) return true;  // told already
    std::vector<const Witness*> chosen{&fresh};
    std::size_t steps = kChoiceSteps;
    Obstacle obstacle = choose(cycle, chosen, steps);
    if (obstacle == Obstacle::none && is_exempt(cycle)) obstacle = Obstacle::exempt;
    const bool is_new = count(number, obstacle);
    if (obstacle != Obstacle::none) {
      if (!is_new || !books_.options.all_orders) return true;
      chosen.resize(1);
      for (std::size_t i = 1; i < cycle.size(); ++i) {
        chosen.push_back(&edges_[edge_key(cycle[i], cycle[(i + 1) % cycle.size()])].seen.front());
      }
    }
    findings.push_back(describe(cycle, chosen));
    findings.back().obstacle = obstacle;
    return obstacle != Obstacle::none;
  };
  graph_.for_each_cycle(locks_[from].node, locks_[to].node, kLongestCycle, kSearchSteps, look_at);
}

// Completes `chosen`, one sighting for each edge of the cycle, so that all could happen at once.
// What stood in the way of the choice that came furthest, if there is none.
Obstacle LockOrder::choose(std::span<const ObjectId> cycle, std::vector<const Witness*>& chosen,
                           std::size_t& steps) {
  if (chosen.size() == cycle.size()) return readers_in(cycle, chosen);
  const std::size_t i = chosen.size();
  const Edge& edge = edges_[edge_key(cycle[i], cycle[(i + 1) % cycle.size()])];
  Obstacle furthest = Obstacle::same_goroutine;
  for (const Witness& candidate : edge.seen) {
    if (steps == 0) break;
    --steps;
    Obstacle obstacle = Obstacle::none;
    for (const Witness* other : chosen) {
      obstacle = std::min(obstacle, between(*other, candidate));
    }
    if (obstacle == Obstacle::none) {
      chosen.push_back(&candidate);
      obstacle = choose(cycle, chosen, steps);
      if (obstacle == Obstacle::none) return obstacle;
      chosen.pop_back();
    }
    furthest = std::max(furthest, obstacle);
  }
  return furthest;
}

// A reader waits for a reader only when a writer has queued up between the two, so there must be
// one that could.
Obstacle LockOrder::readers_in(std::span<const ObjectId> cycle,
                               std::span<const Witness* const> chosen) {
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    const Witness& asks = *chosen[(i + cycle.size() - 1) % cycle.size()];
    const Witness& holds = *chosen[i];
    if (asks.to_mode != AccessMode::shared || holds.from_mode != AccessMode::shared) continue;
    const std::vector<Witness>& writers = locks_[cycle[i]].writers;
    const bool possible = std::any_of(writers.begin(), writers.end(), [&](const Witness& writer) {
      for (const Witness* member : chosen) {
        if (between(writer, *member) == Obstacle::same_goroutine) return false;
        if (ordered(writer.when, member->when) || ordered(member->when, writer.when)) return false;
      }
      return true;
    });
    if (!possible) return Obstacle::only_readers;
  }
  return Obstacle::none;
}

bool LockOrder::count(std::uint64_t cycle, Obstacle obstacle) {
  if (cycles_.size() > kCycles) cycles_.clear();
  const auto [known, fresh] = cycles_.try_emplace(cycle, obstacle);
  if (!fresh) {
    if (known->second == obstacle) return false;
    if (!books_.options.all_orders) books_.reporter.taken_back_in(to_text(known->second));
    known->second = obstacle;
  }
  if (obstacle != Obstacle::none && !books_.options.all_orders) {
    books_.reporter.left_out(to_text(obstacle));
  }
  return true;
}

LockOrder::Finding LockOrder::describe(std::span<const ObjectId> cycle,
                                       std::span<const Witness* const> chosen) {
  Finding finding;
  for (std::size_t i = 0; i < cycle.size(); ++i) {
    const std::size_t next = (i + 1) % cycle.size();
    const Edge& edge = edges_[edge_key(cycle[i], cycle[next])];
    InvertedEdge inverted;
    inverted.from = books_.objects.info(cycle[i]);
    inverted.to = books_.objects.info(cycle[next]);
    inverted.seen = *chosen[i];
    const auto requested = stack_of(inverted.seen.to_stack);
    const auto taken = stack_of(inverted.seen.from_stack);
    if (!requested.empty()) inverted.to.used_at = requested.front();
    if (!taken.empty()) inverted.from.used_at = taken.front();
    inverted.times = edge.times;
    inverted.first_seen = edge.first_seen;
    inverted.first_by = edge.first_by;
    books_.actors.for_each([&](ActorState& actor) {
      EdgeCache* cache = actor.edges.load(std::memory_order_acquire);
      if (cache == nullptr) return;
      for (const EdgeCache::Entry& entry : cache->entries) {
        // The first of them went through the graph and was counted there.
        if (entry.key.load(std::memory_order_relaxed) != 0 &&
            entry.from.load(std::memory_order_relaxed) == cycle[i] &&
            entry.to.load(std::memory_order_relaxed) == cycle[next]) {
          inverted.times += entry.count.load(std::memory_order_relaxed) - 1;
        }
      }
    });
    finding.cycle.push_back(std::move(inverted));
    const std::size_t before = (i + cycle.size() - 1) % cycle.size();
    finding.readers |=
        chosen[before]->to_mode == AccessMode::shared && chosen[i]->from_mode == AccessMode::shared;
  }
  return finding;
}

void LockOrder::written(ActorState& actor, ObjectId object) {
  std::uint64_t key = mix(object, actor.time.slot() == kNoSlot ? 0 : actor.time.segment());
  key = mix(key, 0x7772697465) | 1;  // not a number that a request has
  EdgeCache::Entry& known = cache_of(actor).at(key);
  if (EdgeCache::hit(known, key)) return;
  const std::uint64_t shared_key = mix(mix(object, 0x7772697465), now_roughly());
  std::atomic<std::uint64_t>& saturated = saturated_[shared_key >> 54];
  if (actor.time.slot() == kNoSlot && saturated.load(std::memory_order_relaxed) == shared_key) {
    return;
  }
  actor.time.take_slot();
  actor.time.mark();
  Witness writer;
  writer.who = actor.identity();
  writer.when = actor.moment();
  {
    const std::lock_guard guard(lock_);
    Lock& lock = lock_of(object);
    const auto before = std::find_if(lock.writers.begin(), lock.writers.end(),
                                     [&](const Witness& w) { return w.who.uid == writer.who.uid; });
    if (before != lock.writers.end()) {
      before->when = writer.when;
    } else {
      keep(lock.writers, lock.next_replaced, std::move(writer));
      if (lock.writers.size() == kWitnesses) {
        saturated.store(shared_key, std::memory_order_relaxed);
      }
    }
  }
  EdgeCache::fill(known, key, kNoObject, object);
}

void LockOrder::exempt(const void* a, const void* b) {
  const std::lock_guard guard(lock_);
  exempt_.insert(std::minmax(a, b, std::less<>()));
}

bool LockOrder::is_exempt(std::span<const ObjectId> cycle) {
  if (cycle.size() != 2 || exempt_.empty()) return false;
  const void* a = books_.objects.info(cycle[0]).address;
  const void* b = books_.objects.info(cycle[1]).address;
  return exempt_.contains(std::minmax(a, b, std::less<>()));
}

void LockOrder::destroyed(ObjectId object) {
  const std::lock_guard guard(lock_);
  if (!exempt_.empty()) {
    const void* address = books_.objects.info(object).address;
    std::erase_if(
        exempt_, [&](const auto& pair) { return pair.first == address || pair.second == address; });
  }
  const auto found = locks_.find(object);
  if (found == locks_.end()) return;
  for (ObjectId to : found->second.next) {
    edges_.erase(edge_key(object, to));
    std::erase(locks_[to].previous, object);
  }
  for (ObjectId from : found->second.previous) {
    edges_.erase(edge_key(from, object));
    std::erase(locks_[from].next, object);
  }
  graph_.remove_node(found->second.node);
  by_node_.erase(found->second.node);
  locks_.erase(found);
}

void LockOrder::ended(ActorState& actor) {
  EdgeCache* cache = actor.edges.load(std::memory_order_relaxed);
  if (cache == nullptr) return;
  const std::lock_guard guard(lock_);
  for (const EdgeCache::Entry& entry : cache->entries) add_up(entry);
}

// The first sighting of an entry went through slow_request() and was counted there.
void LockOrder::add_up(const EdgeCache::Entry& entry) {
  if (entry.key.load(std::memory_order_relaxed) == 0) return;
  const auto edge = edges_.find(edge_key(entry.from.load(std::memory_order_relaxed),
                                         entry.to.load(std::memory_order_relaxed)));
  if (edge != edges_.end()) edge->second.times += entry.count.load(std::memory_order_relaxed) - 1;
}

std::size_t LockOrder::edges() {
  const std::lock_guard guard(lock_);
  return edges_.size();
}

}  // namespace sluice::checked
