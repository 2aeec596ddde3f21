// Channels and select: every value arrives once, one case of a select runs, close wakes everybody.
#include "model/verify.hpp"
#include "sluice/chan.hpp"
#include "sluice/select.hpp"

namespace sluice::model {
namespace {

TEST(ChanModel, TwoSendersOneReceiver) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    const auto ch = make_chan<int>();
    for (int value = 1; value <= 2; ++value) spawn([&, value] { ch.send(value); });
    const int sum = ch.recv().value() + ch.recv().value();
    check(sum == 3, "a value was lost or doubled");
    join_all();
  });
}

TEST(ChanModel, ABufferAndItsWaiters) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    const auto ch = make_chan<int>(1);
    spawn([&] {
      for (int value = 1; value <= 3; ++value) ch.send(value);
    });
    for (int value = 1; value <= 3; ++value) check(ch.recv() == value, "out of order");
    join_all();
  });
}

TEST(ChanModel, CloseWakesAllWhoWait) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    const auto ch = make_chan<int>();
    for (int i = 0; i < 2; ++i) {
      spawn([&] { check(!ch.recv().has_value(), "received what nobody sent"); });
    }
    ch.close();
    join_all();
  });
}

// Two channels, each with a sender: the select that waits on both takes each value once.
TEST(ChanModel, SelectTakesOneCaseAtATime) {
  verify({.preemptions = 2, .stale_reads = 2}, [] {
    const auto a = make_chan<int>();
    const auto b = make_chan<int>();
    spawn([&] { a.send(1); });
    spawn([&] { b.send(2); });
    int sum = 0;
    for (int i = 0; i < 2; ++i) {
      std::optional<int> value;
      const int chosen = select(on_recv(a, value), on_recv(b, value));
      check(value == chosen + 1, "the value of another case");
      sum += value.value();
    }
    check(sum == 3, "a value was lost or doubled");
    join_all();
  });
}

TEST(ChanModel, TwoSelectsMeet) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    const auto a = make_chan<int>();
    const auto b = make_chan<int>();
    std::optional<int> got;
    int there = -1;
    spawn([&] { there = select(on_recv(a, got), on_send(b, 2)); });
    std::optional<int> back;
    const int here = select(on_send(a, 1), on_recv(b, back));
    join_all();
    check(here == there, "both went, but not with each other");
    check(here == 0 ? got == 1 : back == 2, "without its value");
  });
}

}  // namespace
}  // namespace sluice::model
