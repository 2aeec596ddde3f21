// Nobody runs, and only a thread that the runtime did not start could change that. Also daemons and
// wakers from outside, who keep verdicts away.
#include "fake_program.hpp"

namespace sluice::checked::test {
namespace {

constexpr std::int64_t kLong = 2;  // seconds

void receive(Program& program, Goroutine& g, Object& channel, std::int64_t until = 0) {
  program.park(g, WaitReason::chan_receive, {channel.ref(AccessMode::receive)}, until);
}

TEST(LikelyAsleep, is_told_once_when_all_have_waited_for_long) {
  Program program;
  Object results{ObjectKind::channel};
  program.name(results, "results");
  receive(program, program.main(), results);
  receive(program, program.go(program.main(), "reader"), results);
  program.quiet();
  EXPECT_SILENT(program);
  program.quiet(kLong);
  EXPECT_EQ(program.only().code, "SL302");
  EXPECT_EQ(program.only().severity, "error");
  EXPECT_EQ(program.only().certainty, "likely");
  EXPECT_EQ(program.only().title,
            "likely asleep for ever: 2 goroutines wait, only foreign threads remain");
  EXPECT_NE(program.only().text.find("recv 'results'"), std::string::npos);
  program.quiet(kLong);
  EXPECT_TOLD(program, "SL302");
}

TEST(LikelyAsleep, not_when_somebody_runs_or_will_be_woken) {
  Program program;
  Object results{ObjectKind::channel};
  receive(program, program.main(), results);
  Goroutine& other = program.go(program.main());
  program.quiet(kLong);
  receive(program, other, results, 1'000'000);
  program.quiet(kLong);
  program.unpark(other);
  program.park(other, WaitReason::sleep, {});
  program.quiet(kLong);
  EXPECT_SILENT(program);
}

TEST(LikelyAsleep, not_when_a_thread_has_just_used_what_they_wait_for) {
  Program program;
  Object results{ObjectKind::channel};
  Goroutine& thread = program.thread();
  program.send(thread, results);
  receive(program, program.main(), results);
  program.quiet(kLong);
  EXPECT_SILENT(program);
  // Now it waits itself.
  Object more{ObjectKind::channel};
  receive(program, thread, more);
  program.quiet(kLong);
  EXPECT_TOLD(program, "SL302");
}

TEST(LikelyAsleep, an_external_waker_holds_it_off_until_the_object_is_gone) {
  Program program;
  Object signal{ObjectKind::channel}, other{ObjectKind::channel};
  program.hub().external_waker(&signal);
  receive(program, program.main(), other);
  Goroutine& waits = program.go(program.main());
  receive(program, waits, signal);
  program.quiet(kLong);
  EXPECT_SILENT(program);
  program.unpark(waits);
  program.destroy(waits, signal);
  receive(program, waits, signal);
  program.quiet(kLong);
  EXPECT_TOLD(program, "SL302");
}

TEST(LikelyAsleep, a_daemon_neither_counts_nor_holds_off) {
  Program program;
  Object requests{ObjectKind::channel};
  Goroutine& server = program.go(program.main(), "server");
  program.hub().daemon(server.actor);
  receive(program, server, requests);
  receive(program, program.main(), requests);
  program.quiet(kLong);
  EXPECT_EQ(program.only().title,
            "likely asleep for ever: 1 goroutine waits, only foreign threads remain");
}

TEST(Daemon, is_not_told_when_main_ends_and_others_are) {
  Program program;
  Object requests{ObjectKind::channel};
  Goroutine& server = program.go(program.main(), "server");
  program.hub().daemon(server.actor);
  receive(program, server, requests);
  program.run_end();
  EXPECT_SILENT(program);
}

TEST(Daemon, is_forgotten_with_its_goroutine) {
  Program program;
  Object requests{ObjectKind::channel};
  Goroutine& first = program.go(program.main());
  program.hub().daemon(first.actor);
  program.end(first);
  receive(program, program.go(program.main(), "second"), requests);
  program.run_end();
  EXPECT_TOLD(program, "SL401");
}

TEST(Daemon, waits_for_ever_for_nothing_and_is_not_lost) {
  Program program;
  Goroutine& daemon = program.go(program.main());
  program.hub().daemon(daemon.actor);
  program.park(daemon, WaitReason::select_no_cases, {});
  EXPECT_EQ(program.hub().check_leaks(), 0u);
  program.park(program.go(program.main()), WaitReason::select_no_cases, {});
  EXPECT_EQ(program.hub().check_leaks(), 1u);
}

TEST(ExternalWaker, waiters_of_its_object_are_not_lost_with_the_lock_that_they_want) {
  Program program;
  Object a{ObjectKind::mutex}, b{ObjectKind::mutex};
  Goroutine& g1 = program.go(program.main());
  Goroutine& g2 = program.go(program.main());
  program.lock(g1, a);
  program.lock(g2, b);
  program.block(g1, b);
  program.hub().external_waker(&a);
  program.block(g2, a);
  EXPECT_EQ(program.hub().check_leaks(), 0u);
}

}  // namespace
}  // namespace sluice::checked::test
