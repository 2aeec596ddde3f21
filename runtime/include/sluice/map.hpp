// A hash map that many goroutines may use at once.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sluice/mutex.hpp"

namespace sluice {

/// A map for many goroutines: each operation is one step, and operations on different keys rarely
/// wait for each other.
///
/// K needs a std::hash and equality, V to be copyable; compare_and_swap and compare_and_erase need
/// its equality. Keys are spread over shards, each under an RWMutex of its own.
///
/// Go: sync.Map.
template <class K, class V>
class Map {
 public:
  /// The value of `key`, if there is one. Go: Map.Load.
  std::optional<V> load(const K& key) const {
    const Shard& shard = shard_of(key);
    SharedLock lock(shard.mu);
    const auto found = shard.values.find(key);
    if (found == shard.values.end()) return std::nullopt;
    return found->second;
  }
  /// Sets the value of `key`. Go: Map.Store.
  void store(const K& key, V value) { (void)swap(key, std::move(value)); }
  /// The value that `key` has, or `value`, which it then has; true if it was there. Go:
  /// Map.LoadOrStore.
  std::pair<V, bool> load_or_store(const K& key, V value) {
    Shard& shard = shard_of(key);
    Lock lock(shard.mu);
    const auto [place, fresh] = shard.values.try_emplace(key, std::move(value));
    return {place->second, !fresh};
  }
  /// Removes `key` and returns what it had. Go: Map.LoadAndDelete.
  std::optional<V> load_and_erase(const K& key) {
    Shard& shard = shard_of(key);
    typename std::unordered_map<K, V>::node_type node;  // dies after the lock
    {
      Lock lock(shard.mu);
      node = shard.values.extract(key);
    }
    if (node.empty()) return std::nullopt;
    return std::move(node.mapped());
  }
  /// Removes `key`; true if it was there. Go: Map.Delete.
  bool erase(const K& key) { return load_and_erase(key).has_value(); }
  /// Sets the value of `key` and returns what it had. Go: Map.Swap.
  std::optional<V> swap(const K& key, V value) {
    Shard& shard = shard_of(key);
    Lock lock(shard.mu);
    const auto [place, fresh] = shard.values.try_emplace(key, std::move(value));
    if (fresh) return std::nullopt;
    return std::exchange(place->second, std::move(value));
  }
  /// Sets the value of `key` to `desired` if it is `expected`; false, and no change, if it is not
  /// or `key` is not there. Go: Map.CompareAndSwap.
  bool compare_and_swap(const K& key, const V& expected, V desired) {
    Shard& shard = shard_of(key);
    Lock lock(shard.mu);
    const auto found = shard.values.find(key);
    if (found == shard.values.end() || !(found->second == expected)) return false;
    std::swap(found->second, desired);  // the old value dies after the lock
    return true;
  }
  /// Removes `key` if its value is `expected`. Go: Map.CompareAndDelete.
  bool compare_and_erase(const K& key, const V& expected) {
    Shard& shard = shard_of(key);
    typename std::unordered_map<K, V>::node_type erased;  // dies after the lock
    Lock lock(shard.mu);
    const auto found = shard.values.find(key);
    if (found == shard.values.end() || !(found->second == expected)) return false;
    erased = shard.values.extract(found);
    return true;
  }
  /// Calls `visit(key, value)` for each entry until it returns false. Each key at most once; a key
  /// that is there from begin to end is visited; one that comes or goes meanwhile may be. `visit`
  /// may use the map. Copies the entries, a shard at a time. Go: Map.Range.
  template <class Visit>
  void range(Visit visit) const {
    for (const Shard& shard : shards_) {
      std::vector<std::pair<K, V>> entries;
      {
        SharedLock lock(shard.mu);
        entries.assign(shard.values.begin(), shard.values.end());
      }
      for (const auto& [key, value] : entries) {
        if (!visit(key, value)) return;
      }
    }
  }
  /// Removes everything. Go: Map.Clear.
  void clear() {
    for (Shard& shard : shards_) {
      std::unordered_map<K, V> cleared;  // dies after the lock: a destructor may use the map
      Lock lock(shard.mu);
      cleared.swap(shard.values);
    }
  }

 private:
  static constexpr std::size_t kShards = 16;
  struct Shard {
    mutable RWMutex mu;
    std::unordered_map<K, V> values SLUICE_GUARDED_BY(mu);
  };
  // Fibonacci hashing: std::hash of an integer is the integer, whose low bits the shard's own table
  // uses.
  static std::size_t index_of(const K& key) {
    return (std::hash<K>{}(key)*0x9e3779b97f4a7c15u) >> 60;
  }
  Shard& shard_of(const K& key) { return shards_[index_of(key)]; }
  const Shard& shard_of(const K& key) const { return shards_[index_of(key)]; }

  std::array<Shard, kShards> shards_;
};

}  // namespace sluice
