// Lock orders between goroutines that spawn, wait and messages put one after the other: what was so
// ordered can't meet and is not told.
#include "fake_program.hpp"

namespace sluice::checked::test {
namespace {

struct Locks {
  Object a{ObjectKind::mutex}, b{ObjectKind::mutex}, c{ObjectKind::mutex}, gate{ObjectKind::mutex};
  Object p{ObjectKind::rw_mutex}, q{ObjectKind::rw_mutex};
  Object wg{ObjectKind::wait_group};
  Object ch{ObjectKind::channel};
};

TEST(LockOrderOrdered, ordered_by_a_wait_group_is_silent) {
  Program program;
  Locks l;
  Goroutine& g1 = program.group_go(program.main(), l.wg);
  program.wait_parked(program.main(), l.wg);
  program.nest(g1, {&l.a, &l.b});
  program.done(g1, l.wg);
  program.end(g1);
  program.unpark(program.main());
  Goroutine& g2 = program.go(program.main());
  program.nest(g2, {&l.b, &l.a});
  EXPECT_SILENT(program);
}

TEST(LockOrderOrdered, ordered_by_a_wait_that_found_zero_is_silent) {
  Program program;
  Locks l;
  Goroutine& g1 = program.group_go(program.main(), l.wg);
  program.nest(g1, {&l.a, &l.b});
  program.done(g1, l.wg);
  program.wait(program.main(), l.wg);
  program.nest(program.main(), {&l.b, &l.a});
  EXPECT_SILENT(program);
}

TEST(LockOrderOrdered, ordered_by_spawn_is_silent) {
  Program program;
  Locks l;
  program.nest(program.main(), {&l.a, &l.b});
  Goroutine& g = program.go(program.main());
  Goroutine& grandchild = program.go(g);
  program.nest(grandchild, {&l.b, &l.a});
  EXPECT_SILENT(program);
}

TEST(LockOrderOrdered, what_the_parent_does_after_spawn_is_concurrent) {
  Program program;
  Locks l;
  program.nest(program.main(), {&l.a, &l.b});
  Goroutine& g = program.go(program.main());
  program.nest(g, {&l.b, &l.a});
  EXPECT_SILENT(program);
  program.nest(program.main(), {&l.a, &l.b});
  EXPECT_TOLD(program, "SL101");
}

TEST(LockOrderOrdered, one_after_the_other_by_chance_is_told) {
  Program program;
  Locks l;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.nest(g1, {&l.a, &l.b});
  program.end(g1);
  program.nest(g2, {&l.b, &l.a});
  program.end(g2);
  EXPECT_TOLD(program, "SL101");
}

TEST(LockOrderOrdered, joined_by_a_channel_is_silent) {
  for (const bool by_close : {false, true}) {
    Program program;
    Locks l;
    Goroutine& g1 = program.go(program.main());
    program.nest(g1, {&l.a, &l.b});
    by_close ? program.close(g1, l.ch) : program.send(g1, l.ch);
    program.receive(program.main(), l.ch);
    program.end(g1);
    program.nest(program.go(program.main()), {&l.b, &l.a});
    EXPECT_SILENT(program);
  }
}

TEST(LockOrderOrdered, a_message_in_the_middle_of_work_is_no_join) {
  Program program;
  Locks l;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.nest(g1, {&l.a, &l.b});
  program.send(g1, l.ch);
  program.receive(g2, l.ch);
  program.nest(g2, {&l.b, &l.a});
  EXPECT_SILENT(program);
  // It goes on: the next round of either can meet the other.
  program.nest(g1, {&l.a, &l.b});
  EXPECT_TOLD(program, "SL101");
}

// Whoever sends is inside until he has taken a value out again, or the other way round.
TEST(LockOrderOrdered, under_a_channel_that_serves_as_a_lock_is_silent) {
  for (const bool by_sending : {true, false}) {
    Program program;
    Locks l;
    l.ch.capacity = 1;
    Goroutine& g1 = program.go(program.main());
    Goroutine& g2 = program.go(program.main());
    if (!by_sending) program.send(program.main(), l.ch);
    for (int round = 0; round < 3; ++round) {
      for (Goroutine* g : {&g1, &g2}) {
        by_sending ? program.send(*g, l.ch) : program.receive(*g, l.ch);
        program.nest(*g, g == &g1 ? std::vector{&l.a, &l.b} : std::vector{&l.b, &l.a});
        by_sending ? program.receive(*g, l.ch) : program.send(*g, l.ch);
      }
    }
    EXPECT_SILENT(program);
    program.nest(g1, {&l.a, &l.b});
    EXPECT_TOLD(program, "SL101");
  }
}

// The one who comes out tells of it after the next one has gone in.
TEST(LockOrderOrdered, under_such_a_channel_it_is_silent_however_late_the_first_is_heard) {
  for (const bool by_sending : {true, false}) {
    Program program;
    Locks l;
    l.ch.capacity = 1;
    Goroutine& g1 = program.go(program.main());
    Goroutine& g2 = program.go(program.main());
    if (!by_sending) program.send(program.main(), l.ch);
    by_sending ? program.send(g1, l.ch) : program.receive(g1, l.ch);
    program.nest(g1, {&l.a, &l.b});
    by_sending ? program.send(g2, l.ch) : program.receive(g2, l.ch);
    program.nest(g2, {&l.b, &l.a});
    by_sending ? program.receive(g1, l.ch) : program.send(g1, l.ch);
    EXPECT_SILENT(program);
  }
}

TEST(LockOrderOrdered, a_channel_with_room_for_two_is_no_gate) {
  Program program;
  Locks l;
  l.ch.capacity = 2;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  for (Goroutine* g : {&g1, &g2, &g1}) {
    program.send(*g, l.ch);
    program.nest(*g, g == &g1 ? std::vector{&l.a, &l.b} : std::vector{&l.b, &l.a});
    program.receive(*g, l.ch);
  }
  EXPECT_TOLD(program, "SL101");
}

TEST(LockOrderOrdered, a_channel_from_which_others_take_is_no_gate) {
  Program program;
  Locks l;
  l.ch.capacity = 1;
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  for (Goroutine* g : {&g1, &g2, &g1}) {
    program.send(*g, l.ch);
    program.receive(program.main(), l.ch);
    program.nest(*g, g == &g1 ? std::vector{&l.a, &l.b} : std::vector{&l.b, &l.a});
    program.send(*g, l.ch);
    program.receive(*g, l.ch);
  }
  EXPECT_TOLD(program, "SL101");
}

TEST(LockOrderOrdered, under_a_lock_of_the_parent_that_waits_is_silent) {
  Program program;
  Locks l;
  for (int round = 0; round < 2; ++round) {
    Goroutine& parent = program.go(program.main());
    program.lock(parent, l.gate);
    Goroutine& child = program.group_go(parent, l.wg);
    program.wait_parked(parent, l.wg);
    program.nest(child, round == 0 ? std::vector{&l.a, &l.b} : std::vector{&l.b, &l.a});
    program.done(child, l.wg);
    program.unpark(parent);
    program.unlock(parent, l.gate);
    program.end(child);
    program.end(parent);
  }
  EXPECT_SILENT(program);
}

TEST(LockOrderOrdered, a_lock_of_the_parent_that_does_not_wait_is_no_gate) {
  Program program;
  Locks l;
  Goroutine* children[2];
  for (Goroutine*& child : children) {
    Goroutine& parent = program.go(program.main());
    program.lock(parent, l.gate);
    child = &program.go(parent);
    program.unlock(parent, l.gate);
  }
  program.nest(*children[0], {&l.a, &l.b});
  program.nest(*children[1], {&l.b, &l.a});
  EXPECT_TOLD(program, "SL101");
}

TEST(LockOrderOrdered, siblings_under_one_lock_of_their_parent_are_told) {
  Program program;
  Locks l;
  program.lock(program.main(), l.gate);
  Goroutine& g1 = program.group_go(program.main(), l.wg);
  Goroutine& g2 = program.group_go(program.main(), l.wg);
  program.wait_parked(program.main(), l.wg);
  program.nest(g1, {&l.a, &l.b});
  program.nest(g2, {&l.b, &l.a});
  EXPECT_TOLD(program, "SL101");
}

// Whatever the waiter does next, the wait is over.
TEST(LockOrderOrdered, a_goroutine_started_right_after_a_wait_comes_after_it) {
  Program program;
  Locks l;
  Goroutine& early = program.group_go(program.main(), l.wg);
  program.nest(early, {&l.a, &l.b});
  program.done(early, l.wg);
  program.wait(program.main(), l.wg);
  program.nest(program.go(program.main()), {&l.b, &l.a});
  EXPECT_SILENT(program);
}

TEST(LockOrderOrdered, a_group_that_dies_right_after_the_wait_has_told_all) {
  Program program;
  Locks l;
  Goroutine& early = program.group_go(program.main(), l.wg);
  program.nest(early, {&l.a, &l.b});
  program.done(early, l.wg);
  program.wait(program.main(), l.wg);
  program.destroy(program.main(), l.wg);
  program.nest(program.main(), {&l.b, &l.a});
  EXPECT_SILENT(program);
}

}  // namespace
}  // namespace sluice::checked::test
