#include "debug/render_dot.hpp"

namespace sluice::checked {
namespace {

constexpr std::size_t kMostNodes = 200;

// A quoted string of the dot language, in which a backslash is one of its own escapes.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) >= 0x20) {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace

std::string render_dot(const Report& report) {
  Graph graph = report.cast.graph;
  if (graph.empty()) return {};
  const std::size_t left_out = simplify(graph, kMostNodes);
  std::string out = "digraph " + quoted(report.code + " " + report.fingerprint) + " {\n";
  std::string title = report.code + ": " + report.title;
  if (left_out > 0) title += "\n(" + std::to_string(left_out) + " more left out)";
  out += "  label=" + quoted(title) + ";\n  labelloc=t;\n  rankdir=LR;\n";
  out += "  node [fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=11];\n";
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    const bool goroutine = node.kind == GraphNode::Kind::goroutine;
    std::string label = node.label;
    if (!node.detail.empty()) label += "\n" + node.detail;
    out += "  n" + std::to_string(i) + " [label=" + quoted(label) +
           ", shape=" + (goroutine ? "box, style=\"rounded" : "box, style=\"filled") +
           (node.ended ? ",dashed" : "") + "\"];\n";
  }
  for (const GraphEdge& edge : graph.edges) {
    out += "  n" + std::to_string(edge.from) + " -> n" + std::to_string(edge.to) +
           " [label=" + quoted(caption(edge)) +
           (edge.kind == GraphEdge::Kind::held_by || edge.kind == GraphEdge::Kind::owed_by
                ? ", style=bold"
                : "") +
           "];\n";
  }
  return out + "}\n";
}

}  // namespace sluice::checked
