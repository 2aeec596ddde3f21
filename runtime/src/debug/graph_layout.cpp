#include "debug/graph_layout.hpp"

#include <algorithm>
#include <cstdint>

#include "debug/graph_circle.hpp"

namespace sluice::checked {
namespace {

constexpr double kBetweenLayers = 30;
constexpr double kBetweenBoxes = 16;
constexpr double kBorder = 12;
constexpr double kThread = 8;  // room for an arrow that passes a layer
constexpr int kSweeps = 12;
constexpr int kSamples = 12;   // points of a curve between two layers
constexpr double kWide = 1.5;  // wanted: width by height

// Boxes, labels and passing arrows in layers. `along` leads from layer to layer, `across` within
// one.
struct Vertex {
  double along = 0, across = 0;  // its size
  std::size_t layer = 0;
  double at = 0;  // its centre, across
  std::vector<std::size_t> before, after;
};

struct Chain {
  std::size_t arrow = 0;
  std::vector<std::size_t> vertices;  // from cell to cell, in the direction of the layers
  std::size_t label = 0;              // the vertex that is the label's room
  bool backwards = false;             // the arrow points against the layers
};

class Layers {
 public:
  Layers(const std::vector<Extent>& boxes, const std::vector<Arrow>& arrows,
         const std::vector<Cell>& cells, bool downwards)
      : boxes_(boxes), arrows_(arrows), cells_(cells), downwards_(downwards) {
    cell_of_.resize(boxes.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
      for (const std::size_t box : cells[i].boxes) cell_of_[box] = i;
      vertices_.push_back(vertex(cells[i].size));
    }
    find_directions();
    assign_layers();
    make_chains();
    order();
    settle();
  }

  Placement placement();

 private:
  Vertex vertex(Extent size) const {
    Vertex made;
    made.along = downwards_ ? size.height : size.width;
    made.across = downwards_ ? size.width : size.height;
    return made;
  }
  void find_directions();
  void assign_layers();
  void make_chains();
  void order();
  void settle();
  void move_apart(std::vector<std::size_t>& layer, const std::vector<double>& wanted);
  double middle_of(const std::vector<std::size_t>& neighbours) const;
  Point point(double along, double across) const {
    return downwards_ ? Point{across, along} : Point{along, across};
  }
  std::vector<Point> curve_of(const Chain& chain, const Placement& placed) const;

