// Finds locks that are taken in one order here and in another there: a deadlock that has not
// happened yet. Told of each request for a lock by a goroutine that holds others; says SL101 or,
// when only readers are in the way, SL102.
#pragma once

#include <array>
#include <atomic>
#include <mutex>
#include <set>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/thread_mutex.hpp"
#include "debug/books.hpp"
#include "debug/cycle_graph.hpp"
#include "debug/edge_cache.hpp"
#include "debug/lock_witness.hpp"

namespace sluice::checked {

// What a report is written from: one of the cycle's edges.
struct InvertedEdge {
  ObjectInfo from, to;
  Witness seen;
  std::uint64_t times = 1;  // that this order was seen, by whomever
  std::int64_t first_seen = 0;
  Identity first_by;
};

class LockOrder {
 public:
  explicit LockOrder(Books& books) : books_(books) {}

  // `actor` is about to try for `object`, and waits when it is taken. It holds at least one other
  // lock.
  void requested(const detail::Event& event, ActorState& actor, ObjectId object) {
    const std::uint64_t key = key_of(actor, object, event.mode);
    EdgeCache* known = actor.edges.load(std::memory_order_relaxed);
    if (known != nullptr && EdgeCache::hit(known->at(key), key)) return;
    slow_request(event, actor, object, key);
  }

  // Where it is counted, now once more, that `actor` has asked for `object` before while it held
  // the same locks, which have the hash `held`. Null: it has not, or that is forgotten.
  static detail::OrderSeen* known(std::uint64_t held, ActorState& actor, ObjectId object,
                                  detail::AccessMode mode) {
    EdgeCache* cache = actor.edges.load(std::memory_order_relaxed);
    if (cache == nullptr) return nullptr;
    const std::uint64_t key = key_of(held, actor, object, mode);
    EdgeCache::Entry& entry = cache->at(key);
    return EdgeCache::hit(entry, key) ? &entry : nullptr;
  }

  // `actor` has got an RWMutex for writing: readers of it can be made to wait.
  void written(ActorState& actor, ObjectId object);

  void destroyed(ObjectId object);

  // Both orders of the locks at these addresses are fine: the user says so.
  void exempt(const void* a, const void* b);

  // `actor` has ended: what it counted by itself is added up.
  void ended(ActorState& actor);

  // How many different orders are known.
  std::size_t edges();

 private:
  struct Edge {
    std::vector<Witness> seen;
    std::uint32_t next_replaced = 1;
    std::uint64_t times = 0;
    std::int64_t first_seen = 0;
    Identity first_by;
  };
  struct Lock {
    CycleGraph::Node node = 0;
    std::vector<Witness> writers;  // who has write-locked it; only `who` and `when` are set
    std::uint32_t next_replaced = 1;
    std::vector<ObjectId> next, previous;
  };
  struct Finding {
    std::vector<InvertedEdge> cycle;  // the first is the new one
    bool readers = false;
    Obstacle obstacle = Obstacle::none;  // else it can't become a deadlock, and is a note
  };

  static std::uint64_t key_of(ActorState& actor, ObjectId object, detail::AccessMode mode) {
    return key_of(actor.held.hash(), actor, object, mode);
  }
  static std::uint64_t key_of(std::uint64_t held, const ActorState& actor, ObjectId object,
                              detail::AccessMode mode) {
    // A new segment may be able to run beside what the old one could not.
    const std::uint64_t segment = actor.time.slot() == kNoSlot ? 0 : actor.time.segment();
    std::uint64_t key =
        (held + actor.channels.hash()) ^ (std::uint64_t{object} << 8 | std::uint64_t(mode));
    key = (key + segment) * 0xff51afd7ed558ccdu;
    return (key ^ key >> 29) * 0x9e3779b97f4a7c15u | 1;
  }
  static std::uint64_t edge_key(ObjectId from, ObjectId to) {
    return std::uint64_t{from} << 32 | to;
  }

  void slow_request(const detail::Event& event, ActorState& actor, ObjectId object,
                    std::uint64_t key);
  Lock& lock_of(ObjectId object);
  Edge& edge_of(ObjectId from, ObjectId to);
  void search(ObjectId from, ObjectId to, const Witness& fresh, std::vector<Finding>& findings);
  void tell(const std::vector<Finding>& findings);
  Obstacle choose(std::span<const ObjectId> cycle, std::vector<const Witness*>& chosen,
                  std::size_t& steps);
  bool is_exempt(std::span<const ObjectId> cycle);
  Obstacle readers_in(std::span<const ObjectId> cycle, std::span<const Witness* const> chosen);
  void add_up(const EdgeCache::Entry& entry);
  // False: known already.
  bool count(std::uint64_t cycle, Obstacle obstacle);
  Finding describe(std::span<const ObjectId> cycle, std::span<const Witness* const> chosen);

  Books& books_;
  // Orders known from enough goroutines that are in no cycle: one more sighting now and then is
  // enough. Indexed by hash; a key carries a time, so that it counts for some milliseconds only.
  std::array<std::atomic<std::uint64_t>, 1024> saturated_{};

  // Raised when a new order may close a cycle: what was enough before is looked at again.
  std::atomic<std::uint64_t> news_{0};

  base::ThreadMutex lock_;  // guards what follows
  CycleGraph graph_;
  std::unordered_map<ObjectId, Lock> locks_;
  std::unordered_map<CycleGraph::Node, ObjectId> by_node_;
  std::unordered_map<std::uint64_t, Edge> edges_;
  std::unordered_map<std::uint64_t, Obstacle>
      cycles_;  // what is known of each cycle, by its set of locks
  // Pairs of addresses, the lower one first. Those of a lock go with it.
  std::set<std::pair<const void*, const void*>> exempt_;
};

// With an obstacle, of which it is known that it keeps the goroutines apart, only a note.
Report lock_order_report(const std::vector<InvertedEdge>& cycle, bool readers,
                         Obstacle obstacle = Obstacle::none);

}  // namespace sluice::checked
