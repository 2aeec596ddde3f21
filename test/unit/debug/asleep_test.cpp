// All asleep, and left over at the end: the process ends in the first case, so that is tried in a
// child.
#include "fake_program.hpp"

namespace sluice::checked::test {
namespace {

// The report goes to the stderr of the child, which gtest matches; what the handler gets is lost
// with the child.
template <class Build>
void expect_death(Build build, const std::string& pattern) {
  EXPECT_EXIT(
      {
        Program program(Level::check, false);
        build(program);
        program.all_asleep();
      },
      testing::ExitedWithCode(2), pattern);
}

TEST(Asleep, a_lock_whose_holder_has_ended) {
  expect_death(
      [](Program& program) {
        static Object cfg{ObjectKind::mutex}, wg{ObjectKind::wait_group};
        program.name(cfg, "cfg");
        program.name(wg, "workers");
        Goroutine& reload = program.go(program.main());
        program.lock(reload, cfg);
        program.end(reload);
        for (int i = 0; i < 2; ++i) {
          program.add(program.main(), wg);
          program.block(program.go(program.main()), cfg);
        }
        program.wait_parked(program.main(), wg);
      },
      "fatal\\[SL301\\]: all goroutines are asleep - deadlock +\\(3 goroutines, 0 timers, 0 "
      "network "
      "waits\\)(.|\n)*root cause: goroutine 2 exited at .* while holding 'cfg'; nobody can unlock "
      "it "
      "+\\[SL120\\](.|\n)*"
      "who waits for what\n     main +wg.wait 'workers' \\(2 of 2 still owed\\).*\n"
      "       needs  goroutine 3 +lock 'cfg'.*\n +'cfg' is owned by goroutine 2 \\(exited\\)\n"
      "       needs  goroutine 4 +lock 'cfg'");
}

TEST(Asleep, a_circle_of_locks) {
  expect_death(
      [](Program& program) {
        static Object a{ObjectKind::mutex}, b{ObjectKind::mutex}, wg{ObjectKind::wait_group};
        program.name(a, "a");
        program.name(b, "b");
        Goroutine& g1 = program.group_go(program.main(), wg);
        Goroutine& g2 = program.group_go(program.main(), wg);
        program.lock(g1, a);
        program.lock(g2, b);
        program.block(g1, b);
        program.block(g2, a);
        program.wait_parked(program.main(), wg);
      },
      "root cause: goroutine 2 and goroutine 3 wait for each other +\\[SL201\\]\n"
      "     goroutine 2 waits for 'b', which goroutine 3 holds");
}

TEST(Asleep, a_lock_taken_twice) {
  expect_death(
      [](Program& program) {
        static Object mu{ObjectKind::mutex};
        program.name(mu, "mu");
        program.lock(program.main(), mu);
        program.block(program.main(), mu);
      },
      "root cause: main locks 'mu' again while it holds it +\\[SL110\\]");
}

TEST(Asleep, a_group_that_is_owed_by_the_dead) {
  expect_death(
      [](Program& program) {
        static Object wg{ObjectKind::wait_group};
        program.name(wg, "workers");
        program.add(program.main(), wg);
        Goroutine& g = program.go(program.main());
        program.wait_parked(program.main(), wg);
        program.end(g);
      },
      "root cause: WaitGroup 'workers' can never reach zero \\(1 of 1 still owed\\) "
      "+\\[SL502\\](.|\n)*"
      "owed by\n +goroutine 2 .*returned early at");
}

TEST(Asleep, an_add_that_nobody_was_started_for) {
  expect_death(
      [](Program& program) {
        static Object wg{ObjectKind::wait_group};
        program.add(program.main(), wg, 3);
        for (int i = 0; i < 2; ++i) {
          Goroutine& g = program.go(program.main());
          program.done(g, wg);
          program.end(g);
        }
        program.wait_parked(program.main(), wg);
      },
      "can never reach zero \\(1 of 3 still owed\\)(.|\n)*no goroutine was started for it");
}

TEST(Asleep, a_goroutine_that_waits_for_itself) {
  expect_death(
      [](Program& program) {
        static Object wg{ObjectKind::wait_group};
        program.name(wg, "wg");
        Goroutine& g = program.group_go(program.main(), wg);
        program.wait_parked(g, wg);
        program.wait_parked(program.main(), wg);
      },
      "root cause: goroutine 2 waits for 'wg', to which it owes a done itself +\\[SL504\\]");
}

TEST(Asleep, nobody_left_to_send) {
  expect_death(
      [](Program& program) {
        static Object ch{ObjectKind::channel};
        ch.capacity = 3;
        program.name(ch, "results");
        program.park(program.main(), WaitReason::chan_receive, {ch.ref(AccessMode::receive)});
      },
      "root cause: main waits to receive from 'results', and nobody is left to send on it or to "
      "close "
      "it(.|\n)*recv 'results' \\(empty\\)");
}

TEST(Asleep, behind_a_group_is_a_send_that_nobody_takes) {
  expect_death(
      [](Program& program) {
        static Object ch{ObjectKind::channel}, wg{ObjectKind::wait_group};
        program.name(ch, "results");
        program.name(wg, "wg");
        Goroutine& g = program.group_go(program.main(), wg);
        program.park(g, WaitReason::chan_send, {ch.ref(AccessMode::send)});
        program.wait_parked(program.main(), wg);
      },
      "root cause: goroutine 2 waits to send on 'results', and nobody is left to receive from "
      "it(.|\n)*"
      "main +wg.wait 'wg' \\(1 of 1 still owed\\).*\n       needs  goroutine 2 +send 'results' "
      "\\(unbuffered\\)");
}

TEST(Asleep, a_nil_channel) {
  expect_death(
      [](Program& program) { program.park(program.main(), WaitReason::chan_receive_nil, {}); },
      "root cause: main receives from a nil channel, which blocks for ever +\\[SL603\\]");
}

TEST(Asleep, equal_stacks_are_one) {
  expect_death(
      [](Program& program) {
        static Object ch{ObjectKind::channel};
        for (int i = 0; i < 1000; ++i) {
          Goroutine& g = program.go(program.main());
          g.actor.id = 7;  // the fake's stacks are told apart by id
          program.park(g, WaitReason::chan_send, {ch.ref(AccessMode::send)});
        }
        program.park(program.main(), WaitReason::chan_receive_nil, {});
      },
      "\\(1001 goroutines(.|\n)*goroutine 2, 3, ... \\(x1000\\) "
      "send(.|\n)*stacks(.|\n)*\\(x1000\\)");
}

TEST(Leaks, goroutines_that_outlive_main) {
  Program program;
  Object ch{ObjectKind::channel};
  program.name(ch, "out");
  Goroutine& g = program.go(program.main(), "fetch");
  program.park(g, WaitReason::chan_send, {ch.ref(AccessMode::send)});
  program.end(program.main());
  program.run_end();
  EXPECT_TOLD(program, "SL401");
  EXPECT_NE(program.only().text.find("goroutine 2 \"fetch\"  send 'out' (unbuffered), for"),
            std::string::npos)
      << program.only().text;
}

TEST(Leaks, none_is_silent) {
  Program program;
  Goroutine& g = program.go(program.main());
  program.end(g);
  program.end(program.main());
  program.run_end();
  EXPECT_SILENT(program);
}

TEST(Leaks, one_that_runs_is_told_after_the_time_to_end) {
  Program program;
  program.go(program.main());
  program.end(program.main());
  program.run_end();
  EXPECT_TOLD(program, "SL401");
  EXPECT_NE(program.only().text.find("running"), std::string::npos);
}

TEST(Leaks, a_second_run_does_not_hear_of_the_first) {
  Program program;
  Object a{ObjectKind::mutex}, b{ObjectKind::mutex};
  Goroutine& g1 = program.go(program.main());
  program.park(g1, WaitReason::chan_receive_nil, {});
  program.end(program.main());
  program.run_end();
  EXPECT_TOLD(program, "SL202");
  g1.alive = false;
  program.begin_again();
  EXPECT_EQ(program.hub().check_leaks(), 0u);
}

}  // namespace
}  // namespace sluice::checked::test
