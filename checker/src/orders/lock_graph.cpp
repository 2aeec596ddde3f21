#include "sluice-checker/lock_graph.hpp"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <set>

namespace sluice::checker {
namespace {

// Longer ones are hardly ever what a person can follow, and there may be many.
constexpr std::size_t kLongest = 6;
constexpr std::size_t kMost = 200;

class Search {
 public:
  explicit Search(const std::vector<LockOrder>& orders) : orders_(orders) {
    for (std::size_t i = 0; i < orders.size(); ++i) {
      if (orders[i].first != orders[i].second) from_[orders[i].first].push_back(i);
    }
  }

  std::vector<std::vector<std::size_t>> run() {
    // By length, so that a cycle of two is told before a longer one that goes through the same
    // locks.
    for (std::size_t i = 0; i < orders_.size(); ++i) {
      if (orders_[i].first == orders_[i].second) continue;
      close(i);
    }
    std::stable_sort(cycles_.begin(), cycles_.end(),
                     [](const auto& a, const auto& b) { return a.size() < b.size(); });
    return std::move(cycles_);
  }

 private:
  // The shortest way back from the end of `start` to its beginning.
  void close(std::size_t start) {
    const std::string& goal = orders_[start].first;
    std::map<std::string, std::size_t> came_by;  // lock -> order that led there
    std::deque<std::pair<std::string, std::size_t>> open{{orders_[start].second, 1}};
    came_by[orders_[start].second] = start;
    while (!open.empty() && cycles_.size() < kMost) {
      const auto [lock, length] = open.front();
      open.pop_front();
      if (length >= kLongest) continue;
      const auto next = from_.find(lock);
      if (next == from_.end()) continue;
      for (const std::size_t order : next->second) {
        if (orders_[order].second == goal) {
          add(start, order, came_by);
          continue;
        }
        if (came_by.try_emplace(orders_[order].second, order).second) {
          open.push_back({orders_[order].second, length + 1});
        }
      }
    }
  }

  void add(std::size_t start, std::size_t last, const std::map<std::string, std::size_t>& came_by) {
    std::vector<std::size_t> cycle;
    for (std::size_t at = last; at != start; at = came_by.at(orders_[at].first))
      cycle.push_back(at);
    cycle.push_back(start);
    std::reverse(cycle.begin(), cycle.end());
    // The same one is found from each of its orders, and by other orders of the same locks.
    std::set<std::string> locks;
    for (const std::size_t order : cycle) locks.insert(orders_[order].first);
    if (seen_.contains(locks) || has_gate(cycle)) return;
    const bool reads = std::all_of(cycle.begin(), cycle.end(),
                                   [this](std::size_t order) { return orders_[order].shared; });
    if (reads) return;
    seen_.insert(std::move(locks));
    std::rotate(cycle.begin(), std::min_element(cycle.begin(), cycle.end()), cycle.end());
    cycles_.push_back(std::move(cycle));
  }

  bool has_gate(const std::vector<std::size_t>& cycle) const {
    std::vector<std::string> common = orders_[cycle.front()].gates;
    for (const std::size_t order : cycle) {
      std::vector<std::string> both;
      std::set_intersection(common.begin(), common.end(), orders_[order].gates.begin(),
                            orders_[order].gates.end(), std::back_inserter(both));
      common = std::move(both);
    }
    return !common.empty();
  }

  const std::vector<LockOrder>& orders_;
  std::map<std::string, std::vector<std::size_t>> from_;
  std::set<std::set<std::string>> seen_;
  std::vector<std::vector<std::size_t>> cycles_;
};

}  // namespace

std::vector<std::vector<std::size_t>> find_cycles(const std::vector<LockOrder>& orders) {
  return Search(orders).run();
}

}  // namespace sluice::checker
