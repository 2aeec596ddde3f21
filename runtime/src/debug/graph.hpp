// The picture of a report: goroutines and objects, and who waits for what. Knows neither how it was
// found nor how it is drawn.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::checked {

struct GraphNode {
  enum class Kind : std::uint8_t { goroutine, object };
  Kind kind = Kind::goroutine;
  std::uint64_t key = 0;  // tells nodes of one kind apart
  std::string label;      // "goroutine 8", "Mutex 'cfg'"
  std::string detail;     // a second line: "worker", "created cfg.h:31"
  bool ended = false;     // a goroutine that is gone
  std::size_t count = 1;  // how many equal ones it stands for
};

struct GraphEdge {
  enum class Kind : std::uint8_t {
    waits_for,  // a goroutine for an object
    held_by,    // an object by a goroutine
    owed_by,    // the done of a WaitGroup by a goroutine
    order,      // from a lock to one that is taken while it is held
  };
  std::size_t from = 0, to = 0;  // indices of nodes
  Kind kind = Kind::waits_for;
  std::string label;  // "recv (empty)"; empty: the kind says all
  std::string site;   // "bank.cc:41"; empty: unknown
};

struct Graph {
  std::vector<GraphNode> nodes;
  std::vector<GraphEdge> edges;

  bool empty() const { return nodes.empty(); }

  // The index of the node with this kind and key, made when it is new. The references that other
  // calls gave may be gone afterwards.
  std::size_t node(GraphNode::Kind kind, std::uint64_t key, const std::string& label) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (nodes[i].kind == kind && nodes[i].key == key) return i;
    }
    nodes.push_back({kind, key, label, {}, false, 1});
    return nodes.size() - 1;
  }
  // Once, however often it is told.
  void edge(std::size_t from, std::size_t to, GraphEdge::Kind kind, const std::string& label,
            const std::string& site) {
    for (const GraphEdge& known : edges) {
      if (known.from == from && known.to == to && known.kind == kind) return;
    }
    edges.push_back({from, to, kind, label, site});
  }
};

std::string_view to_text(GraphNode::Kind kind) noexcept;
std::string_view to_text(GraphEdge::Kind kind) noexcept;  // "waits for"

// What an edge is called where it is drawn: its kind, or its label, and its place.
std::string caption(const GraphEdge& edge);

// Goroutines that do the same become one node, and what is more than `most` nodes is left out,
// those with the fewest edges first. Returns how many goroutines and objects were left out.
std::size_t simplify(Graph& graph, std::size_t most);

}  // namespace sluice::checked
