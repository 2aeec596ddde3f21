// Channels: what is told of panics that nobody catches, and of waits that can't end.
#include "fake_program.hpp"

namespace sluice::checked::test {
namespace {

TEST(ChannelMisuse, a_send_on_a_closed_channel_names_both_sides) {
  Program program;
  Object ch{ObjectKind::channel};
  program.name(ch, "results");
  Goroutine& worker = program.go(program.main(), "worker");
  program.close(program.main(), ch, "too early");
  program.send_on_closed(worker, ch);
  EXPECT_SILENT(program);
  program.uncaught(worker, "send on closed channel");
  EXPECT_TOLD(program, "SL601");
  EXPECT_EQ(program.only().title,
            "goroutine 2 \"worker\" sends on channel 'results', which is closed");
  EXPECT_TRUE(says(program.only(), "closed by goroutine 1 (main)")) << program.only().text;
}

TEST(ChannelMisuse, what_is_caught_is_left_alone) {
  Program program;
  Object ch{ObjectKind::channel};
  program.close(program.main(), ch);
  program.send_on_closed(program.main(), ch);
  program.end(program.main());
  EXPECT_SILENT(program);
}

TEST(ChannelMisuse, another_exception_is_not_taken_for_it) {
  Program program;
  Object ch{ObjectKind::channel};
  program.close(program.main(), ch);
  program.send_on_closed(program.main(), ch);
  program.uncaught(program.main(), "std::runtime_error: bad line 3");
  EXPECT_SILENT(program);
}

TEST(ChannelMisuse, a_panic_that_is_passed_on_is_told_where_it_ends) {
  Program program;
  Object ch{ObjectKind::channel};
  Goroutine& worker = program.go(program.main());
  program.close(program.main(), ch);
  program.send_on_closed(worker, ch);
  program.end(worker);
  program.uncaught(program.main(), "send on closed channel");
  EXPECT_TOLD(program, "SL601");
  EXPECT_TRUE(says(program.only(), "goroutine 2 sends on"));
}

TEST(ChannelMisuse, of_two_panics_the_last_is_told) {
  Program program;
  Object ch{ObjectKind::channel};
  program.close(program.main(), ch);
  program.send_on_closed(program.main(), ch, "caught");
  program.send_on_closed(program.main(), ch, "fatal");
  program.uncaught(program.main(), "send on closed channel");
  program.uncaught(program.main(), "send on closed channel");
  EXPECT_TOLD(program, "SL601");
}

TEST(ChannelMisuse, verbose_notes_what_is_caught) {
  Program program("check,verbose");
  Object ch{ObjectKind::channel};
  program.close(program.main(), ch);
  program.send_on_closed(program.main(), ch);
  EXPECT_TOLD(program, "SL601");
  EXPECT_EQ(program.only().severity, "note");
}

TEST(ChannelMisuse, a_second_close_names_both_sites) {
  Program program;
  Object ch{ObjectKind::channel};
  Goroutine& worker = program.go(program.main());
  program.close(program.main(), ch, "first");
  program.close_again(worker, ch);
  program.uncaught(worker, "close of closed channel");
  EXPECT_TOLD(program, "SL602");
  EXPECT_TRUE(says(program.only(), "goroutine 2 closes Chan#1 a second time"))
      << program.only().text;
  EXPECT_TRUE(says(program.only(), "closed by goroutine 1 (main)"));
}

// Who says first that it closes may still come second.
TEST(ChannelMisuse, of_two_that_close_at_once_either_may_be_too_late) {
  Program program;
  Object ch{ObjectKind::channel};
  Goroutine& worker = program.go(program.main());
  program.close(program.main(), ch, "said first");
  program.close(worker, ch, "said second");
  Event again;
  again.kind = EventKind::chan_closed_again;
  again.doer = &program.main().actor;
  const ObjectRef object = ch.ref();
  again.objects = {&object, 1};
  program.hub().on_event(again);
  program.uncaught(program.main(), "close of closed channel");
  EXPECT_TOLD(program, "SL602");
  EXPECT_TRUE(says(program.only(), "closed by goroutine 2")) << program.only().text;
}

TEST(ChannelMisuse, an_address_that_is_used_again_is_another_channel) {
  Program program;
  Object ch{ObjectKind::channel};
  program.close(program.main(), ch);
  program.destroy(program.main(), ch);
  program.send_on_closed(program.main(), ch);  // closed by a thread that nobody knows
  program.uncaught(program.main(), "send on closed channel");
  EXPECT_TOLD(program, "SL601");
  EXPECT_FALSE(says(program.only(), "closed by"));
}

TEST(ChannelMisuse, waiting_on_nil_is_certain) {
  const ObjectRef nil{nullptr, nullptr, ObjectKind::channel, AccessMode::receive};
  for (const WaitReason reason :
       {WaitReason::chan_receive_nil, WaitReason::chan_send_nil, WaitReason::select}) {
    Program program;
    Goroutine& g = program.go(program.main());
    program.park(g, reason,
                 reason == WaitReason::select ? std::vector{nil, nil} : std::vector{nil});
    EXPECT_TOLD(program, "SL603");
    EXPECT_EQ(program.only().certainty, "certain");
  }
}

TEST(ChannelMisuse, a_case_that_is_switched_off_is_silent) {
  Program program;
  Object ch{ObjectKind::channel};
  const ObjectRef nil{nullptr, nullptr, ObjectKind::channel, AccessMode::receive};
  program.park(program.main(), WaitReason::select, {nil, ch.ref(AccessMode::receive)});
  program.unpark(program.main());
  program.park(program.main(), WaitReason::select_no_cases, {});
  EXPECT_SILENT(program);
}

TEST(ChannelMisuse, lost_values_are_noted_on_demand) {
  for (const bool verbose : {false, true}) {
    Program program(verbose ? "verbose" : "check");
    Object ch{ObjectKind::channel}, timer{ObjectKind::timer}, empty{ObjectKind::channel};
    ch.size = 3;
    ch.capacity = 8;
    timer.size = 1;
    program.close(program.main(), ch);
    for (Object* each : {&ch, &timer, &empty}) {
      program.send(program.main(), *each);
      program.destroy(program.main(), *each);
    }
    if (verbose) {
      EXPECT_TOLD(program, "SL604");
      EXPECT_EQ(program.only().severity, "note");
      EXPECT_TRUE(says(program.only(), "3 values are lost")) << program.only().text;
    } else {
      EXPECT_SILENT(program);
    }
  }
}

}  // namespace
}  // namespace sluice::checked::test
