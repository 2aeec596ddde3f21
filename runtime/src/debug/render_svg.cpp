#include "debug/render_svg.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

#include "debug/graph_layout.hpp"
#include "debug/render_html.hpp"
#include "debug/utf8.hpp"

namespace sluice::checked {
namespace {

constexpr std::size_t kMostNodes = 40;    // that one can still read
constexpr std::size_t kMostLetters = 44;  // of a line
// What a letter is wide at most, in the fonts that the page asks for.
constexpr double kLabelLetter = 7.6, kSmallLetter = 6.7;
constexpr double kLine = 16;  // height

std::string shortened(const std::string& text) {
  std::size_t letters = 0, at = 0;
  while (at < text.size()) {
    if (++letters > kMostLetters) return text.substr(0, at) + "\u2026";
    at += std::max<std::size_t>(utf8_size(std::string_view(text).substr(at)), 1);
  }
  return text;
}

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

Extent size_of(const std::string& first, const std::string& second) {
  const auto letters = [](const std::string& text) {
    return static_cast<double>(std::min(text.size(), kMostLetters + 1));
  };
  Extent size;
  size.width = std::max(letters(first) * kLabelLetter, letters(second) * kSmallLetter);
  size.height = second.empty() ? kLine : kLine * 2;
  return size;
}

std::string text_at(Point at, const char* style, const std::string& text) {
  return std::string("<text class=\"") + style + "\" x=\"" + number(at.x) + "\" y=\"" +
         number(at.y) + "\">" + html_text(shortened(text)) + "</text>";
}

std::string rectangle(Point centre, Extent size, const std::string& style, double round) {
  return "<rect class=\"" + style + "\" x=\"" + number(centre.x - size.width / 2) + "\" y=\"" +
         number(centre.y - size.height / 2) + "\" width=\"" + number(size.width) + "\" height=\"" +
         number(size.height) + "\" rx=\"" + number(round) + "\"/>";
}

// Two lines about `centre`, or one.
std::string lines_at(Point centre, const std::string& first, const std::string& second) {
  if (second.empty()) return text_at({centre.x, centre.y + 4.5}, "l", first);
  return text_at({centre.x, centre.y - 3}, "l", first) +
         text_at({centre.x, centre.y + 13}, "s", second);
}

std::string name_of(const GraphEdge& edge) {
  return edge.label.empty() ? std::string(to_text(edge.kind)) : edge.label;
}

std::string node(const GraphNode& node, Point at, Extent size, bool in_circle) {
  const bool goroutine = node.kind == GraphNode::Kind::goroutine;
  std::string style = goroutine ? "g" : "o";
  if (node.ended) style += " ended";
  if (in_circle) style += " circle";
  return "<g><title>" + html_text(node.label + (node.detail.empty() ? "" : "\n" + node.detail)) +
         "</title>" + rectangle(at, size, style, goroutine ? 9 : 2) +
         lines_at(at, node.label, node.detail) + "</g>\n";
}

std::string arrow(const GraphEdge& edge, const std::vector<Point>& path, bool in_circle) {
  std::string d;
  for (const Point& p : path) d += (d.empty() ? "M" : "L") + number(p.x) + " " + number(p.y);
  const bool waits = edge.kind == GraphEdge::Kind::waits_for;
  return std::string("<path class=\"") +
         (in_circle ? "e circle"
          : waits   ? "e waits"
                    : "e") +
         "\" marker-end=\"url(#" + (in_circle ? "head-circle" : "head") + ")\" d=\"" + d + "\"/>\n";
}

}  // namespace

std::string render_svg(Graph graph, const std::string& title, std::size_t& left_out) {
  left_out = simplify(graph, kMostNodes);
  if (graph.empty()) return {};
  std::vector<Extent> boxes;
  for (const GraphNode& each : graph.nodes) {
    const Extent text = size_of(each.label, each.detail);
    boxes.push_back({text.width + 20, text.height + 12});
  }
  std::vector<Arrow> arrows;
  for (const GraphEdge& each : graph.edges) {
    const Extent text = size_of(name_of(each), each.site);
    arrows.push_back({each.from, each.to, {text.width + 8, text.height + 4}});
  }
  const Placement placed = lay_out(boxes, arrows);
  std::set<std::size_t> in_circle;
  std::string out =
      "<svg role=\"img\" viewBox=\"0 0 " + number(placed.whole.width) + " " +
      number(placed.whole.height) + "\" style=\"max-width:" + number(placed.whole.width) +
      "px;min-width:" + number(std::min(placed.whole.width, placed.whole.width * 0.7)) +
      "px\"><title>" + html_text(title) + "</title>\n";
  for (std::size_t i = 0; i < arrows.size(); ++i) {
    if (placed.paths[i].empty()) continue;
    out += arrow(graph.edges[i], placed.paths[i], placed.on_circle[i]);
    if (!placed.on_circle[i]) continue;
    in_circle.insert(arrows[i].from);
    in_circle.insert(arrows[i].to);
  }
  for (std::size_t i = 0; i < arrows.size(); ++i) {
    if (placed.paths[i].empty()) continue;
    out += rectangle(placed.labels[i], arrows[i].label, "behind", 3) +
           lines_at(placed.labels[i], name_of(graph.edges[i]), graph.edges[i].site) + "\n";
  }
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    out += node(graph.nodes[i], placed.boxes[i], boxes[i], in_circle.contains(i));
  }
  return out + "</svg>";
}

}  // namespace sluice::checked
