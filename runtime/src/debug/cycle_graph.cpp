#include "debug/cycle_graph.hpp"

#include <algorithm>

#include "base/assert.hpp"

namespace sluice::checked {
namespace {

void erase_one(std::vector<CycleGraph::Node>& nodes, CycleGraph::Node node) {
  const auto found = std::find(nodes.begin(), nodes.end(), node);
  if (found != nodes.end()) {
    *found = nodes.back();
    nodes.pop_back();
  }
}

bool contains(const std::vector<CycleGraph::Node>& nodes, CycleGraph::Node node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

}  // namespace

CycleGraph::Node CycleGraph::add_node() {
  Node node;
  if (free_.empty()) {
    node = static_cast<Node>(nodes_.size());
    nodes_.emplace_back();
    seen_.push_back(0);
  } else {
    node = free_.back();
    free_.pop_back();
  }
  nodes_[node].alive = true;
  nodes_[node].rank = next_rank_++;
  return node;
}

void CycleGraph::remove_node(Node node) {
  NodeData& data = nodes_[node];
  for (Node to : data.out) erase_one(nodes_[to].in, node);
  for (Node from : data.in) erase_one(nodes_[from].out, node);
  for (Node to : data.loose_out) erase_one(nodes_[to].loose_in, node);
  for (Node from : data.loose_in) erase_one(nodes_[from].loose_out, node);
  edges_ -= data.out.size() + data.in.size() + data.loose_out.size() + data.loose_in.size();
  loose_edges_ -= data.loose_out.size() + data.loose_in.size();
  data = NodeData{};
  free_.push_back(node);
}

// Everything reachable from `from` over ranked edges with a rank up to `up_to`; false when `target`
// is among it.
bool CycleGraph::search_forward(Node from, std::uint32_t up_to, Node target,
                                std::vector<Node>& reached) const {
  const std::uint32_t search = ++search_;
  seen_[from] = search;
  reached.push_back(from);
  for (std::size_t i = 0; i < reached.size(); ++i) {
    for (Node next : nodes_[reached[i]].out) {
      if (next == target) return false;
      if (nodes_[next].rank >= up_to || seen_[next] == search) continue;
      seen_[next] = search;
      reached.push_back(next);
    }
  }
  return true;
}

void CycleGraph::search_backward(Node from, std::uint32_t down_to,
                                 std::vector<Node>& reached) const {
  const std::uint32_t search = ++search_;
  seen_[from] = search;
  reached.push_back(from);
  for (std::size_t i = 0; i < reached.size(); ++i) {
    for (Node next : nodes_[reached[i]].in) {
      if (nodes_[next].rank <= down_to || seen_[next] == search) continue;
      seen_[next] = search;
      reached.push_back(next);
    }
  }
}

// Deals the ranks of all nodes given out again, so that all of `before` come first and either group
// keeps its order.
void CycleGraph::reorder(std::vector<Node>& before, std::vector<Node>& after) {
  const auto by_rank = [this](Node a, Node b) { return nodes_[a].rank < nodes_[b].rank; };
  std::sort(before.begin(), before.end(), by_rank);
  std::sort(after.begin(), after.end(), by_rank);
  before.insert(before.end(), after.begin(), after.end());
  std::vector<std::uint32_t> ranks;
  for (Node node : before) ranks.push_back(nodes_[node].rank);
  std::sort(ranks.begin(), ranks.end());
  for (std::size_t i = 0; i < before.size(); ++i) nodes_[before[i]].rank = ranks[i];
}

CycleGraph::Added CycleGraph::add_edge(Node from, Node to) {
  SLUICE_CHECK(from != to);
  NodeData& source = nodes_[from];
  NodeData& target = nodes_[to];
  if (contains(source.out, to) || contains(source.loose_out, to)) return Added::known;
  ++edges_;
  std::vector<Node> after;
  const bool cyclic = source.rank > target.rank && !search_forward(to, source.rank, from, after);
  if (cyclic) {
    ++loose_edges_;
    source.loose_out.push_back(to);
    target.loose_in.push_back(from);
    return Added::closes_cycle;
  }
  if (source.rank > target.rank) {
    std::vector<Node> before;
    search_backward(from, target.rank, before);
    reorder(before, after);
  }
  source.out.push_back(to);
  target.in.push_back(from);
  return Added::ranked;
}

bool CycleGraph::may_be_on_cycle(Node from, Node to) const {
  if (loose_edges_ == 0) return false;
  const NodeData& source = nodes_[from];
  if (contains(source.loose_out, to)) return true;
  const auto has_way_in = [](const NodeData& n) { return !n.in.empty() || !n.loose_in.empty(); };
  const auto has_way_out = [](const NodeData& n) { return !n.out.empty() || !n.loose_out.empty(); };
  return has_way_in(source) && has_way_out(nodes_[to]);
}

// How many edges each node is away from `target`, over all edges; UINT32_MAX when there is no way.
std::vector<std::uint32_t> CycleGraph::distances_to(Node target) const {
  std::vector<std::uint32_t> distance(nodes_.size(), UINT32_MAX);
  std::vector<Node> reached{target};
  distance[target] = 0;
  for (std::size_t i = 0; i < reached.size(); ++i) {
    const NodeData& data = nodes_[reached[i]];
    for (const std::vector<Node>* in : {&data.in, &data.loose_in}) {
      for (Node next : *in) {
        if (distance[next] != UINT32_MAX) continue;
        distance[next] = distance[reached[i]] + 1;
        reached.push_back(next);
      }
    }
  }
  return distance;
}

bool CycleGraph::for_each_cycle(Node from, Node to, std::size_t max_length, std::size_t max_steps,
                                const std::function<bool(std::span<const Node>)>& visit) const {
  const std::vector<std::uint32_t> distance = distances_to(from);
  if (distance[to] == UINT32_MAX) return true;
  std::vector<bool> on_path(nodes_.size(), false);
  std::size_t steps = max_steps;
  bool longer = true;
  // Short cycles first: they are the ones that make sense to a reader, and the ones that few
  // goroutines can close.
  for (std::size_t length = distance[to] + 1; longer && length <= max_length; ++length) {
    longer = false;
    std::vector<Node> path{from, to};
    std::vector<std::size_t> next{0, 0};  // the edge to take next at each node of the path
    on_path[to] = true;
    while (path.size() > 1) {
      const NodeData& data = nodes_[path.back()];
      const std::size_t i = next.back()++;
      if (i >= data.out.size() + data.loose_out.size()) {
        on_path[path.back()] = false;
        path.pop_back();
        next.pop_back();
        continue;
      }
      if (steps-- == 0) return false;
      const Node step = i < data.out.size() ? data.out[i] : data.loose_out[i - data.out.size()];
      if (step == from) {
        if (path.size() == length && !visit(path)) return true;
      } else if (distance[step] != UINT32_MAX && !on_path[step]) {
        if (path.size() + distance[step] > length) {
          longer = true;
          continue;
        }
        on_path[step] = true;
        path.push_back(step);
        next.push_back(0);
      }
    }
  }
  return true;
}

void CycleGraph::check() const {
  std::vector<std::uint32_t> ranks;
  std::size_t edges = 0;
  for (Node node = 0; node < nodes_.size(); ++node) {
    const NodeData& data = nodes_[node];
    if (!data.alive) continue;
    ranks.push_back(data.rank);
    for (Node to : data.out) {
      SLUICE_CHECK(nodes_[to].alive && data.rank < nodes_[to].rank);
      SLUICE_CHECK(std::count(nodes_[to].in.begin(), nodes_[to].in.end(), node) == 1);
    }
    for (Node to : data.loose_out) {
      SLUICE_CHECK(std::count(nodes_[to].loose_in.begin(), nodes_[to].loose_in.end(), node) == 1);
    }
    edges += data.out.size() + data.loose_out.size();
  }
  SLUICE_CHECK(edges == edges_);
  std::sort(ranks.begin(), ranks.end());
  SLUICE_CHECK(std::adjacent_find(ranks.begin(), ranks.end()) == ranks.end());
}

}  // namespace sluice::checked
