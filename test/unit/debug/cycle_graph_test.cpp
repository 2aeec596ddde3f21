// The graph against brute force: what it calls a cycle is one, and no cycle escapes it.
#include "debug/cycle_graph.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace sluice::checked {
namespace {

using Node = CycleGraph::Node;
using Path = std::vector<Node>;

std::vector<Node> nodes(CycleGraph& graph, std::size_t n) {
  std::vector<Node> made;
  for (std::size_t i = 0; i < n; ++i) made.push_back(graph.add_node());
  return made;
}

std::vector<Path> cycles(const CycleGraph& graph, Node from, Node to, std::size_t longest = 16) {
  std::vector<Path> found;
  EXPECT_TRUE(graph.for_each_cycle(from, to, longest, 1'000'000, [&](std::span<const Node> path) {
    found.emplace_back(path.begin(), path.end());
    return true;
  }));
  return found;
}

TEST(CycleGraph, a_chain_has_no_cycle) {
  CycleGraph graph;
  const auto n = nodes(graph, 4);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(graph.add_edge(n[i], n[i + 1]), CycleGraph::Added::ranked);
    EXPECT_FALSE(graph.may_be_on_cycle(n[i], n[i + 1]));
  }
  EXPECT_EQ(graph.add_edge(n[0], n[1]), CycleGraph::Added::known);
  EXPECT_EQ(graph.edges(), 3u);
  graph.check();
}

TEST(CycleGraph, edges_against_the_ranks_are_sorted_in) {
  CycleGraph graph;
  const auto n = nodes(graph, 5);
  for (int i = 4; i > 0; --i) {
    EXPECT_EQ(graph.add_edge(n[i], n[i - 1]), CycleGraph::Added::ranked);
    graph.check();
  }
  EXPECT_EQ(graph.add_edge(n[0], n[4]), CycleGraph::Added::closes_cycle);
  EXPECT_EQ(cycles(graph, n[0], n[4]), (std::vector<Path>{{n[0], n[4], n[3], n[2], n[1]}}));
}

TEST(CycleGraph, a_cycle_through_an_edge_that_closed_another_is_seen) {
  CycleGraph graph;
  const auto n = nodes(graph, 3);
  graph.add_edge(n[0], n[1]);
  EXPECT_EQ(graph.add_edge(n[1], n[0]), CycleGraph::Added::closes_cycle);
  // 1 -> 0 is not ranked; 0 -> 2 -> 1 closes a second cycle with it and agrees with the ranks
  // itself.
  graph.add_edge(n[0], n[2]);
  graph.add_edge(n[2], n[1]);
  EXPECT_TRUE(graph.may_be_on_cycle(n[2], n[1]));
  EXPECT_EQ(cycles(graph, n[2], n[1]), (std::vector<Path>{{n[2], n[1], n[0]}}));
}

TEST(CycleGraph, a_removed_node_takes_its_cycles_along) {
  CycleGraph graph;
  const auto n = nodes(graph, 3);
  graph.add_edge(n[0], n[1]);
  graph.add_edge(n[1], n[2]);
  graph.add_edge(n[2], n[0]);
  graph.remove_node(n[1]);
  graph.check();
  EXPECT_EQ(graph.edges(), 1u);
  EXPECT_TRUE(cycles(graph, n[2], n[0]).empty());
  const Node again = graph.add_node();
  EXPECT_EQ(again, n[1]);
  EXPECT_EQ(graph.add_edge(n[0], again), CycleGraph::Added::ranked);
  EXPECT_TRUE(cycles(graph, n[0], again).empty());
  graph.check();
}

TEST(CycleGraph, a_search_stops_at_its_bounds) {
  CycleGraph graph;
  const auto n = nodes(graph, 12);
  for (Node a : n) {
    for (Node b : n) {
      if (a != b) graph.add_edge(a, b);
    }
  }
  EXPECT_FALSE(graph.for_each_cycle(n[0], n[1], 12, 1000, [](auto) { return true; }));
  EXPECT_EQ(cycles(graph, n[0], n[1], 2).size(), 1u);
  EXPECT_EQ(cycles(graph, n[0], n[1], 3).size(), 11u);
}

TEST(CycleGraph, a_very_long_cycle_does_not_overflow_the_stack) {
  CycleGraph graph;
  const auto n = nodes(graph, 100'000);
  for (std::size_t i = 0; i + 1 < n.size(); ++i) graph.add_edge(n[i], n[i + 1]);
  EXPECT_EQ(graph.add_edge(n.back(), n.front()), CycleGraph::Added::closes_cycle);
  EXPECT_EQ(cycles(graph, n.back(), n.front(), n.size()).size(), 1u);
}

bool reaches(const std::set<std::pair<Node, Node>>& edges, Node from, Node to) {
  std::set<Node> seen{from};
  Path todo{from};
  while (!todo.empty()) {
    const Node at = todo.back();
    todo.pop_back();
    if (at == to) return true;
    for (const auto& [a, b] : edges) {
      if (a == at && seen.insert(b).second) todo.push_back(b);
    }
  }
  return false;
}

TEST(CycleGraph, agrees_with_brute_force_on_random_graphs) {
  for (unsigned seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    CycleGraph graph;
    std::vector<Node> alive = nodes(graph, 12);
    std::set<std::pair<Node, Node>> edges;
    for (int step = 0; step < 120; ++step) {
      if (random() % 16 == 0) {
        const std::size_t i = random() % alive.size();
        const Node gone = alive[i];
        graph.remove_node(gone);
        std::erase_if(edges, [&](const auto& e) { return e.first == gone || e.second == gone; });
        alive[i] = graph.add_node();
        continue;
      }
      const Node a = alive[random() % alive.size()];
      const Node b = alive[random() % alive.size()];
      if (a == b) continue;
      const bool closes = reaches(edges, b, a);
      const bool fresh = edges.insert({a, b}).second;
      const auto added = graph.add_edge(a, b);
      graph.check();
      ASSERT_EQ(added == CycleGraph::Added::known, !fresh);
      if (added == CycleGraph::Added::closes_cycle) {
        ASSERT_TRUE(closes);
      }
      if (closes) {
        ASSERT_TRUE(graph.may_be_on_cycle(a, b));
      }
      bool found = false;
      graph.for_each_cycle(a, b, 12, 100'000, [&](std::span<const Node> path) {
        found = true;
        for (std::size_t i = 0; i < path.size(); ++i) {
          EXPECT_TRUE(edges.contains({path[i], path[(i + 1) % path.size()]}));
        }
        EXPECT_EQ(path[0], a);
        EXPECT_EQ(path[1], b);
        return false;
      });
      ASSERT_EQ(found, closes);
    }
  }
}

}  // namespace
}  // namespace sluice::checked
