#include "debug/graph.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace sluice::checked {
namespace {

constexpr std::size_t kNumbersShown = 4;  // of goroutines that one node stands for

// What a node's edges look like from it: equal for goroutines that wait alike.
using Surroundings =
    std::vector<std::tuple<bool, std::size_t, GraphEdge::Kind, std::string, std::string>>;

// Keeps the nodes for which `place` is not npos, each at that place.
void renumber(Graph& graph, const std::vector<std::size_t>& place, std::size_t size) {
  std::vector<GraphNode> nodes(size);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (place[i] != std::string::npos && nodes[place[i]].label.empty()) {
      nodes[place[i]] = std::move(graph.nodes[i]);
    }
  }
  std::vector<GraphEdge> edges;
  edges.swap(graph.edges);
  graph.nodes = std::move(nodes);
  for (const GraphEdge& edge : edges) {
    if (place[edge.from] == std::string::npos || place[edge.to] == std::string::npos) continue;
    graph.edge(place[edge.from], place[edge.to], edge.kind, edge.label, edge.site);
  }
}

void merge_equal(Graph& graph) {
  std::vector<Surroundings> around(graph.nodes.size());
  for (const GraphEdge& edge : graph.edges) {
    around[edge.from].emplace_back(true, edge.to, edge.kind, edge.label, edge.site);
    around[edge.to].emplace_back(false, edge.from, edge.kind, edge.label, edge.site);
  }
  std::map<std::tuple<Surroundings, bool, std::string>, std::size_t> groups;
  std::vector<std::size_t> place(graph.nodes.size());
  std::vector<std::vector<std::uint64_t>> members;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    std::sort(around[i].begin(), around[i].end());
    // What holds something is never one of many.
    const bool holds = std::any_of(around[i].begin(), around[i].end(), [](const auto& edge) {
      return std::get<2>(edge) == GraphEdge::Kind::held_by;
    });
    if (node.kind == GraphNode::Kind::goroutine && node.count == 1 && !holds) {
      const auto [group, fresh] =
          groups.try_emplace({around[i], node.ended, node.detail}, members.size());
      place[i] = group->second;
      if (fresh) members.emplace_back();
    } else {
      place[i] = members.size();
      members.emplace_back();
    }
    members[place[i]].push_back(i);
  }
  std::vector<std::pair<std::string, std::size_t>> labels;
  for (const std::vector<std::uint64_t>& group : members) {
    std::string label = graph.nodes[group.front()].label;
    for (std::size_t i = 1; i < group.size() && i < kNumbersShown; ++i) {
      const std::string& other = graph.nodes[group[i]].label;
      const std::size_t number = other.rfind(' ');
      label += ", " + (number == std::string::npos ? other : other.substr(number + 1));
    }
    if (group.size() > kNumbersShown) label += ", ...";
    if (group.size() > 1) label += " (x" + std::to_string(group.size()) + ")";
    labels.emplace_back(std::move(label), std::max(group.size(), graph.nodes[group.front()].count));
  }
  renumber(graph, place, members.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    graph.nodes[i].label = labels[i].first;
    graph.nodes[i].count = labels[i].second;
  }
}

}  // namespace

std::string_view to_text(GraphNode::Kind kind) noexcept {
  return kind == GraphNode::Kind::goroutine ? "goroutine" : "object";
}

std::string_view to_text(GraphEdge::Kind kind) noexcept {
  switch (kind) {
    case GraphEdge::Kind::waits_for:
      return "waits for";
    case GraphEdge::Kind::held_by:
      return "held by";
    case GraphEdge::Kind::owed_by:
      return "owed by";
    default:
      return "order";
  }
}

std::string caption(const GraphEdge& edge) {
  std::string text = edge.label.empty() ? std::string(to_text(edge.kind)) : edge.label;
  if (!edge.site.empty()) text += "\n" + edge.site;
  return text;
}

std::size_t simplify(Graph& graph, std::size_t most) {
  merge_equal(graph);
  if (graph.nodes.size() <= most) return 0;
  std::vector<std::size_t> degree(graph.nodes.size(), 0);
  for (const GraphEdge& edge : graph.edges) {
    ++degree[edge.from];
    ++degree[edge.to];
  }
  std::vector<std::size_t> order(graph.nodes.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return degree[a] != degree[b] ? degree[a] > degree[b] : a < b;
  });
  std::vector<bool> kept(order.size(), false);
  for (std::size_t i = 0; i < most; ++i) kept[order[i]] = true;
  std::vector<std::size_t> place(graph.nodes.size(), std::string::npos);
  std::size_t size = 0, left_out = 0;
  for (std::size_t i = 0; i < place.size(); ++i) {
    if (kept[i]) {
      place[i] = size++;
    } else {
      left_out += graph.nodes[i].count;
    }
  }
  renumber(graph, place, size);
  return left_out;
}

}  // namespace sluice::checked
