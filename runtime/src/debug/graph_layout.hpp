// Where the boxes and arrows of a small graph go. Pure geometry: it knows sizes, not what they
// mean.
//
// What is one circle is laid out as a circle; everything else stands in layers, from those that
// nobody points to to those that point to nobody. A label is given room of its own as if it were a
// box, so labels overlap neither each other nor boxes.
#pragma once

#include <cstddef>
#include <vector>

namespace sluice::checked {

struct Point {
  double x = 0, y = 0;
};

struct Extent {
  double width = 0, height = 0;
};

struct Arrow {
  std::size_t from = 0, to = 0;  // indices of boxes
  Extent label;
};

struct Placement {
  Extent whole;
  std::vector<Point> boxes;   // centres
  std::vector<Point> labels;  // centres, one an arrow
  // From the border of one box to that of the other; a curve goes through all of them. Empty for an
  // arrow from a box to itself, which is not drawn.
  std::vector<std::vector<Point>> paths;
  std::vector<bool> on_circle;  // one an arrow: it is part of a circle
};

Placement lay_out(const std::vector<Extent>& boxes, const std::vector<Arrow>& arrows);

}  // namespace sluice::checked
