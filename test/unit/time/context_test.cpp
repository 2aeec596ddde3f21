// Contexts: who ends with whom, when, and why.
#include "sluice/context.hpp"

#include <stdexcept>
#include <string>

#include "sluice/go.hpp"
#include "sluice/wait_group.hpp"
#include "support/goroutine_test.hpp"

namespace sluice {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

struct Depth {
  using value_type = int;
};
struct Name {
  using value_type = std::string;
};

std::string what(std::exception_ptr thrown) {
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const std::exception& exception) {
    return exception.what();
  }
}

SLUICE_TEST(Context, BackgroundNeverEnds) {
  const Context root = Context::background();
  EXPECT_FALSE(root.done());
  EXPECT_FALSE(root.err());
  EXPECT_FALSE(root.cause());
  EXPECT_FALSE(root.deadline());
  EXPECT_EQ(root.value<Depth>(), nullptr);
}

SLUICE_TEST(Context, CancelEndsTheWholeTreeBelowBeforeItReturns) {
  auto [top, cancel] = with_cancel(Context::background());
  auto [middle, cancel_middle] = with_timeout(with_value<Depth>(top, 1), hours(1));
  auto [bottom, cancel_bottom] = with_cancel(with_value<Depth>(middle, 2));
  EXPECT_FALSE(bottom.err());
  EXPECT_FALSE(bottom.done().try_recv());
  cancel();
  for (const Context& each : {top, middle, bottom}) {
    EXPECT_EQ(each.err(), ContextError::canceled);
    EXPECT_EQ(each.err(), std::errc::operation_canceled);
    EXPECT_EQ(each.err().message(), "context canceled");
    EXPECT_FALSE(each.done().recv());
  }
}

SLUICE_TEST(Context, AChildEndsAlone) {
  auto [top, cancel] = with_cancel(Context::background());
  auto [child, cancel_child] = with_cancel(top);
  auto [sibling, cancel_sibling] = with_cancel(top);
  cancel_child();
  EXPECT_TRUE(child.err());
  EXPECT_FALSE(top.err());
  EXPECT_FALSE(sibling.err());
}

SLUICE_TEST(Context, AChildOfAnEndedParentHasEndedWithItsCause) {
  auto [top, cancel] = with_cancel(Context::background());
  cancel(std::make_exception_ptr(std::runtime_error("shutting down")));
  auto [child, cancel_child] = with_cancel(top);
  EXPECT_EQ(child.err(), ContextError::canceled);
  EXPECT_EQ(what(child.cause()), "shutting down");
}

SLUICE_TEST(Context, TheFirstCauseStaysAndWithoutOneItIsTheError) {
  auto [given, cancel_given] = with_cancel(Context::background());
  cancel_given(std::make_exception_ptr(std::runtime_error("first")));
  cancel_given(std::make_exception_ptr(std::runtime_error("second")));
  EXPECT_EQ(what(given.cause()), "first");
  auto [plain, cancel_plain] = with_cancel(Context::background());
  cancel_plain();
  EXPECT_EQ(what(plain.cause()), "context canceled");
}

SLUICE_TEST(Context, EndsAtItsDeadline) {
  const TimePoint due = Clock::now() + milliseconds(3);
  auto [ctx, cancel] = with_deadline(Context::background(), due,
                                     std::make_exception_ptr(std::runtime_error("slow")));
  EXPECT_EQ(ctx.deadline(), due);
  ctx.done().recv();
  EXPECT_GE(Clock::now(), due);
  EXPECT_EQ(ctx.err(), ContextError::deadline_exceeded);
  EXPECT_EQ(ctx.err(), std::errc::timed_out);
  EXPECT_EQ(ctx.err().message(), "context deadline exceeded");
  EXPECT_EQ(what(ctx.cause()), "slow");
}

SLUICE_TEST(Context, APastDeadlineHasEndedAtOnceAndTheEarlierOfTwoWins) {
  auto [past, cancel_past] = with_timeout(Context::background(), milliseconds(-1));
  EXPECT_EQ(past.err(), ContextError::deadline_exceeded);
  auto [near, cancel_near] = with_timeout(Context::background(), milliseconds(2));
  auto [far, cancel_far] = with_timeout(near, hours(1));
  EXPECT_EQ(far.deadline(), near.deadline());
  far.done().recv();
  EXPECT_EQ(far.err(), ContextError::deadline_exceeded);
}

SLUICE_TEST(Context, ValuesAreFoundByTypeThroughAllLayers) {
  const Context one = with_value<Depth>(Context::background(), 1);
  auto [two, cancel] = with_cancel(with_value<Name>(one, "two"));
  const Context three = with_value<Depth>(two, 3);
  EXPECT_EQ(*two.value<Depth>(), 1);
  EXPECT_EQ(*three.value<Depth>(), 3);
  EXPECT_EQ(*three.value<Name>(), "two");
  EXPECT_EQ(one.value<Name>(), nullptr);
}

SLUICE_TEST(Context, WithoutCancelKeepsValuesOnly) {
  auto [top, cancel] = with_timeout(with_value<Depth>(Context::background(), 7), hours(1));
  const Context kept = without_cancel(top);
  cancel();
  EXPECT_FALSE(kept.err());
  EXPECT_FALSE(kept.done());
  EXPECT_FALSE(kept.deadline());
  EXPECT_EQ(*kept.value<Depth>(), 7);
}

SLUICE_TEST(Context, LettingGoOfTheCancelFuncCancels) {
  std::optional<Context> kept;
  {
    auto [ctx, cancel] = with_cancel(Context::background());
    kept = ctx;
    EXPECT_FALSE(kept->err());
  }
  EXPECT_EQ(kept->err(), ContextError::canceled);
}

SLUICE_TEST(Context, AfterFuncRunsOnceInItsOwnGoroutineUnlessStopped) {
  auto [ctx, cancel] = with_cancel(Context::background());
  auto ran = make_chan<std::uint64_t>(1);
  const StopFunc late = after_func(ctx, [ran] { ran.send(goroutine_id()); });
  const StopFunc stopped = after_func(ctx, [] { ADD_FAILURE() << "was stopped"; });
  EXPECT_TRUE(stopped());
  EXPECT_FALSE(stopped());
  cancel();
  EXPECT_NE(*ran.recv(), goroutine_id());
  EXPECT_FALSE(late());
  (void)after_func(ctx, [ran] { ran.send(0); });  // has ended: at once
  EXPECT_EQ(*ran.recv(), 0u);
}

SLUICE_TEST(Context, ATreeCancelledFromEverywhereEndsEverywhere) {
  std::vector<Cancellable> tree;
  tree.push_back(with_cancel(Context::background()));
  for (std::size_t i = 1; i < 100; ++i) tree.push_back(with_cancel(tree[(i - 1) / 3].ctx));
  WaitGroup wg;
  for (std::size_t i = 0; i < tree.size(); ++i) {
    wg.go([&tree, i] {
      if (i % 7 == 0) yield();
      tree[(i * 37) % tree.size()].cancel();
    });
  }
  for (const Cancellable& each : tree) {
    wg.go([&each] { each.ctx.done().recv(); });
  }
  wg.wait();
  for (const Cancellable& each : tree) EXPECT_TRUE(each.ctx.err());
}

}  // namespace
}  // namespace sluice
