// Nil channels: they never become ready.
#include <gtest/gtest.h>

#include <optional>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/goroutine_test.hpp"

namespace sluice {
namespace {

SLUICE_TEST(NilChan, TryOperationsAreNotReady) {
  Chan<int> nil;
  EXPECT_FALSE(nil.try_send(1));
  EXPECT_EQ(nil.try_recv(), std::nullopt);
  EXPECT_FALSE(SendChan<int>(nil).try_send(1));
  EXPECT_EQ(RecvChan<int>(nil).try_recv(), std::nullopt);
}

SLUICE_TEST(NilChan, IsNeverChosenBySelect) {
  Chan<int> nil;
  const auto ch = make_chan<int>(1);
  std::optional<int> value;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(try_select(on_recv(nil), on_send(nil, 1)), -1);
    ch.send(i);
    EXPECT_EQ(select(on_recv(nil), on_recv(ch, value), on_send(nil, 5)), 1);
    EXPECT_EQ(value, i);
  }
}

// Go's idiom: a case is switched off by making its channel nil.
SLUICE_TEST(NilChan, SwitchesASelectCaseOff) {
  Chan<int> a = make_chan<int>();
  Chan<int> b = make_chan<int>();
  for (const auto& ch : {a, b}) {
    go([ch] {
      for (int i = 0; i < 100; ++i) ch.send(i);
      ch.close();
    });
  }
  int sum = 0;
  while (a || b) {
    std::optional<int> value;
    Chan<int>& from = select(on_recv(a, value), on_recv(b, value)) == 0 ? a : b;
    if (value) {
      sum += *value;
    } else {
      from = {};
    }
  }
  EXPECT_EQ(sum, 2 * 4950);
}

SLUICE_CHILD(nil_send_blocks_for_ever) {
  return run([] { Chan<int>{}.send(1); });
}
SLUICE_CHILD(nil_recv_blocks_for_ever) {
  return run([] { (void)Chan<int>{}.recv(); });
}
SLUICE_CHILD(select_of_nil_blocks_for_ever) {
  return run([] {
    Chan<int> nil;
    select(on_recv(nil), on_send(nil, 1));
  });
}

TEST(NilChan, BlocksForEver) {
  const char* asleep = "fatal error: all goroutines are asleep - deadlock!\n\n";
  const test::ChildResult send = test::run_child(nil_send_blocks_for_ever);
  EXPECT_EQ(send.status, 2);
  EXPECT_EQ(send.err.rfind(asleep + std::string("goroutine 1 [chan send (nil chan)]:\n"), 0), 0u)
      << send.err;
  const test::ChildResult recv = test::run_child(nil_recv_blocks_for_ever);
  EXPECT_EQ(recv.status, 2);
  EXPECT_EQ(recv.err.rfind(asleep + std::string("goroutine 1 [chan receive (nil chan)]:\n"), 0), 0u)
      << recv.err;
  const test::ChildResult neither = test::run_child(select_of_nil_blocks_for_ever);
  EXPECT_EQ(neither.status, 2);
  EXPECT_EQ(neither.err.rfind(asleep + std::string("goroutine 1 [select"), 0), 0u) << neither.err;
}

}  // namespace
}  // namespace sluice
