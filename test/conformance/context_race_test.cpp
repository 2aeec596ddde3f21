// Contexts that end while others look, or end them too.
#include <gtest/gtest.h>

#include <atomic>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

SLUICE_TEST_ON(ConformanceContext, AnErrorMeansThatDoneIsClosed, 1, 2, 8) {
  for (int round = 0; round < test::rounds(5'000); ++round) {
    const Cancellable made = with_cancel(Context::background());
    std::atomic<bool> looking{false};
    WaitGroup wg;
    wg.go([&] {
      while (!made.ctx.err()) {
        looking = true;
        yield();
      }
      EXPECT_EQ(try_select(on_recv(made.ctx.done())), 0);
    });
    while (!looking) yield();
    made.cancel();
    wg.wait();
  }
}

SLUICE_TEST_ON(ConformanceContext, SecondCancelReturnsAfterTheTreeHasEndedToo, 1, 2, 8) {
  for (int round = 0; round < test::rounds(200); ++round) {
    const Cancellable top = with_cancel(Context::background());
    std::vector<Cancellable> children;
    for (int i = 0; i < 100; ++i) children.push_back(with_cancel(top.ctx));
    WaitGroup wg;
    for (int id = 0; id < 2; ++id) {
      wg.go([&] {
        top.cancel();
        EXPECT_TRUE(children.back().ctx.err());
      });
    }
    wg.wait();
  }
}

}  // namespace
}  // namespace sluice
