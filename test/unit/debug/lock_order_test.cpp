// Lock orders: which are told as inversions, and which can't become a deadlock and are not.
#include "fake_program.hpp"

namespace sluice::checked::test {
namespace {

struct Locks {
  Object a{ObjectKind::mutex}, b{ObjectKind::mutex}, c{ObjectKind::mutex}, gate{ObjectKind::mutex};
  Object p{ObjectKind::rw_mutex}, q{ObjectKind::rw_mutex};
  Object wg{ObjectKind::wait_group};
  Object ch{ObjectKind::channel};
};

TEST(LockOrder, ab_and_ba_in_two_goroutines) {
  Program program;
  Locks l;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.nest(g1, {&l.a, &l.b});
  EXPECT_SILENT(program);
  program.nest(g2, {&l.b, &l.a});
  EXPECT_TOLD(program, "SL101");
  EXPECT_EQ(program.only().certainty, "feasible");
  // Seen before: not told again.
  program.nest(g1, {&l.a, &l.b});
  program.nest(g2, {&l.b, &l.a});
  EXPECT_TOLD(program, "SL101");
}

TEST(LockOrder, the_report_comes_before_the_goroutine_blocks) {
  Program program;
  Locks l;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.lock(g1, l.a);
  program.lock(g2, l.b);
  program.request(g1, l.b);
  program.request(g2, l.a);
  EXPECT_TOLD(program, "SL101");
}

TEST(LockOrder, same_goroutine_is_silent) {
  Program program;
  Locks l;
  Goroutine& g = program.go(program.main());
  program.nest(g, {&l.a, &l.b});
  program.nest(g, {&l.b, &l.a});
  EXPECT_SILENT(program);
}

TEST(LockOrder, same_goroutine_first_then_another) {
  Program program;
  Locks l;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.nest(g1, {&l.a, &l.b});
  program.nest(g1, {&l.b, &l.a});
  EXPECT_SILENT(program);
  program.nest(g2, {&l.a, &l.b});
  EXPECT_TOLD(program, "SL101");
}

TEST(LockOrder, what_cannot_happen_is_noted_on_demand) {
  Program program("check,verbose");
  Locks l;
  Goroutine& g = program.go(program.main());
  program.nest(g, {&l.a, &l.b});
  program.nest(g, {&l.b, &l.a});
  EXPECT_TOLD(program, "SL101");
  EXPECT_EQ(program.only().severity, "note");
  EXPECT_NE(program.only().title.find("not possible as it was seen: same goroutine"),
            std::string::npos)
      << program.only().title;
  program.nest(g, {&l.a, &l.b});
  EXPECT_TOLD(program, "SL101");
  // And then it can.
  program.nest(program.go(program.main()), {&l.a, &l.b});
  EXPECT_TOLD(program, "SL101", "SL101");
  EXPECT_EQ(told().back().severity, "error");
}

TEST(LockOrder, under_a_common_gate_is_silent) {
  Program program;
  Locks l;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.nest(g1, {&l.gate, &l.a, &l.b});
  program.nest(g2, {&l.gate, &l.b, &l.a});
  EXPECT_SILENT(program);
}

TEST(LockOrder, a_gate_that_only_one_side_takes_is_none) {
  Program program;
  Locks l;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.nest(g1, {&l.gate, &l.a, &l.b});
  program.nest(g2, {&l.b, &l.a});
  EXPECT_TOLD(program, "SL101");
}

TEST(LockOrder, a_gate_that_both_hold_for_reading_is_none) {
  Program program;
  Locks l;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.read(g1, l.p);
  program.nest(g1, {&l.a, &l.b});
  program.unread(g1, l.p);
  program.read(g2, l.p);
  program.nest(g2, {&l.b, &l.a});
  EXPECT_TOLD(program, "SL101");
}

TEST(LockOrder, three_goroutines_in_a_ring) {
  Program program;
  Locks l;
  program.name(l.a, "a");
  program.name(l.b, "b");
  program.name(l.c, "c");
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  Goroutine& g3 = program.go(program.main());
  program.nest(g1, {&l.a, &l.b});
  program.nest(g2, {&l.b, &l.c});
  EXPECT_SILENT(program);
  program.nest(g3, {&l.c, &l.a});
  EXPECT_TOLD(program, "SL101");
  EXPECT_NE(program.only().title.find("'a' -> 'b' -> 'c' -> 'a'"), std::string::npos)
      << program.only().title;
}

TEST(LockOrder, a_ring_of_twelve) {
  Program program;
  std::list<Object> locks;
  for (int i = 0; i < 12; ++i) locks.emplace_back(ObjectKind::mutex);
  std::vector<Object*> ring;
  for (Object& lock : locks) ring.push_back(&lock);
  for (std::size_t i = 0; i < ring.size(); ++i) {
    EXPECT_SILENT(program);
    program.nest(program.go(program.main()), {ring[i], ring[(i + 1) % ring.size()]});
  }
  EXPECT_TOLD(program, "SL101");
}

TEST(LockOrder, a_ring_of_two_goroutines_over_three_locks_is_silent) {
  Program program;
  Locks l;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  // b -> c and c -> a by the same goroutine, one after the other: it can't be in both places.
  program.nest(g1, {&l.a, &l.b});
  program.nest(g2, {&l.b, &l.c});
  program.nest(g2, {&l.c, &l.a});
  EXPECT_SILENT(program);
}

TEST(LockOrder, try_lock_adds_no_edge_into_what_it_takes) {
  Program program;
  Locks l;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.nest(g1, {&l.a, &l.b});
  program.lock(g2, l.b);
  program.try_lock(g2, l.a);
  program.unlock(g2, l.a);
  program.unlock(g2, l.b);
  EXPECT_SILENT(program);
}

TEST(LockOrder, what_try_lock_took_is_held_all_the_same) {
  Program program;
  Locks l;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.nest(g1, {&l.a, &l.b});
  program.try_lock(g2, l.b);
  program.request(g2, l.a);
  EXPECT_TOLD(program, "SL101");
}

// std::lock and std::scoped_lock: lock one, try the other, and begin again with the other when that
// fails.
TEST(LockOrder, scoped_lock_against_scoped_lock_is_silent) {
  Program program;
  Locks l;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  for (int i = 0; i < 3; ++i) {
    program.lock(g1, l.a);
    program.try_lock(g1, l.b);
    program.unlock(g1, l.b);
    program.unlock(g1, l.a);
    program.lock(g2, l.b);  // the try of a fails and tells nothing
    program.unlock(g2, l.b);
    program.lock(g2, l.a);
    program.try_lock(g2, l.b);
    program.unlock(g2, l.a);
    program.unlock(g2, l.b);
  }
  EXPECT_SILENT(program);
}

TEST(LockOrder, readers_against_readers_are_silent) {
  Program program;
  Locks l;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.read(g1, l.p);
  program.read(g1, l.q);
  program.unread(g1, l.q);
  program.unread(g1, l.p);
  program.read(g2, l.q);
  program.read(g2, l.p);
  EXPECT_SILENT(program);
}

TEST(LockOrder, readers_against_readers_with_other_writers_are_told) {
  Program program;
  Locks l;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  Goroutine& writer = program.go(program.main());
  program.lock(writer, l.p);
  program.unlock(writer, l.p);
  program.lock(writer, l.q);
  program.unlock(writer, l.q);
  program.read(g1, l.p);
  program.read(g1, l.q);
  program.unread(g1, l.q);
  program.unread(g1, l.p);
  program.read(g2, l.q);
  program.read(g2, l.p);
  EXPECT_TOLD(program, "SL102");
}

TEST(LockOrder, a_writer_before_the_readers_were_started_does_not_count) {
  Program program;
  Locks l;
  program.nest(program.main(), {&l.p});
  program.nest(program.main(), {&l.q});
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.read(g1, l.p);
  program.read(g1, l.q);
  program.unread(g1, l.q);
  program.unread(g1, l.p);
  program.read(g2, l.q);
  program.read(g2, l.p);
  EXPECT_SILENT(program);
}

TEST(LockOrder, a_reader_against_a_writer_is_told) {
  Program program;
  Locks l;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.read(g1, l.p);
  program.lock(g1, l.a);
  program.unlock(g1, l.a);
  program.unread(g1, l.p);
  program.lock(g2, l.a);
  program.request(g2, l.p);
  EXPECT_TOLD(program, "SL101");
}

TEST(LockOrder, an_address_that_is_used_again_is_another_lock) {
  Program program;
  Locks l;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.nest(g1, {&l.a, &l.b});
  program.destroy(g1, l.b);
  program.nest(g2, {&l.b, &l.a});
  EXPECT_SILENT(program);
}

TEST(LockOrder, seventy_held_at_once) {
  Program program;
  std::list<Object> locks;
  std::vector<Object*> order;
  for (int i = 0; i < 70; ++i) order.push_back(&locks.emplace_back(ObjectKind::mutex));
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.nest(g1, order);
  program.nest(g2, order);
  EXPECT_SILENT(program);
  program.lock(g2, *order[69]);
  program.request(g2, *order[0]);
  EXPECT_TOLD(program, "SL101");
}

TEST(LockOrder, out_of_order_release_is_fine) {
  Program program;
  Locks l;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  // Hand over hand: a, b, then a is freed before c is taken.
  program.lock(g1, l.a);
  program.lock(g1, l.b);
  program.unlock(g1, l.a);
  program.lock(g1, l.c);
  program.unlock(g1, l.b);
  program.unlock(g1, l.c);
  program.nest(g2, {&l.c, &l.a});
  EXPECT_SILENT(program);
}

TEST(LockOrder, a_lock_that_others_unlock_takes_no_part) {
  Program program;
  Locks l;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.lock(g1, l.a);
  program.unlock(g2, l.a);
  EXPECT_TOLD(program, "SL121");
  EXPECT_EQ(program.only().severity, "note");
  program.nest(g1, {&l.a, &l.b});
  program.nest(g2, {&l.b, &l.a});
  EXPECT_TOLD(program, "SL121");
}

TEST(LockOrder, a_fifth_goroutine_is_still_noticed) {
  Program program;
  Locks l;
  // Four that are over before the other order is seen, and one that is not.
  for (int i = 0; i < 6; ++i) {
    Goroutine& g = program.group_go(program.main(), l.wg);
    program.nest(g, {&l.a, &l.b});
    program.done(g, l.wg);
    program.wait(program.main(), l.wg);
    program.end(g);
  }
  Goroutine& late = program.go(program.main());
  program.nest(late, {&l.b, &l.a});
  EXPECT_SILENT(program);
  program.nest(program.go(program.main()), {&l.a, &l.b});
  EXPECT_TOLD(program, "SL101");
}

TEST(LockOrder, level_wait_leaves_it_alone) {
  Program program(Level::wait);
  Locks l;
  program.nest(program.go(program.main()), {&l.a, &l.b});
  program.nest(program.go(program.main()), {&l.b, &l.a});
  EXPECT_SILENT(program);
}

TEST(LockOrder, level_full_finds_the_same) {
  Program program(Level::full);
  Locks l;
  program.nest(program.go(program.main()), {&l.a, &l.b});
  program.nest(program.go(program.main()), {&l.b, &l.a});
  EXPECT_TOLD(program, "SL101");
}

}  // namespace
}  // namespace sluice::checked::test
