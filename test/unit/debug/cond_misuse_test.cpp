// Condition variables, and what is held while a goroutine parks.
#include "fake_program.hpp"

namespace sluice::checked::test {
namespace {

TEST(CondMisuse, a_wait_under_the_lock_is_silent) {
  Program program("check,verbose");
  Object cond{ObjectKind::cond}, mu{ObjectKind::mutex};
  Goroutine& g = program.go(program.main());
  program.lock(g, mu);
  program.cond_wait(g, cond, mu);
  program.unlock(g, mu);
  program.park(g, WaitReason::cond_wait, {cond.ref()});
  program.notify(program.main(), cond, 1);
  program.unpark(g);
  program.lock(g, mu);
  program.unlock(g, mu);
  EXPECT_SILENT(program);
}

TEST(CondMisuse, a_wait_without_the_lock) {
  Program program;
  Object cond{ObjectKind::cond}, mu{ObjectKind::mutex};
  program.name(cond, "ready");
  program.name(mu, "mu");
  Goroutine& g = program.go(program.main());
  program.lock(program.main(), mu);  // known, and free again
  program.unlock(program.main(), mu);
  program.cond_wait(g, cond, mu);
  program.unlock(g, mu);
  EXPECT_TOLD(program, "SL123");
  EXPECT_EQ(program.only().title, "goroutine 2 waits on 'ready' while it does not hold 'mu'");
  EXPECT_TRUE(says(program.only(), "nobody holds it"));
}

TEST(CondMisuse, a_wait_with_the_lock_of_another) {
  Program program;
  Object cond{ObjectKind::cond}, mu{ObjectKind::mutex};
  Goroutine& g = program.go(program.main());
  program.lock(program.main(), mu);
  program.cond_wait(g, cond, mu);
  program.unlock(g, mu);
  EXPECT_TOLD(program, "SL123");
  EXPECT_TRUE(says(program.only(), "goroutine 1 (main) holds it"));
}

TEST(CondMisuse, a_lock_that_is_handed_over_may_be_waited_with) {
  Program program;
  Object cond{ObjectKind::cond}, mu{ObjectKind::mutex};
  Goroutine& g = program.go(program.main());
  program.lock(program.main(), mu);
  program.unlock(g, mu);
  EXPECT_TOLD(program, "SL121");
  program.lock(program.main(), mu);
  program.cond_wait(g, cond, mu);
  program.unlock(g, mu);
  EXPECT_TOLD(program, "SL121");
}

TEST(CondMisuse, an_unlock_by_another_later_is_no_wait) {
  Program program;
  Object cond{ObjectKind::cond}, mu{ObjectKind::mutex}, other{ObjectKind::mutex};
  Goroutine& g = program.go(program.main());
  program.lock(g, mu);
  program.cond_wait(g, cond, mu);
  program.unlock(g, mu);
  program.park(g, WaitReason::cond_wait, {cond.ref()});
  program.unpark(g);
  program.lock(program.main(), other);
  program.unlock(g, other);
  EXPECT_TOLD(program, "SL121");
}

TEST(CondMisuse, a_notification_that_nobody_hears_is_noted_on_demand) {
  for (const bool verbose : {false, true}) {
    Program program(verbose ? "verbose" : "check");
    Object cond{ObjectKind::cond};
    program.notify(program.main(), cond, 0);
    program.notify(program.main(), cond, 0);
    if (verbose) {
      EXPECT_TOLD(program, "SL130");
      EXPECT_EQ(program.only().severity, "note");
    } else {
      EXPECT_SILENT(program);
    }
  }
}

TEST(ParkedHolding, a_lock_of_the_threads_is_an_error) {
  Program program(Level::wait);
  Object ch{ObjectKind::channel};
  const int os = 0;
  Goroutine& g = program.go(program.main());
  program.os_lock(g, os);
  EXPECT_SILENT(program);
  program.park(g, WaitReason::chan_receive, {ch.ref(AccessMode::receive)});
  EXPECT_TOLD(program, "SL140");
  EXPECT_TRUE(says(program.only(), "goroutine 2 parks while it holds a std::mutex"))
      << program.only().text;
}

TEST(ParkedHolding, what_is_freed_before_or_held_by_others_is_silent) {
  Program program;
  Object ch{ObjectKind::channel};
  const int a = 0, b = 0;
  Goroutine& g = program.go(program.main());
  Goroutine& other = program.go(program.main());
  program.os_lock(other, a);
  program.os_lock(g, a);
  program.os_lock(g, b);
  program.os_unlock(g, a);
  program.os_unlock(g, b);
  program.os_unlock(g, b);  // taken where nobody saw it
  program.park(g, WaitReason::chan_receive, {ch.ref(AccessMode::receive)});
  EXPECT_SILENT(program);
}

// It blocks that thread alone, as such locks do.
TEST(ParkedHolding, a_thread_of_the_program_may) {
  Program program;
  Object ch{ObjectKind::channel};
  const int os = 0;
  Goroutine& thread = program.thread();
  program.os_lock(thread, os);
  program.park(thread, WaitReason::chan_receive, {ch.ref(AccessMode::receive)});
  EXPECT_SILENT(program);
}

TEST(ParkedHolding, a_lock_held_over_a_channel_is_noted_on_demand) {
  for (const bool verbose : {false, true}) {
    Program program(verbose ? "verbose" : "check");
    Object ch{ObjectKind::channel}, mu{ObjectKind::mutex};
    program.lock(program.main(), mu);
    program.park(program.main(), WaitReason::chan_send, {ch.ref(AccessMode::send)});
    if (verbose) {
      EXPECT_TOLD(program, "SL141");
      EXPECT_EQ(program.only().severity, "note");
    } else {
      EXPECT_SILENT(program);
    }
  }
}

}  // namespace
}  // namespace sluice::checked::test
