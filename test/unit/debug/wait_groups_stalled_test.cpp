// WaitGroups that never come to zero beside goroutines that live: who is believed to owe what.
#include "fake_program.hpp"

namespace sluice::checked::test {
namespace {

TEST(WaitGroupsStalled, done_by_a_goroutine_that_the_debtor_started_is_silent) {
  Program program;
  Object wg{ObjectKind::wait_group};
  program.add(program.main(), wg);
  Goroutine& g = program.go(program.main());
  Goroutine& helper = program.go(g);
  program.wait_parked(program.main(), wg);
  program.end(g);
  EXPECT_SILENT(program);
  program.done(helper, wg);
  program.end(helper);
  program.unpark(program.main());
  EXPECT_SILENT(program);
}

TEST(WaitGroupsStalled, work_that_is_passed_on_is_silent) {
  Program program;
  Object wg{ObjectKind::wait_group}, jobs{ObjectKind::channel};
  Goroutine& pool = program.go(program.main());
  for (int i = 0; i < 3; ++i) {
    program.add(program.main(), wg);
    Goroutine& sender = program.go(program.main());
    program.send(sender, jobs);
    program.end(sender);
    program.receive(pool, jobs);
    program.done(pool, wg);
  }
  // The last one, too, is only passed on: the pool has yet to get to it.
  program.add(program.main(), wg);
  Goroutine& sender = program.go(program.main());
  program.wait_parked(program.main(), wg);
  program.send(sender, jobs);
  program.end(sender);
  EXPECT_SILENT(program);
}

TEST(WaitGroupsStalled, stalled_beside_goroutines_that_live_is_likely) {
  Program program;
  Object wg{ObjectKind::wait_group}, tick{ObjectKind::timer};
  program.name(wg, "workers");
  Goroutine& ticker = program.go(program.main(), "ticker");
  std::vector<Goroutine*> workers;
  for (int i = 0; i < 3; ++i) {
    program.add(program.main(), wg, 1, "pool.cc:40");
    workers.push_back(&program.go(program.main()));
  }
  program.park(ticker, WaitReason::sleep, {}, 1);
  program.wait_parked(program.main(), wg);
  program.done(*workers[0], wg);
  program.end(*workers[0]);
  program.done(*workers[1], wg);
  program.end(*workers[1]);
  EXPECT_SILENT(program);
  program.end(*workers[2]);
  EXPECT_TOLD(program, "SL502");
  EXPECT_EQ(program.only().certainty, "likely");
  EXPECT_EQ(program.only().title, "WaitGroup 'workers' can never reach zero (1 of 3 still owed)");
  EXPECT_TRUE(says(program.only(), "goroutine 5")) << program.only().text;
}

// Zero in between: those of earlier rounds are evidence as good as those of this one.
TEST(WaitGroupsStalled, stalled_after_others_of_its_kind_did_their_part_before) {
  Program program;
  Object wg{ObjectKind::wait_group};
  program.go(program.main(), "server");
  for (int i = 0; i < 3; ++i) {
    program.add(program.main(), wg, 1, "pool.cc:40");
    Goroutine& worker = program.go(program.main());
    if (i == 2) program.wait_parked(program.main(), wg);
    if (i < 2) program.done(worker, wg);
    program.end(worker);
  }
  EXPECT_TOLD(program, "SL502");
  EXPECT_EQ(program.only().certainty, "likely");
}

TEST(WaitGroupsStalled, no_evidence_is_left_of_a_group_whose_work_was_once_passed_on) {
  Program program;
  Object wg{ObjectKind::wait_group};
  Goroutine& other = program.go(program.main(), "other");
  for (int i = 0; i < 3; ++i) {
    program.add(program.main(), wg, 1, "pool.cc:40");
    Goroutine& worker = program.go(program.main());
    if (i == 2) program.wait_parked(program.main(), wg);
    if (i == 0) program.done(worker, wg);
    program.end(worker);
    if (i == 1) program.done(other, wg);
  }
  EXPECT_SILENT(program);
}

TEST(WaitGroupsStalled, a_wait_that_begins_too_late_is_stalled_from_the_start) {
  Program program;
  Object wg{ObjectKind::wait_group};
  program.add(program.main(), wg);
  Goroutine& honest = program.go(program.main());
  program.add(program.main(), wg);
  Goroutine& debtor = program.go(program.main());
  program.done(honest, wg);
  program.end(honest);
  program.end(debtor);
  Goroutine& waiter = program.go(program.main(), "waiter");
  program.wait_parked(waiter, wg);
  EXPECT_TOLD(program, "SL502");
}

TEST(WaitGroupsStalled, stalled_but_then_done_after_all_is_withdrawn) {
  Program program;
  Object wg{ObjectKind::wait_group};
  Goroutine& other = program.go(program.main(), "other");
  std::vector<Goroutine*> workers;
  for (int i = 0; i < 2; ++i) {
    program.add(program.main(), wg);
    workers.push_back(&program.go(program.main()));
  }
  program.wait_parked(program.main(), wg);
  program.done(*workers[0], wg);
  program.end(*workers[0]);
  program.end(*workers[1]);
  EXPECT_TOLD(program, "SL502");
  program.done(other, wg);
  program.unpark(program.main());
  EXPECT_TOLD(program, "SL502", "SL999");
}

TEST(WaitGroupsStalled, a_goroutine_started_between_the_counted_ones_is_silent) {
  Program program;
  Object wg{ObjectKind::wait_group};
  program.add(program.main(), wg, 2);
  Goroutine& client = program.go(program.main(), "client");
  Goroutine& watcher = program.go(program.main(), "watcher");  // nobody counts it
  Goroutine& release = program.go(program.main(), "release");
  program.wait_parked(program.main(), wg);
  program.done(client, wg);
  program.end(client);
  program.end(watcher);
  EXPECT_SILENT(program);
  program.done(release, wg);
  program.end(release);
  program.unpark(program.main());
  EXPECT_SILENT(program);
}

TEST(WaitGroupsStalled, a_worker_that_does_more_than_its_share_is_silent) {
  Program program;
  Object wg{ObjectKind::wait_group};
  program.add(program.main(), wg, 2);  // two jobs, and two who may take them
  Goroutine& busy = program.go(program.main(), "worker");
  Goroutine& idle = program.go(program.main(), "worker");
  program.wait_parked(program.main(), wg);
  program.done(busy, wg);
  program.end(idle);
  EXPECT_SILENT(program);
  program.done(busy, wg);
  program.end(busy);
  program.unpark(program.main());
  EXPECT_SILENT(program);
}

TEST(WaitGroupsStalled, a_worker_more_than_there_are_jobs_is_silent) {
  Program program;
  Object wg{ObjectKind::wait_group};
  program.add(program.main(), wg, 2);
  Goroutine& quick = program.go(program.main(), "worker");
  Goroutine& idle = program.go(program.main(), "worker");
  Goroutine& third = program.go(program.main(), "worker");  // no addition was left to bind it to
  program.wait_parked(program.main(), wg);
  program.done(quick, wg);
  program.end(quick);
  program.end(idle);
  EXPECT_SILENT(program);
  program.done(third, wg);
  program.end(third);
  program.unpark(program.main());
  EXPECT_SILENT(program);
}

}  // namespace
}  // namespace sluice::checked::test
