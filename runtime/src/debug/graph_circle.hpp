// Finds the parts of a graph that are one circle each, and places their boxes and labels on an
// ellipse.
#pragma once

#include "debug/graph_layout.hpp"

namespace sluice::checked {

// A cell is what the layers place as one: a circle, or a single box.
struct Cell {
  std::vector<std::size_t> boxes;   // in the order of the circle
  std::vector<std::size_t> arrows;  // the circle's: arrows[i] leads from boxes[i] to the next one
  Extent size;
  std::vector<Point> box_at, label_at;  // centres, from the cell's own centre
  double radius_x = 0, radius_y = 0;    // of the ellipse
};

// Every box is in one cell. Strongly connected parts that are more than a circle come as single
// boxes.
std::vector<Cell> find_cells(const std::vector<Extent>& boxes, const std::vector<Arrow>& arrows);

// From border to border along the ellipse of `cell`, whose centre is `centre`.
std::vector<Point> along_circle(const Cell& cell, std::size_t arrow, Point centre,
                                const std::vector<Extent>& boxes);

// Leaves of a curve what lies outside the two boxes.
std::vector<Point> clipped(const std::vector<Point>& curve, Point from, Extent from_size, Point to,
                           Extent to_size);

}  // namespace sluice::checked