  const std::vector<Extent>& boxes_;
  const std::vector<Arrow>& arrows_;
  const std::vector<Cell>& cells_;
  const bool downwards_;
  std::vector<std::size_t> cell_of_;  // by box
  std::vector<Vertex> vertices_;      // cells first
  std::vector<Chain> chains_;
  std::vector<std::vector<std::size_t>> layers_;
  std::vector<double> layer_at_;  // centres
};

// An arrow that would close a circle of cells is turned round.
void Layers::find_directions() {
  std::vector<std::vector<std::size_t>> from(cells_.size());
  for (std::size_t i = 0; i < arrows_.size(); ++i) {
    const std::size_t a = cell_of_[arrows_[i].from], b = cell_of_[arrows_[i].to];
    if (a == b) continue;
    from[a].push_back(chains_.size());
    chains_.push_back({i, {a, b}, 0, false});
  }
  std::vector<std::uint8_t> state(cells_.size(), 0);  // 1: on the path, 2: done with
  for (std::size_t root = 0; root < cells_.size(); ++root) {
    std::vector<std::pair<std::size_t, std::size_t>> path;
    if (state[root] == 0) path.emplace_back(root, 0);
    while (!path.empty()) {
      auto& [cell, next] = path.back();
      state[cell] = 1;
      if (next == from[cell].size()) {
        state[cell] = 2;
        path.pop_back();
        continue;
      }
      Chain& chain = chains_[from[cell][next++]];
      if (state[chain.vertices[1]] == 1) {
        std::swap(chain.vertices[0], chain.vertices[1]);
        chain.backwards = true;
      } else if (state[chain.vertices[1]] == 0) {
        path.emplace_back(chain.vertices[1], 0);
      }
    }
  }
}

// Cells stand in every second layer, so that there is one for labels between any two.
void Layers::assign_layers() {
  bool moved = true;
  for (std::size_t round = 0; moved && round <= cells_.size(); ++round) {
    moved = false;
    for (const Chain& chain : chains_) {
      const std::size_t least = vertices_[chain.vertices[0]].layer + 2;
      std::size_t& layer = vertices_[chain.vertices[1]].layer;
      if (layer >= least) continue;
      layer = least;
      moved = true;
    }
  }
  // Who is pointed to by nobody stands next to what it points to.
  std::vector<std::size_t> nearest(cells_.size(), static_cast<std::size_t>(-1));
  std::vector<bool> first(cells_.size(), true);
  for (const Chain& chain : chains_) {
    nearest[chain.vertices[0]] =
        std::min(nearest[chain.vertices[0]], vertices_[chain.vertices[1]].layer);
    first[chain.vertices[1]] = false;
  }
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    if (first[i] && nearest[i] != static_cast<std::size_t>(-1)) vertices_[i].layer = nearest[i] - 2;
  }
}

void Layers::make_chains() {
  for (Chain& chain : chains_) {
    const std::size_t from = chain.vertices[0], to = chain.vertices[1];
    const std::size_t begin = vertices_[from].layer, end = vertices_[to].layer;
    const std::size_t middle = ((begin + end) / 2) | 1;
    chain.vertices = {from};
    for (std::size_t layer = begin + 1; layer < end; ++layer) {
      Vertex next = vertex(layer == middle ? arrows_[chain.arrow].label : Extent{});
      if (layer != middle) next.across = kThread;
      next.layer = layer;
      if (layer == middle) chain.label = vertices_.size();
      chain.vertices.push_back(vertices_.size());
      vertices_.push_back(next);
    }
    chain.vertices.push_back(to);
    for (std::size_t i = 1; i < chain.vertices.size(); ++i) {
      vertices_[chain.vertices[i - 1]].after.push_back(chain.vertices[i]);
      vertices_[chain.vertices[i]].before.push_back(chain.vertices[i - 1]);
    }
  }
  for (std::size_t i = 0; i < vertices_.size(); ++i) {
    if (layers_.size() <= vertices_[i].layer) layers_.resize(vertices_[i].layer + 1);
    layers_[vertices_[i].layer].push_back(i);
  }
}

double Layers::middle_of(const std::vector<std::size_t>& neighbours) const {
  double sum = 0;
  for (const std::size_t each : neighbours) sum += vertices_[each].at;
  return sum / static_cast<double>(neighbours.size());
}

// Each vertex goes to the middle of its neighbours, back and forth, so that few arrows cross.
void Layers::order() {
  for (auto& layer : layers_) {
    for (std::size_t i = 0; i < layer.size(); ++i) vertices_[layer[i]].at = static_cast<double>(i);
  }
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      auto& layer = layers_[sweep % 2 == 0 ? i : layers_.size() - 1 - i];
      std::vector<double> wanted(vertices_.size());
      for (const std::size_t v : layer) {
        const auto& neighbours = sweep % 2 == 0 ? vertices_[v].before : vertices_[v].after;
        wanted[v] = neighbours.empty() ? vertices_[v].at : middle_of(neighbours);
      }
      std::sort(layer.begin(), layer.end(), [&](std::size_t a, std::size_t b) {
        return wanted[a] != wanted[b] ? wanted[a] < wanted[b] : vertices_[a].at < vertices_[b].at;
      });
      for (std::size_t j = 0; j < layer.size(); ++j) {
        vertices_[layer[j]].at = static_cast<double>(j);
      }
    }
  }
}

// Keeps the order and the distances, as close to what is wanted as that allows.
void Layers::move_apart(std::vector<std::size_t>& layer, const std::vector<double>& wanted) {
  double end = -1e9, shift = 0;
  for (const std::size_t v : layer) {
    Vertex& vertex = vertices_[v];
    vertex.at = std::max(wanted[v], end + vertex.across / 2);
    end = vertex.at + vertex.across / 2 + kBetweenBoxes;
    shift += vertex.at - wanted[v];
  }
  for (const std::size_t v : layer) vertices_[v].at -= shift / static_cast<double>(layer.size());
}

