// WaitGroups: what is owed, by whom, and what is said when it does not add up.
#include "fake_program.hpp"

namespace sluice::checked::test {
namespace {

TEST(WaitGroups, add_go_done_is_silent) {
  Program program;
  Object wg{ObjectKind::wait_group};
  for (int round = 0; round < 3; ++round) {
    std::vector<Goroutine*> workers;
    for (int i = 0; i < 4; ++i) {
      program.add(program.main(), wg);
      workers.push_back(&program.go(program.main()));
    }
    program.wait_parked(program.main(), wg);
    for (Goroutine* worker : workers) {
      program.done(*worker, wg);
      program.end(*worker);
    }
    program.unpark(program.main());
  }
  program.run_end();
  EXPECT_SILENT(program);
}

TEST(WaitGroups, add_many_then_go_is_silent) {
  Program program;
  Object wg{ObjectKind::wait_group};
  program.add(program.main(), wg, 2);
  Goroutine& a = program.go(program.main());
  Goroutine& b = program.go(program.main());
  program.done(b, wg);
  program.end(b);
  program.wait_parked(program.main(), wg);
  program.done(a, wg);
  program.end(a);
  program.unpark(program.main());
  EXPECT_SILENT(program);
}

TEST(WaitGroups, negative_counter) {
  Program program;
  Object wg{ObjectKind::wait_group};
  program.name(wg, "workers");
  program.add(program.main(), wg, 1, "pool.cc:40");
  Goroutine& g = program.go(program.main(), "w2");
  program.done(g, wg, "job.cc:71");
  EXPECT_SILENT(program);
  program.done(g, wg, "job.cc:90");
  EXPECT_SILENT(program);  // somebody may catch it
  program.uncaught(g, "sync: negative WaitGroup counter");
  EXPECT_TOLD(program, "SL501");
  EXPECT_EQ(program.only().title, "WaitGroup 'workers' counter would become -1");
  EXPECT_TRUE(says(program.only(), "extra done()"));
  EXPECT_TRUE(says(program.only(), "goroutine 2 already did done() at")) << program.only().text;
  EXPECT_TRUE(says(program.only(), "it owed 1 (add at ")) << program.only().text;
  EXPECT_TRUE(says(program.only(), "totals: add 1 ("));
  EXPECT_TRUE(says(program.only(), "done 2 ("));
}

TEST(WaitGroups, negative_by_add) {
  Program program;
  Object wg{ObjectKind::wait_group};
  program.add(program.main(), wg, 1);
  program.add(program.main(), wg, -2);
  program.uncaught(program.main(), "sync: negative WaitGroup counter");
  EXPECT_TOLD(program, "SL501");
}

TEST(WaitGroups, all_asleep_names_the_goroutine_that_owed) {
  Program program;
  Object wg{ObjectKind::wait_group}, jobs{ObjectKind::channel};
  program.name(wg, "workers");
  program.name(jobs, "jobs");
  std::vector<Goroutine*> workers;
  for (int i = 0; i < 4; ++i) {
    program.add(program.main(), wg, 1, "pool.cc:40");
    workers.push_back(&program.go(program.main()));
  }
  program.wait_parked(program.main(), wg);
  for (int i = 0; i < 3; ++i) {
    program.done(*workers[i], wg);
    program.end(*workers[i]);
  }
  program.receive(*workers[3], jobs);
  program.end(*workers[3]);
  EXPECT_SILENT(program);
}

TEST(WaitGroups, add_from_zero_under_a_waiter) {
  Program program;
  Object wg{ObjectKind::wait_group};
  program.add(program.main(), wg);
  Goroutine& g = program.go(program.main());
  program.wait_parked(program.main(), wg);
  program.done(g, wg);
  // The counter is zero, and the waiter has not come out yet.
  program.add(g, wg);
  EXPECT_TOLD(program, "SL505");
}

TEST(WaitGroups, add_above_zero_under_a_waiter_is_silent) {
  Program program;
  Object wg{ObjectKind::wait_group};
  program.add(program.main(), wg);
  Goroutine& g = program.go(program.main());
  program.wait_parked(program.main(), wg);
  program.add(g, wg);
  Goroutine& child = program.go(g);
  program.done(g, wg);
  program.done(child, wg);
  program.unpark(program.main());
  EXPECT_SILENT(program);
}

TEST(WaitGroups, add_inside_the_counted_goroutine) {
  Program program;
  Object wg{ObjectKind::wait_group};
  Goroutine& g = program.go(program.main());
  program.wait(program.main(), wg);  // finds zero
  program.add(g, wg, 1, "late.cc:5");
  program.done(g, wg);
  program.end(g);
  EXPECT_SILENT(program);  // a later wait may still make it good
  program.run_end();
  EXPECT_TOLD(program, "SL506");
  EXPECT_EQ(program.only().certainty, "feasible");
}

TEST(WaitGroups, level_wait_does_not_know_what_comes_first) {
  Program program(Level::wait);
  Object wg{ObjectKind::wait_group};
  Goroutine& g = program.go(program.main());
  program.add(g, wg);
  program.wait_parked(program.main(), wg);
  program.done(g, wg);
  EXPECT_SILENT(program);
}

TEST(WaitGroups, add_inside_the_counted_goroutine_that_was_lucky) {
  Program program;
  Object wg{ObjectKind::wait_group};
  Goroutine& g = program.go(program.main());
  program.add(g, wg);
  program.wait_parked(program.main(), wg);
  program.done(g, wg);
  EXPECT_TOLD(program, "SL506");
}

TEST(WaitGroups, add_inside_that_was_told_to_the_waiter_is_silent) {
  Program program;
  Object wg{ObjectKind::wait_group}, ready{ObjectKind::channel};
  Goroutine& g = program.go(program.main());
  program.add(g, wg);
  program.send(g, ready);
  program.receive(program.main(), ready);
  program.wait_parked(program.main(), wg);
  program.done(g, wg);
  program.end(g);
  program.unpark(program.main());
  program.run_end();
  EXPECT_SILENT(program);
}

TEST(WaitGroups, add_inside_under_a_lock_is_silent) {
  Program program;
  Object wg{ObjectKind::wait_group}, mu{ObjectKind::mutex};
  Goroutine& g = program.go(program.main());
  program.lock(g, mu);
  program.add(g, wg);
  program.unlock(g, mu);
  program.wait_parked(program.main(), wg);
  program.done(g, wg);
  program.end(g);
  program.unpark(program.main());
  program.run_end();
  EXPECT_SILENT(program);
}

TEST(WaitGroups, a_goroutine_with_a_group_of_its_own_is_silent) {
  Program program;
  Object wg{ObjectKind::wait_group};
  Goroutine& g = program.go(program.main());
  program.add(g, wg);
  Goroutine& child = program.go(g);
  program.wait_parked(g, wg);
  program.done(child, wg);
  program.end(child);
  program.unpark(g);
  program.end(g);
  program.run_end();
  EXPECT_SILENT(program);
}

TEST(WaitGroups, a_timer_callback_that_calls_done_is_silent) {
  Program program;
  Object wg{ObjectKind::wait_group};
  program.add(program.main(), wg);
  program.wait_parked(program.main(), wg);
  Goroutine& callback = program.thread();
  program.done(callback, wg);
  program.unpark(program.main());
  EXPECT_SILENT(program);
}

TEST(WaitGroups, wg_go_is_silent_and_survives_reuse_of_the_address) {
  Program program;
  Object wg{ObjectKind::wait_group};
  for (int round = 0; round < 2; ++round) {
    Goroutine& g = program.group_go(program.main(), wg);
    program.wait_parked(program.main(), wg);
    program.done(g, wg);
    program.end(g);
    program.unpark(program.main());
    program.destroy(program.main(), wg);
  }
  EXPECT_SILENT(program);
}

TEST(WaitGroups, exact_debtor_that_ends_owing) {
  Program program;
  Object wg{ObjectKind::wait_group};
  Goroutine& g = program.group_go(program.main(), wg);
  program.end(g);
  EXPECT_TOLD(program, "SL503");
}

}  // namespace
}  // namespace sluice::checked::test
