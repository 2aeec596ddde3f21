// WaitGroups: rounds that overlap, waits for oneself, ends that come too early.
#include "fake_program.hpp"

namespace sluice::checked::test {
namespace {

TEST(WaitGroupMisuse, a_new_round_under_a_waiter_of_the_last) {
  Program program;
  Object wg{ObjectKind::wait_group};
  Goroutine& slow = program.go(program.main());
  program.add(program.main(), wg);
  Goroutine& g = program.go(program.main());
  program.wait_parked(program.main(), wg);
  program.wait_parked(slow, wg);
  program.done(g, wg);
  program.unpark(program.main());
  // The other waiter is awake, but not out yet.
  program.add(program.main(), wg);
  EXPECT_TOLD(program, "SL507");
  EXPECT_EQ(program.only().certainty, "certain");
}

TEST(WaitGroupMisuse, a_new_round_after_all_waiters_are_out_is_silent) {
  Program program;
  Object wg{ObjectKind::wait_group};
  for (int round = 0; round < 3; ++round) {
    program.add(program.main(), wg);
    Goroutine& g = program.go(program.main());
    program.wait_parked(program.main(), wg);
    program.done(g, wg);
    program.unpark(program.main());
    program.end(g);
  }
  EXPECT_SILENT(program);
}

TEST(WaitGroupMisuse, a_counted_goroutine_that_waits_for_its_own_group) {
  Program program(Level::wait);
  Object wg{ObjectKind::wait_group};
  Goroutine& g = program.group_go(program.main(), wg);
  program.wait_parked(g, wg);
  EXPECT_TOLD(program, "SL504");
  EXPECT_EQ(program.only().certainty, "certain");
}

// Started after an add, but not by the group: somebody else may call done for it.
TEST(WaitGroupMisuse, a_goroutine_that_is_likely_counted_may_wait) {
  Program program;
  Object wg{ObjectKind::wait_group};
  program.add(program.main(), wg);
  Goroutine& g = program.go(program.main());
  program.wait_parked(g, wg);
  program.done(program.main(), wg);
  program.unpark(g);
  EXPECT_SILENT(program);
}

TEST(WaitGroupMisuse, destroyed_with_a_done_still_owed) {
  Program program;
  Object wg{ObjectKind::wait_group};
  program.name(wg, "workers");
  program.add(program.main(), wg, 2, "pool.cc:40");
  Goroutine& g = program.go(program.main());
  program.done(g, wg);
  program.destroy(program.main(), wg, true);
  EXPECT_TOLD(program, "SL508");
  EXPECT_EQ(program.only().title, "'workers' is destroyed in use: 1 still owed");
}

TEST(WaitGroupMisuse, destroyed_before_a_waiter_is_out) {
  Program program;
  Object wg{ObjectKind::wait_group};
  Goroutine& waiter = program.go(program.main());
  program.add(program.main(), wg);
  program.wait_parked(waiter, wg);
  program.done(program.main(), wg);
  program.destroy(program.main(), wg);
  EXPECT_TOLD(program, "SL508");
}

TEST(WaitGroupMisuse, destroyed_at_zero_is_silent) {
  Program program;
  Object wg{ObjectKind::wait_group};
  program.add(program.main(), wg);
  program.done(program.main(), wg);
  program.wait(program.main(), wg);
  program.destroy(program.main(), wg);
  EXPECT_SILENT(program);
}

TEST(WaitGroupMisuse, two_ways_to_count_are_noted_on_demand) {
  for (const bool verbose : {false, true}) {
    Program program(verbose ? "check,verbose" : "check");
    Object wg{ObjectKind::wait_group};
    Goroutine& g = program.group_go(program.main(), wg);
    program.add(program.main(), wg);
    program.wait_parked(program.main(), wg);
    program.done(g, wg);
    program.done(g, wg);
    program.unpark(program.main());
    EXPECT_EQ(program.codes(),
              verbose ? std::vector<std::string>{"SL510"} : std::vector<std::string>{});
  }
}

TEST(WaitGroupMisuse, an_add_of_nothing_is_noted_on_demand) {
  for (const bool verbose : {false, true}) {
    Program program(verbose ? "check,verbose" : "check");
    Object wg{ObjectKind::wait_group};
    program.add(program.main(), wg, 0);
    EXPECT_EQ(program.codes(),
              verbose ? std::vector<std::string>{"SL510"} : std::vector<std::string>{});
  }
}

TEST(WaitGroupMisuse, an_overflow_is_told_with_its_panic) {
  Program program;
  Object wg{ObjectKind::wait_group};
  program.add(program.main(), wg, INT32_MAX);
  program.add(program.main(), wg, 1);
  EXPECT_SILENT(program);
  program.uncaught(program.main(), "sync: negative WaitGroup counter");
  EXPECT_TOLD(program, "SL510");
}

}  // namespace
}  // namespace sluice::checked::test
