// A directed graph that grows edge by edge and finds the cycles that each new edge closes. Knows
// nothing of locks: its nodes are numbers.
//
// Nodes are ranked so that ranked edges go from lower to higher (Pearce and Kelly, "A dynamic
// topological sort algorithm for directed acyclic graphs", 2006): an edge that agrees with the
// ranks costs nothing, and one that does not is searched for between its two ranks only. An edge
// that closes a cycle cannot be ranked; it stays in the graph beside the ranks, so that later
// searches go through it too.
//
// Invariants, asserted by check():
//   G1  A ranked edge goes from a lower rank to a higher one.   G2  Ranks of living nodes are
//   different. G3  Each edge is in the lists of both its nodes, once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace sluice::checked {

class CycleGraph {
 public:
  using Node = std::uint32_t;
  enum class Added : std::uint8_t { known, ranked, closes_cycle };

  Node add_node();
  // The node and its edges are gone; its number is used again.
  void remove_node(Node node);

  Added add_edge(Node from, Node to);

  // Whether the edge can be part of a cycle. False is certain; true is worth a search.
  bool may_be_on_cycle(Node from, Node to) const;

  // Calls `visit` with each cycle through the edge, as the nodes in order with `from` first, the
  // shortest first and none of more than `max_length` nodes, until it returns false. Gives up after
  // `max_steps` edges: then the result is false.
  bool for_each_cycle(Node from, Node to, std::size_t max_length, std::size_t max_steps,
                      const std::function<bool(std::span<const Node>)>& visit) const;

  std::size_t edges() const noexcept { return edges_; }
  void check() const;

 private:
  struct NodeData {
    std::uint32_t rank = 0;
    bool alive = false;
    std::vector<Node> out, in;              // ranked
    std::vector<Node> loose_out, loose_in;  // beside the ranks
  };
  bool search_forward(Node from, std::uint32_t up_to, Node target,
                      std::vector<Node>& reached) const;
  void search_backward(Node from, std::uint32_t down_to, std::vector<Node>& reached) const;
  std::vector<std::uint32_t> distances_to(Node target) const;
  void reorder(std::vector<Node>& before, std::vector<Node>& after);

  std::vector<NodeData> nodes_;
  std::vector<Node> free_;
  std::uint32_t next_rank_ = 0;
  std::size_t edges_ = 0;
  std::size_t loose_edges_ = 0;
  mutable std::vector<std::uint32_t> seen_;  // by node: the number of the last search that came by
  mutable std::uint32_t search_ = 0;
};

}  // namespace sluice::checked