void Layers::settle() {
  for (auto& layer : layers_) move_apart(layer, std::vector<double>(vertices_.size(), 0));
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      auto& layer = layers_[sweep % 2 == 0 ? i : layers_.size() - 1 - i];
      std::vector<double> wanted(vertices_.size());
      for (const std::size_t v : layer) {
        std::vector<std::size_t> neighbours = vertices_[v].before;
        neighbours.insert(neighbours.end(), vertices_[v].after.begin(), vertices_[v].after.end());
        wanted[v] = neighbours.empty() ? vertices_[v].at : middle_of(neighbours);
      }
      move_apart(layer, wanted);
    }
  }
  double least = 1e9;
  for (const Vertex& v : vertices_) least = std::min(least, v.at - v.across / 2);
  for (Vertex& v : vertices_) v.at += kBorder - least;
  double at = kBorder;
  for (const auto& layer : layers_) {
    double size = 0;
    for (const std::size_t v : layer) size = std::max(size, vertices_[v].along);
    layer_at_.push_back(at + size / 2);
    at += size + kBetweenLayers;
  }
}

// Leaves and arrives in the direction of the layers.
std::vector<Point> Layers::curve_of(const Chain& chain, const Placement& placed) const {
  const Arrow& arrow = arrows_[chain.arrow];
  std::vector<std::size_t> vertices = chain.vertices;
  if (chain.backwards) std::reverse(vertices.begin(), vertices.end());
  std::vector<Point> stops;
  for (const std::size_t v : vertices) {
    stops.push_back(point(layer_at_[vertices_[v].layer], vertices_[v].at));
  }
  stops.front() = placed.boxes[arrow.from];
  stops.back() = placed.boxes[arrow.to];
  std::vector<Point> curve;
  for (std::size_t i = 1; i < stops.size(); ++i) {
    const Point a = stops[i - 1], b = stops[i];
    for (int s = 0; s <= kSamples; ++s) {
      const double t = static_cast<double>(s) / kSamples;
      const double smooth = t * t * (3 - 2 * t);
      curve.push_back(downwards_ ? Point{a.x + (b.x - a.x) * smooth, a.y + (b.y - a.y) * t}
                                 : Point{a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * smooth});
    }
  }
  return clipped(curve, stops.front(), boxes_[arrow.from], stops.back(), boxes_[arrow.to]);
}

Placement Layers::placement() {
  Placement placed;
  placed.boxes.resize(boxes_.size());
  placed.labels.resize(arrows_.size());
  placed.paths.resize(arrows_.size());
  placed.on_circle.resize(arrows_.size(), false);
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const Cell& cell = cells_[i];
    const Point centre = point(layer_at_[vertices_[i].layer], vertices_[i].at);
    for (std::size_t j = 0; j < cell.boxes.size(); ++j) {
      placed.boxes[cell.boxes[j]] = {centre.x + cell.box_at[j].x, centre.y + cell.box_at[j].y};
    }
    for (std::size_t j = 0; j < cell.arrows.size(); ++j) {
      placed.labels[cell.arrows[j]] = {centre.x + cell.label_at[j].x,
                                       centre.y + cell.label_at[j].y};
      placed.paths[cell.arrows[j]] = along_circle(cell, j, centre, boxes_);
      placed.on_circle[cell.arrows[j]] = true;
    }
  }
  for (const Chain& chain : chains_) {
    const Vertex& label = vertices_[chain.label];
    placed.labels[chain.arrow] = point(layer_at_[label.layer], label.at);
    placed.paths[chain.arrow] = curve_of(chain, placed);
  }
  double along = 0, across = 0;
  for (const Vertex& v : vertices_) {
    along = std::max(along, layer_at_[v.layer] + v.along / 2);
    across = std::max(across, v.at + v.across / 2);
  }
  const Point corner = point(along + kBorder, across + kBorder);
  placed.whole = {corner.x, corner.y};
  return placed;
}

}  // namespace

Placement lay_out(const std::vector<Extent>& boxes, const std::vector<Arrow>& arrows) {
  if (boxes.empty()) return {};
  const std::vector<Cell> cells = find_cells(boxes, arrows);
  Placement right = Layers(boxes, arrows, cells, false).placement();
  // A page is wider than high, and what is wider than the page is shown smaller.
  const auto shown = [](const Placement& p) {
    return std::max(p.whole.width / kWide, p.whole.height);
  };
  Placement down = Layers(boxes, arrows, cells, true).placement();
  return shown(right) <= shown(down) ? right : down;
}

}  // namespace sluice::checked
