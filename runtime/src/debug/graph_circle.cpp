#include "debug/graph_circle.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sluice::checked {
namespace {

constexpr double kMargin = 30;  // between boxes on the ellipse: enough to see the arrow
constexpr double kArrowHead = 5;
constexpr int kSamples = 48;  // points of a curve

// The numbers of the strongly connected parts, by box: Tarjan's algorithm, without recursion.
std::vector<std::size_t> parts_of(std::size_t boxes, const std::vector<Arrow>& arrows) {
  constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  std::vector<std::vector<std::size_t>> next(boxes);
  for (const Arrow& arrow : arrows) next[arrow.from].push_back(arrow.to);
  std::vector<std::size_t> number(boxes, kNone), low(boxes, 0), part(boxes, kNone), at(boxes, 0);
  std::vector<std::size_t> path, open;
  std::size_t numbers = 0, parts = 0;
  for (std::size_t root = 0; root < boxes; ++root) {
    if (number[root] != kNone) continue;
    path.push_back(root);
    while (!path.empty()) {
      const std::size_t box = path.back();
      if (number[box] == kNone) {
        number[box] = low[box] = numbers++;
        open.push_back(box);
      }
      if (at[box] < next[box].size()) {
        const std::size_t to = next[box][at[box]++];
        if (number[to] == kNone) {
          path.push_back(to);
        } else if (part[to] == kNone) {
          low[box] = std::min(low[box], number[to]);
        }
        continue;
      }
      path.pop_back();
      if (!path.empty()) low[path.back()] = std::min(low[path.back()], low[box]);
      if (low[box] != number[box]) continue;
      while (part[box] == kNone) {
        part[open.back()] = parts;
        open.pop_back();
      }
      ++parts;
    }
  }
  return part;
}

bool overlap(Point a, Extent a_size, Point b, Extent b_size) {
  return std::abs(a.x - b.x) < (a_size.width + b_size.width) / 2 + kMargin &&
         std::abs(a.y - b.y) < (a_size.height + b_size.height) / 2 + kMargin;
}

// Of the box with this place in the circle. Two stand side by side; of more the first stands on
// top. Clockwise.
double angle_of(const Cell& cell, double place) {
  const double start = cell.boxes.size() == 2 ? 1 : 1.5;
  return std::numbers::pi * (start + 2 * place / static_cast<double>(cell.boxes.size()));
}

// Boxes and labels take turns on the ellipse; it grows until they have room.
void place_on_ellipse(Cell& cell, const std::vector<Extent>& boxes,
                      const std::vector<Arrow>& arrows) {
  const std::size_t count = cell.boxes.size() * 2;
  std::vector<Extent> sizes;
  for (std::size_t i = 0; i < cell.boxes.size(); ++i) {
    sizes.push_back(boxes[cell.boxes[i]]);
    sizes.push_back(arrows[cell.arrows[i]].label);
  }
  std::vector<Point> at(count);
  const auto crowded = [&] {
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (overlap(at[i], sizes[i], at[j], sizes[j])) return true;
      }
    }
    return false;
  };
  cell.radius_x = 170;
  cell.radius_y = 80;
  do {
    for (std::size_t i = 0; i < count; ++i) {
      const double angle = angle_of(cell, static_cast<double>(i) / 2);
      at[i] = {cell.radius_x * std::cos(angle), cell.radius_y * std::sin(angle)};
    }
    cell.radius_x *= 1.06;
    cell.radius_y *= 1.06;
  } while (crowded());
  cell.radius_x /= 1.06;
  cell.radius_y /= 1.06;
  double width = 0, height = 0;
  for (std::size_t i = 0; i < count; ++i) {
    (i % 2 == 0 ? cell.box_at : cell.label_at).push_back(at[i]);
    width = std::max(width, std::abs(at[i].x) * 2 + sizes[i].width);
    height = std::max(height, std::abs(at[i].y) * 2 + sizes[i].height);
  }
  cell.size = {width, height};
}

bool inside(Point p, Point box, Extent size, double margin) {
  return std::abs(p.x - box.x) <= size.width / 2 + margin &&
         std::abs(p.y - box.y) <= size.height / 2 + margin;
}

}  // namespace

std::vector<Point> clipped(const std::vector<Point>& curve, Point from, Extent from_size, Point to,
                           Extent to_size) {
  std::vector<Point> left;
  for (const Point& p : curve) {
    if (inside(p, from, from_size, 0)) {
      left.clear();
      continue;
    }
    if (inside(p, to, to_size, kArrowHead)) break;
    left.push_back(p);
  }
  if (left.size() < 2) left = {from, to};
  return left;
}

std::vector<Cell> find_cells(const std::vector<Extent>& boxes, const std::vector<Arrow>& arrows) {
  const std::vector<std::size_t> part = parts_of(boxes.size(), arrows);
  // Of each box, the only arrow to a box of its own part; of each part, how many such arrows.
  std::vector<std::size_t> onward(boxes.size(), arrows.size());
  std::vector<std::size_t> inner(boxes.size(), 0), members(boxes.size(), 0);
  for (std::size_t box = 0; box < boxes.size(); ++box) ++members[part[box]];
  for (std::size_t i = 0; i < arrows.size(); ++i) {
    if (part[arrows[i].from] != part[arrows[i].to] || arrows[i].from == arrows[i].to) continue;
    onward[arrows[i].from] = i;
    ++inner[part[arrows[i].from]];
  }
  std::vector<Cell> cells;
  std::vector<bool> placed(boxes.size(), false);
  for (std::size_t box = 0; box < boxes.size(); ++box) {
    if (placed[box]) continue;
    Cell& cell = cells.emplace_back();
    const bool circle = members[part[box]] > 1 && inner[part[box]] == members[part[box]];
    for (std::size_t at = box; !placed[at];) {
      placed[at] = true;
      cell.boxes.push_back(at);
      if (!circle) break;
      cell.arrows.push_back(onward[at]);
      at = arrows[onward[at]].to;
    }
    if (circle) {
      place_on_ellipse(cell, boxes, arrows);
    } else {
      cell.size = boxes[box];
      cell.box_at.push_back({});
    }
  }
  return cells;
}

std::vector<Point> along_circle(const Cell& cell, std::size_t arrow, Point centre,
                                const std::vector<Extent>& boxes) {
  const std::size_t count = cell.boxes.size(), to = (arrow + 1) % count;
  std::vector<Point> curve;
  for (int i = 0; i <= kSamples; ++i) {
    const double angle =
        angle_of(cell, static_cast<double>(arrow) + static_cast<double>(i) / kSamples);
    curve.push_back(
        {centre.x + cell.radius_x * std::cos(angle), centre.y + cell.radius_y * std::sin(angle)});
  }
  const auto absolute = [&](std::size_t i) {
    return Point{centre.x + cell.box_at[i].x, centre.y + cell.box_at[i].y};
  };
  return clipped(curve, absolute(arrow), boxes[cell.boxes[arrow]], absolute(to),
                 boxes[cell.boxes[to]]);
}

}  // namespace sluice::checked
