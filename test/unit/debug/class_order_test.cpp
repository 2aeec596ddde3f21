// Orders between kinds of locks, which are told to those who ask.
#include <deque>

#include "fake_program.hpp"

namespace sluice::checked::test {
namespace {

// Two locks of each of two kinds.
struct Kinds {
  explicit Kinds(Program& program) {
    for (Object* each : {&a1, &a2}) program.create(program.main(), *each, "made as a");
    for (Object* each : {&b1, &b2}) program.create(program.main(), *each, "made as b");
  }
  Object a1{ObjectKind::mutex}, a2{ObjectKind::mutex}, b1{ObjectKind::mutex}, b2{ObjectKind::mutex};
};

TEST(ClassOrder, orders_of_different_locks_of_two_kinds) {
  for (const bool asked : {false, true}) {
    Program program(asked ? "check,classes" : "check");
    Kinds l(program);
    Goroutine& g1 = program.go(program.main());
    Goroutine& g2 = program.go(program.main());
    program.nest(g1, {&l.a1, &l.b1});
    program.nest(g2, {&l.b2, &l.a2});
    if (asked) {
      EXPECT_TOLD(program, "SL109");
      EXPECT_EQ(program.only().certainty, "pattern");
      EXPECT_EQ(program.only().severity, "note");
    } else {
      EXPECT_SILENT(program);
    }
  }
}

TEST(ClassOrder, one_order_is_silent) {
  Program program("check,classes");
  Kinds l(program);
  program.nest(program.go(program.main()), {&l.a1, &l.b1});
  program.nest(program.go(program.main()), {&l.a2, &l.b1});
  program.nest(program.go(program.main()), {&l.a1, &l.b2});
  EXPECT_SILENT(program);
}

TEST(ClassOrder, in_one_goroutine_is_silent) {
  Program program("check,classes");
  Kinds l(program);
  Goroutine& g = program.go(program.main());
  program.nest(g, {&l.a1, &l.b1});
  program.nest(g, {&l.b2, &l.a2});
  EXPECT_SILENT(program);
}

TEST(ClassOrder, under_a_common_gate_is_silent) {
  Program program("check,classes");
  Kinds l(program);
  Object gate{ObjectKind::mutex};
  program.nest(program.go(program.main()), {&gate, &l.a1, &l.b1});
  program.nest(program.go(program.main()), {&gate, &l.b2, &l.a2});
  EXPECT_SILENT(program);
}

TEST(ClassOrder, the_same_two_locks_are_an_inversion_as_ever) {
  Program program("check,classes");
  Kinds l(program);
  program.nest(program.go(program.main()), {&l.a1, &l.b1});
  program.nest(program.go(program.main()), {&l.b1, &l.a1});
  EXPECT_TOLD(program, "SL101");
}

TEST(ClassOrder, several_of_one_kind_by_address) {
  Program program("check,classes");
  std::deque<Object> row;
  for (int i = 0; i < 4; ++i) row.emplace_back(ObjectKind::mutex);
  for (Object& each : row) program.create(program.main(), each, "made in a row");
  program.nest(program.go(program.main()), {&row[0], &row[1]});
  program.nest(program.go(program.main()), {&row[0], &row[2], &row[3]});
  EXPECT_SILENT(program);
  program.nest(program.go(program.main()), {&row[2], &row[1]});
  EXPECT_TOLD(program, "SL109");
}

TEST(ClassOrder, several_of_one_kind_by_rank) {
  Program program("check,classes");
  std::deque<Object> row;
  for (int i = 0; i < 4; ++i) row.emplace_back(ObjectKind::mutex);
  const int ranks[] = {2, 1, 1, 2};
  for (std::size_t i = 0; i < row.size(); ++i) {
    program.create(program.main(), row[i], "made in a row");
    program.rank(row[i], ranks[i]);
  }
  program.nest(program.go(program.main()), {&row[1], &row[0]});
  program.nest(program.go(program.main()), {&row[2], &row[3]});
  EXPECT_SILENT(program);
}

}  // namespace
}  // namespace sluice::checked::test
