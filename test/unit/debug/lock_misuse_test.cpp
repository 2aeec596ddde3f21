// One goroutine and one lock: kept to the end, freed by another, destroyed too early.
#include <list>

#include "fake_program.hpp"

namespace sluice::checked::test {
namespace {

// The other ones had been started before the lock was taken, and were told of it.

// What it had told others is no reason to keep silent when main has returned.

TEST(LockMisuse, ended_while_holding) {
  Program program;
  Object mu{ObjectKind::mutex};
  Goroutine& g = program.go(program.main(), "worker");
  program.lock(g, mu);
  program.end(g);
  EXPECT_TOLD(program, "SL120");
  EXPECT_NE(program.only().title.find("goroutine 2 \"worker\" ended while holding"),
            std::string::npos);
}

TEST(LockMisuse, waiting_for_a_lock_whose_holder_has_ended) {
  Program program(Level::wait);
  Object mu{ObjectKind::mutex};
  program.name(mu, "mu");
  Goroutine& g = program.go(program.main());
  program.lock(g, mu);
  program.end(g);
  program.block(program.main(), mu);
  EXPECT_TOLD(program, "SL120", "SL203");
  EXPECT_EQ(told().back().certainty, "certain");
  EXPECT_EQ(told().back().title, "goroutine 1 (main) waits for 'mu', whose holder has ended");
}

TEST(LockMisuse, waiting_for_a_lock_that_was_handed_on_is_silent) {
  Program program;
  Object mu{ObjectKind::mutex};
  Goroutine& g = program.go(program.main());
  program.lock(g, mu);
  Goroutine& callback = program.go(g);
  program.end(g);
  program.block(program.main(), mu);
  EXPECT_SILENT(program);
  program.unlock(callback, mu);
  EXPECT_TOLD(program, "SL121");
}

TEST(LockMisuse, ended_holding_what_a_goroutine_told_of_it_may_free_is_silent) {
  Program program;
  Object mu{ObjectKind::mutex}, jobs{ObjectKind::channel};
  Goroutine& worker = program.go(program.main());
  Goroutine& g = program.go(program.main());
  program.lock(g, mu);
  program.send(g, jobs);
  program.end(g);
  program.block(program.main(), mu);
  EXPECT_SILENT(program);
  program.unlock(worker, mu);
  program.unpark(program.main());
  program.acquire(program.main(), mu);
  program.end(worker);
  program.run_end();
  EXPECT_TOLD(program, "SL121");
}

// To say that one is done passes no duty on: this is how a forgotten unlock looks.
TEST(LockMisuse, ended_holding_after_it_said_that_it_was_done) {
  Program program;
  Object mu{ObjectKind::mutex}, other{ObjectKind::mutex}, wg{ObjectKind::wait_group};
  program.add(program.main(), wg, 1);
  Goroutine& g = program.go(program.main());
  program.lock(g, mu);
  program.lock(g, other);
  program.unlock(g, other);
  program.done(g, wg);
  program.end(g);
  EXPECT_TOLD(program, "SL120");
  EXPECT_EQ(program.only().certainty, "certain");
}

TEST(LockMisuse, ended_holding_what_nobody_has_freed_is_told_at_the_end) {
  Program program;
  Object mu{ObjectKind::mutex}, jobs{ObjectKind::channel};
  Goroutine& g = program.go(program.main());
  program.lock(g, mu);
  program.send(g, jobs);
  program.end(g, "std::runtime_error: bad line 3");
  EXPECT_SILENT(program);
  program.run_end();
  EXPECT_TOLD(program, "SL120");
  EXPECT_NE(program.only().text.find("std::runtime_error: bad line 3"), std::string::npos);
  program.begin_again();
  program.run_end();
  EXPECT_TOLD(program, "SL120");
}

// Told by means that can't be seen, another frees it after all.

TEST(LockMisuse, a_holder_said_to_have_ended_is_withdrawn_once) {
  Program program;
  std::list<Object> locks;
  Goroutine& worker = program.go(program.main());
  for (int i = 0; i < 3; ++i) {
    Object& mu = locks.emplace_back(ObjectKind::mutex);
    Goroutine& g = program.go(program.main());
    program.lock(g, mu);
    program.end(g);
    program.block(program.main(), mu);
    program.unlock(worker, mu);
    program.unpark(program.main());
  }
  EXPECT_TOLD(program, "SL120", "SL203", "SL999", "SL121", "SL999");
  EXPECT_NE(told()[2].title.find("SL120 on goroutine 3"), std::string::npos) << told()[2].title;
  EXPECT_NE(told()[4].title.find("SL203 on goroutine 1"), std::string::npos) << told()[4].title;
}

TEST(LockMisuse, ended_by_an_exception_while_holding_says_which) {
  Program program;
  Object mu{ObjectKind::mutex};
  Goroutine& g = program.go(program.main());
  program.lock(g, mu);
  program.end(g, "std::runtime_error: bad line 3");
  EXPECT_TOLD(program, "SL120");
  EXPECT_NE(program.only().text.find("std::runtime_error: bad line 3"), std::string::npos);
}

TEST(LockMisuse, ended_with_all_freed_is_silent) {
  Program program;
  Object mu{ObjectKind::mutex}, rw{ObjectKind::rw_mutex};
  Goroutine& g = program.go(program.main());
  program.lock(g, mu);
  program.read(g, rw);
  program.unlock(g, mu);
  program.unread(g, rw);
  program.end(g);
  EXPECT_SILENT(program);
}

TEST(LockMisuse, handed_on_to_a_goroutine_started_under_the_lock) {
  Program program;
  Object mu{ObjectKind::mutex};
  Goroutine& g = program.go(program.main());
  program.lock(g, mu);
  Goroutine& callback = program.go(g);
  program.end(g);
  EXPECT_SILENT(program);
  program.unlock(callback, mu);
  EXPECT_TOLD(program, "SL121");
}

TEST(LockMisuse, unlock_by_another_is_noted_once) {
  Program program;
  Object mu{ObjectKind::mutex};
  Goroutine& g = program.go(program.main());
  for (int i = 0; i < 3; ++i) {
    program.lock(program.main(), mu);
    program.unlock(g, mu);
  }
  EXPECT_TOLD(program, "SL121");
  EXPECT_EQ(program.only().severity, "note");
}

TEST(LockMisuse, a_lock_used_as_a_semaphore_is_left_alone) {
  Program program;
  Object mu{ObjectKind::mutex};
  Goroutine& g = program.go(program.main());
  program.lock(program.main(), mu);
  program.unlock(g, mu);
  // Lock, and lock again until the other frees it: no self-deadlock any more, nor held at the end.
  program.lock(program.main(), mu);
  program.request(program.main(), mu);
  program.park_on(program.main(), mu);
  program.unlock(g, mu);
  program.unpark(program.main());
  program.acquire(program.main(), mu);
  program.end(program.main());
  EXPECT_TOLD(program, "SL121");
}

// Its holder may be all but done with it: what it started under the lock frees it.

TEST(LockMisuse, a_circle_over_a_lock_that_was_handed_on_is_none) {
  Program program(Level::wait);
  Object a{ObjectKind::mutex}, b{ObjectKind::mutex};
  Goroutine& one = program.go(program.main());
  Goroutine& two = program.go(program.main());
  program.lock(two, b);
  program.lock(one, a);
  Goroutine& child = program.go(one);
  program.block(one, b);
  program.block(two, a);
  EXPECT_SILENT(program);
  program.unlock(child, a);
  EXPECT_TOLD(program, "SL121");
}

TEST(LockMisuse, destroyed_while_locked) {
  Program program;
  Object mu{ObjectKind::mutex};
  program.lock(program.main(), mu);
  program.destroy(program.main(), mu, true);
  EXPECT_TOLD(program, "SL122");
}

TEST(LockMisuse, everything_that_can_be_held_or_waited_for_is_destroyed_in_use) {
  for (const ObjectKind kind : {ObjectKind::mutex, ObjectKind::rw_mutex, ObjectKind::once,
                                ObjectKind::cond, ObjectKind::semaphore}) {
    Program program;
    Object object{kind};
    Goroutine& waiter = program.go(program.main());
    program.park(waiter, WaitReason::cond_wait, {object.ref()});
    program.destroy(program.main(), object, true);
    EXPECT_TOLD(program, "SL122");
    EXPECT_NE(program.only().text.find("goroutine 2 waits for it"), std::string::npos)
        << program.only().text;
  }
}

TEST(LockMisuse, destroyed_when_free_is_silent) {
  Program program;
  Object mu{ObjectKind::mutex};
  program.lock(program.main(), mu);
  program.unlock(program.main(), mu);
  program.destroy(program.main(), mu);
  EXPECT_SILENT(program);
}

TEST(LockMisuse, the_same_mistake_at_the_same_place_is_told_once) {
  Program program;
  Object a{ObjectKind::mutex}, b{ObjectKind::mutex};
  for (Object* each : {&a, &b}) {
    Goroutine& g = program.go(program.main());
    program.lock(g, *each, "worker.cc:5");
    program.end(g);
  }
  EXPECT_TOLD(program, "SL120");
}

}  // namespace
}  // namespace sluice::checked::test
