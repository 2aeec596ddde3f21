// SL109: two kinds of locks that are taken in one order here and in the other there, on whatever
// locks of the kind. A kind is the place where its locks are made. Only for those who ask: it tells
// of habits, not of deadlocks.
#pragma once

#include <mutex>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/thread_mutex.hpp"
#include "debug/lock_order.hpp"

namespace sluice::checked {

class ClassOrder {
 public:
  explicit ClassOrder(Books& books) : books_(books) {}

  // `actor` is about to try for `object`, and holds at least one other lock.
  void requested(const detail::Event& event, ActorState& actor, ObjectId object);
  void destroyed(ObjectId object);

 private:
  using Class = std::uint64_t;
  // A goroutine asked for a lock of one kind while it held one of another, or of the same.
  struct Sighting {
    Witness seen;
    ObjectInfo from, to;
  };
  struct Edge {
    std::vector<Sighting> seen;
    std::uint32_t next_replaced = 0;
  };
  using Chosen = std::vector<const Sighting*>;

  Class class_of(ObjectId object);
  Sighting& keep(Edge& edge, Sighting sighting);
  bool complete(std::span<const Class> cycle, Chosen& chosen, std::size_t& steps);
  bool search(std::vector<Class>& path, Chosen& chosen, std::size_t& steps);
  bool both_ways(const Sighting& fresh, const Edge& edge, Chosen& chosen);
  static std::vector<InvertedEdge> described(const Chosen& chosen);
  void tell(const std::vector<InvertedEdge>& cycle);

  Books& books_;
  base::ThreadMutex lock_;  // guards what follows
  std::unordered_map<ObjectId, Class> classes_;
  std::unordered_map<Class, std::unordered_map<Class, Edge>> edges_;  // by what is held, and wanted
  std::unordered_set<std::uint64_t> known_;                           // sightings that add nothing
};

}  // namespace sluice::checked
