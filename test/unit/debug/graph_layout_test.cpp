// Boxes, labels and arrows of drawn graphs: nothing overlaps, circles are circles, nothing leaves
// the picture.
#include "debug/graph_layout.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "base/rng.hpp"
#include "support/seed.hpp"

namespace sluice::checked {
namespace {

struct Box {
  Point at;
  Extent size;
};

bool overlap(const Box& a, const Box& b) {
  return std::abs(a.at.x - b.at.x) < (a.size.width + b.size.width) / 2 &&
         std::abs(a.at.y - b.at.y) < (a.size.height + b.size.height) / 2;
}

void expect_readable(const std::vector<Extent>& boxes, const std::vector<Arrow>& arrows) {
  const Placement placed = lay_out(boxes, arrows);
  ASSERT_EQ(placed.boxes.size(), boxes.size());
  ASSERT_EQ(placed.paths.size(), arrows.size());
  std::vector<Box> all;
  for (std::size_t i = 0; i < boxes.size(); ++i) all.push_back({placed.boxes[i], boxes[i]});
  for (std::size_t i = 0; i < arrows.size(); ++i) {
    if (arrows[i].from == arrows[i].to) {
      EXPECT_TRUE(placed.paths[i].empty());
      continue;
    }
    EXPECT_GE(placed.paths[i].size(), 2u);
    all.push_back({placed.labels[i], arrows[i].label});
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_GE(all[i].at.x - all[i].size.width / 2, 0);
    EXPECT_GE(all[i].at.y - all[i].size.height / 2, 0);
    EXPECT_LE(all[i].at.x + all[i].size.width / 2, placed.whole.width);
    EXPECT_LE(all[i].at.y + all[i].size.height / 2, placed.whole.height);
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_FALSE(overlap(all[i], all[j])) << "boxes or labels " << i << " and " << j;
    }
  }
}

constexpr Extent kBox{160, 44}, kLabel{80, 36};

std::vector<Arrow> circle_of(std::size_t boxes) {
  std::vector<Arrow> arrows;
  for (std::size_t i = 0; i < boxes; ++i) arrows.push_back({i, (i + 1) % boxes, kLabel});
  return arrows;
}

TEST(GraphLayout, draws_a_circle_as_one) {
  for (const std::size_t count : {2u, 3u, 4u, 8u, 20u}) {
    const std::vector<Extent> boxes(count, kBox);
    const std::vector<Arrow> arrows = circle_of(count);
    expect_readable(boxes, arrows);
    const Placement placed = lay_out(boxes, arrows);
    for (std::size_t i = 0; i < count; ++i) EXPECT_TRUE(placed.on_circle[i]);
  }
}

TEST(GraphLayout, puts_what_leads_to_a_circle_beside_it) {
  std::vector<Arrow> arrows = circle_of(3);
  arrows.push_back({3, 0, kLabel});
  arrows.push_back({4, 3, kLabel});
  arrows.push_back({1, 5, kLabel});
  expect_readable(std::vector<Extent>(6, kBox), arrows);
  const Placement placed = lay_out(std::vector<Extent>(6, kBox), arrows);
  EXPECT_TRUE(placed.on_circle[0]);
  EXPECT_FALSE(placed.on_circle[3]);
}

TEST(GraphLayout, draws_chains_from_the_first_to_the_last) {
  const std::vector<Extent> boxes(4, kBox);
  const Placement placed =
      lay_out(boxes, {{0, 1, kLabel}, {1, 2, kLabel}, {2, 3, kLabel}, {0, 3, kLabel}});
  const bool downwards = placed.whole.height > placed.whole.width;
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_GT(downwards ? placed.boxes[i].y : placed.boxes[i].x,
              downwards ? placed.boxes[i - 1].y : placed.boxes[i - 1].x);
  }
}

TEST(GraphLayout, draws_no_arrow_from_a_box_to_itself) {
  expect_readable({kBox, kBox}, {{0, 0, kLabel}, {0, 1, kLabel}});
}

TEST(GraphLayout, of_nothing_is_empty) {
  EXPECT_TRUE(lay_out({}, {}).boxes.empty());
  expect_readable({kBox}, {});
}

TEST(GraphLayout, keeps_everything_apart_in_any_graph) {
  base::Rng random(test::seed());
  for (int round = 0; round < 60; ++round) {
    const std::size_t count = 1 + random.below(24);
    std::vector<Extent> boxes;
    for (std::size_t i = 0; i < count; ++i) {
      boxes.push_back({60.0 + static_cast<double>(random.below(200)),
                       28.0 + static_cast<double>(random.below(30))});
    }
    std::vector<Arrow> arrows;
    const std::size_t wanted = random.below(2 * static_cast<std::uint32_t>(count));
    for (std::size_t i = 0; i < wanted; ++i) {
      const Arrow arrow{random.below(static_cast<std::uint32_t>(count)),
                        random.below(static_cast<std::uint32_t>(count)),
                        {40.0 + static_cast<double>(random.below(90)), 20}};
      arrows.push_back(arrow);
    }
    expect_readable(boxes, arrows);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace sluice::checked
