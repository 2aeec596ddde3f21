// One goroutine and one lock: taken again, kept to the end, freed by another, destroyed too early.
#include "fake_program.hpp"

namespace sluice::checked::test {
namespace {

TEST(LockMisuse, lock_again_under_itself_is_certain) {
  Program program;
  Object mu{ObjectKind::mutex};
  program.name(mu, "mu");
  program.lock(program.main(), mu, "first");
  program.request(program.main(), mu, AccessMode::exclusive, "second");
  EXPECT_TOLD(program, "SL110");
  EXPECT_EQ(program.only().certainty, "certain");
  EXPECT_NE(program.only().title.find("'mu' again while it holds it"), std::string::npos);
}

TEST(LockMisuse, lock_again_what_a_goroutine_started_under_it_may_free_is_silent) {
  Program program;
  Object mu{ObjectKind::mutex};
  program.lock(program.main(), mu);
  Goroutine& g = program.go(program.main());
  program.block(program.main(), mu);
  EXPECT_SILENT(program);
  program.unlock(g, mu);
  EXPECT_TOLD(program, "SL121");
}

TEST(LockMisuse, upgrade_from_reading_to_writing_is_certain) {
  Program program;
  Object rw{ObjectKind::rw_mutex};
  program.read(program.main(), rw);
  program.request(program.main(), rw, AccessMode::exclusive);
  EXPECT_TOLD(program, "SL110");
  EXPECT_NE(program.only().title.find("write-locks"), std::string::npos);
}

TEST(LockMisuse, reading_under_its_own_write_lock_is_certain) {
  Program program;
  Object rw{ObjectKind::rw_mutex};
  program.lock(program.main(), rw);
  program.request(program.main(), rw, AccessMode::shared);
  EXPECT_TOLD(program, "SL110");
}

TEST(LockMisuse, a_once_called_from_its_own_function) {
  Program program;
  Object once{ObjectKind::once};
  program.lock(program.main(), once);
  program.request(program.main(), once);
  EXPECT_TOLD(program, "SL110");
  EXPECT_NE(program.only().title.find("from inside its own function"), std::string::npos);
}

TEST(LockMisuse, read_lock_twice_is_feasible) {
  Program program;
  Object rw{ObjectKind::rw_mutex};
  program.read(program.main(), rw);
  program.read(program.main(), rw);
  EXPECT_TOLD(program, "SL103");
  EXPECT_EQ(program.only().certainty, "feasible");
  program.unread(program.main(), rw);
  program.unread(program.main(), rw);
  EXPECT_TOLD(program, "SL103");
}

TEST(LockMisuse, read_lock_twice_with_a_writer_between_is_certain) {
  Program program;
  Object rw{ObjectKind::rw_mutex};
  Goroutine& writer = program.go(program.main());
  program.read(program.main(), rw);
  program.block(writer, rw);
  program.request(program.main(), rw, AccessMode::shared);
  EXPECT_TOLD(program, "SL103");
  EXPECT_EQ(program.only().certainty, "certain");
}

TEST(LockMisuse, read_lock_after_the_first_was_freed_is_silent) {
  Program program;
  Object rw{ObjectKind::rw_mutex};
  for (int i = 0; i < 3; ++i) {
    program.read(program.main(), rw);
    program.unread(program.main(), rw);
  }
  EXPECT_SILENT(program);
}

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

TEST(LockMisuse, a_wrong_verdict_is_withdrawn) {
  Program program;
  Object mu{ObjectKind::mutex};
  Goroutine& g = program.go(program.main());
  program.lock(program.main(), mu);
  program.block(program.main(), mu);
  EXPECT_TOLD(program, "SL110");
  program.unlock(g, mu);
  program.unpark(program.main());
  EXPECT_TOLD(program, "SL110", "SL121", "SL999");
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
