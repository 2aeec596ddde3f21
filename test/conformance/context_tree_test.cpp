// Contexts in trees: who ends with whom, what is let go of, the values on the way up, and the
// functions that are called at the end.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/eventually.hpp"
#include "support/expect_fatal.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"
#include "support/seed.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

struct Depth {
  using value_type = int;
};
struct OtherDepth {
  using value_type = int;
};
struct Name {
  using value_type = std::string;
};
struct Link {
  using value_type = std::shared_ptr<int>;
};

std::exception_ptr reason(const std::string& text) {
  return std::make_exception_ptr(std::runtime_error(text));
}
std::string cause_of(const Context& ctx) {
  try {
    if (const std::exception_ptr cause = ctx.cause()) std::rethrow_exception(cause);
  } catch (const std::exception& error) {
    return error.what();
  }
  return "none";
}

bool alive(const Context& ctx) { return !ctx.err() && try_select(on_recv(ctx.done())) == -1; }
bool ended(const Context& ctx, ContextError error = ContextError::canceled) {
  return ctx.err() == error && try_select(on_recv(ctx.done())) == 0;
}

// A context that a program wraps in a type of its own hands on the one it holds.
struct Request {
  Context ctx;
  int number;
};

SLUICE_TEST_ON(ConformanceContext, CancelEndsTheWholeTreeBeforeItReturns, 1, 2, 8) {
  const Cancellable top = with_cancel(Context::background());
  const Request request{with_value<Depth>(top.ctx, 1), 7};
  const Cancellable timed = with_timeout(request.ctx, 1h);
  const Cancellable second = with_cancel(request.ctx);
  const Cancellable low = with_cancel(with_value<Depth>(with_value<Name>(timed.ctx, "low"), 2));
  const std::vector<Context> all{top.ctx, request.ctx, timed.ctx, second.ctx, low.ctx};
  for (const Context& each : all) EXPECT_TRUE(alive(each));
  top.cancel(reason("shutting down"));
  for (const Context& each : all) {
    EXPECT_TRUE(ended(each));
    EXPECT_EQ(cause_of(each), "shutting down");
  }
}

SLUICE_TEST_ON(ConformanceContext, CancelWakesAllWhoWaitInTheTree, 1, 2, 8) {
  const Cancellable top = with_cancel(Context::background());
  std::vector<Cancellable> children;
  for (int i = 0; i < 20; ++i) children.push_back(with_cancel(with_value<Depth>(top.ctx, i)));
  WaitGroup wg;
  for (const Cancellable& each : children) {
    wg.go([ctx = each.ctx] {
      EXPECT_EQ(ctx.done().recv(), std::nullopt);
      EXPECT_EQ(ctx.err(), ContextError::canceled);
    });
  }
  ASSERT_TRUE(test::eventually_parked("chan receive", children.size()));
  top.cancel();
  wg.wait();
}

SLUICE_TEST_ON(ConformanceContext, ChildsEndLeavesParentAndSiblingsAlone, 1, 2, 8) {
  const Cancellable parent = with_cancel(Context::background());
  const Cancellable child = with_cancel(parent.ctx);
  const Cancellable timed = with_timeout(parent.ctx, 1h);
  const Cancellable expired = with_timeout(parent.ctx, 0s);
  const Cancellable sibling = with_cancel(parent.ctx);
  child.cancel();
  timed.cancel();
  EXPECT_TRUE(ended(child.ctx) && ended(timed.ctx));
  EXPECT_TRUE(ended(expired.ctx, ContextError::deadline_exceeded));
  EXPECT_TRUE(alive(parent.ctx) && alive(sibling.ctx));
  parent.cancel();
  EXPECT_TRUE(ended(parent.ctx) && ended(sibling.ctx));
  EXPECT_TRUE(ended(expired.ctx, ContextError::deadline_exceeded)) << "the first end stays";
}

SLUICE_TEST_ON(ConformanceContext, ParentHoldsNothingOfItsFormerChildren, 1, 2, 8) {
  const Cancellable parent = with_cancel(Context::background());
  const auto held = std::make_shared<int>(1);
  for (const bool cancel_parent : {false, true}) {
    Cancellable child = with_cancel(with_value<Link>(parent.ctx, held));
    Cancellable timed = with_timeout(with_value<Link>(parent.ctx, held), 1h);
    std::optional<StopFunc> stop = after_func(parent.ctx, [held] { (void)*held; });
    std::optional<StopFunc> on_child = after_func(child.ctx, [held] { (void)*held; });
    EXPECT_EQ(held.use_count(), 5);
    if (cancel_parent) {
      parent.cancel();
    } else {
      child.cancel();
      timed.cancel();
      EXPECT_TRUE((*stop)());
    }
    stop.reset();
    on_child.reset();
    child = with_cancel(parent.ctx);
    timed = with_cancel(parent.ctx);
    // The functions that are called let go in goroutines of their own.
    EXPECT_TRUE(test::eventually([&] { return held.use_count() == 1; })) << held.use_count();
  }
}

SLUICE_TEST_ON(ConformanceContext, EndLetsGoOfTheTimerAtOnce, 1, 2, 8) {
  const auto held = std::make_shared<int>(1);
  struct Cause {
    std::shared_ptr<int> held;
  };
  const Cancellable parent = with_cancel(Context::background());
  const Cancellable own = with_timeout(parent.ctx, 1h, std::make_exception_ptr(Cause{held}));
  const Cancellable below = with_timeout(parent.ctx, 2h, std::make_exception_ptr(Cause{held}));
  EXPECT_EQ(held.use_count(), 3);
  own.cancel();
  EXPECT_EQ(held.use_count(), 2);
  parent.cancel();
  EXPECT_EQ(held.use_count(), 1);
}

SLUICE_CHILD(conformance_cancelled_timeout_is_no_life) {
  return run([] {
    const Cancellable made = with_timeout(Context::background(), 1h);
    made.cancel();
    make_chan().recv();
  });
}

TEST(ConformanceContext, CancelledTimeoutDoesNotHoldOffTheDeadlock) {
  test::expect_fatal(conformance_cancelled_timeout_is_no_life,
                     "fatal error: all goroutines are asleep - deadlock!\n");
}

SLUICE_TEST_ON(ConformanceContext, ChildOfAnEndedParentHasEndedWithItsCause, 1, 2, 8) {
  const Cancellable parent = with_cancel(Context::background());
  parent.cancel(reason("too late"));
  const Cancellable child = with_cancel(parent.ctx);
  const Cancellable timed = with_timeout(with_value<Depth>(parent.ctx, 1), 1h, reason("t"));
  const Cancellable past = with_timeout(parent.ctx, -1h, reason("t"));
  for (const Context& each : {child.ctx, timed.ctx, past.ctx}) {
    EXPECT_TRUE(ended(each));
    EXPECT_EQ(cause_of(each), "too late");
  }
  const Cancellable expired = with_timeout(Context::background(), 0s, reason("expired"));
  const Cancellable below = with_cancel(expired.ctx);
  EXPECT_TRUE(ended(below.ctx, ContextError::deadline_exceeded));
  EXPECT_EQ(cause_of(below.ctx), "expired");
}

SLUICE_TEST_ON(ConformanceContext, ChildMadeWhileTheParentEndsEndsWithItsCause, 1, 2, 8) {
  for (int round = 0; round < test::rounds(500); ++round) {
    const Cancellable parent = with_cancel(Context::background());
    WaitGroup wg;
    wg.go([&] { parent.cancel(reason("parent")); });
    if (round % 2 == 0) yield();
    const Cancellable child = round % 3 == 0 ? with_timeout(parent.ctx, 1h)
                                             : with_cancel(with_value<Depth>(parent.ctx, 1));
    child.ctx.done().recv();
    EXPECT_TRUE(ended(child.ctx));
    EXPECT_EQ(cause_of(child.ctx), "parent");
    wg.wait();
  }
}

// ---- values ----

SLUICE_TEST_ON(ConformanceContext, ValuesAreFoundByTheirKeyThroughAllLayers, 1, 2, 8) {
  const Context root = Context::background();
  EXPECT_EQ(root.value<Depth>(), nullptr);
  const Context one = with_value<Depth>(root, 1);
  const Cancellable layer = with_timeout(with_value<Name>(one, "two"), 1h);
  const Context three = without_cancel(with_value<Depth>(layer.ctx, 3));
  EXPECT_EQ(*one.value<Depth>(), 1);
  EXPECT_EQ(one.value<Name>(), nullptr) << "a child's value shows above it";
  EXPECT_EQ(one.value<OtherDepth>(), nullptr) << "another key for the same type";
  EXPECT_EQ(*layer.ctx.value<Depth>(), 1);
  EXPECT_EQ(*layer.ctx.value<Name>(), "two");
  EXPECT_EQ(*three.value<Depth>(), 3) << "the nearest counts";
  EXPECT_EQ(*three.value<Name>(), "two");
  layer.cancel();
  EXPECT_EQ(*three.value<Name>(), "two");
  EXPECT_EQ(*layer.ctx.value<Depth>(), 1) << "gone with the cancel";
}

SLUICE_TEST_ON(ConformanceContext, EmptyValuesAreValuesAndShadow, 1, 2, 8) {
  const Context full = with_value<Link>(Context::background(), std::make_shared<int>(1));
  const Context empty = with_value<Link>(full, nullptr);
  ASSERT_NE(empty.value<Link>(), nullptr) << "no value is not the same as an empty one";
  EXPECT_EQ(*empty.value<Link>(), nullptr);
  EXPECT_NE(*full.value<Link>(), nullptr);
}

// ---- from many sides ----

SLUICE_TEST_ON(ConformanceContext, TreeCancelledFromAHundredGoroutinesEndsEverywhere, 1, 2, 8) {
  const std::uint64_t seed = test::seed();
  for (int round = 0; round < test::rounds(20); ++round) {
    test::Random random(seed, round);
    std::vector<Cancellable> tree;
    tree.push_back(with_cancel(Context::background()));
    while (tree.size() < 100) {
      const Context& parent = tree[random.below(tree.size())].ctx;
      tree.push_back(random.one_in(3) ? with_timeout(parent, 1h)
                                      : with_cancel(with_value<Depth>(parent, 1)));
    }
    std::vector<std::size_t> order(tree.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), std::mt19937_64(seed + round));
    WaitGroup wg;
    for (const std::size_t index : order) wg.go([&tree, index] { tree[index].cancel(); });
    for (const Cancellable& each : tree) {
      wg.go([&each] {
        each.ctx.done().recv();
        EXPECT_EQ(each.ctx.err(), ContextError::canceled);
      });
    }
    wg.wait();
  }
}

SLUICE_TEST_ON(ConformanceContext, ChildMayBeCancelledByWhoWaitsForTheParent, 1, 2, 8) {
  for (int round = 0; round < test::rounds(200); ++round) {
    const Cancellable parent = with_cancel(Context::background());
    const Cancellable child = with_cancel(parent.ctx);
    WaitGroup wg;
    wg.go([&] {
      parent.ctx.done().recv();
      child.cancel();
      EXPECT_TRUE(child.ctx.err());
    });
    wg.go([&] { child.ctx.done().recv(); });
    if (round % 2 == 0) yield();
    parent.cancel();
    wg.wait();
  }
}

// What each layer added must show at the bottom, and only what is below an end may have ended.
SLUICE_TEST_ON(ConformanceContext, RandomStacksOfLayersBehave, 1, 2, 8) {
  const std::uint64_t seed = test::seed();
  for (int round = 0; round < test::rounds(100); ++round) {
    test::Random random(seed, round);
    std::vector<Context> layers{Context::background()};
    std::vector<std::pair<std::size_t, CancelFunc>> cancels;  // with the layer's index
    std::optional<int> depth;
    std::optional<TimePoint> soonest;
    const int count = 30 + static_cast<int>(random.below(30));
    for (int i = 0; i < count; ++i) {
      const Context parent = layers.back();
      if (random.one_in(3)) {
        layers.push_back(with_value<Depth>(parent, i));
        depth = i;
        continue;
      }
      const Duration left = std::chrono::hours(1 + random.below(1'000));
      const bool timed = random.one_in(2);
      Cancellable made = timed ? with_timeout(parent, left) : with_cancel(parent);
      if (timed) soonest = std::min(soonest.value_or(TimePoint::max()), *made.ctx.deadline());
      layers.push_back(made.ctx);
      cancels.emplace_back(layers.size() - 1, std::move(made.cancel));
    }
    const Context& bottom = layers.back();
    EXPECT_EQ(bottom.deadline(), soonest);
    EXPECT_EQ(bottom.value<Depth>() != nullptr, depth.has_value());
    EXPECT_TRUE(!depth || *bottom.value<Depth>() == *depth);
    EXPECT_TRUE(alive(bottom));
    if (cancels.empty()) continue;
    const auto& [from, cancel] = cancels[random.below(cancels.size())];
    cancel();
    for (std::size_t i = 0; i < layers.size(); ++i) {
      ASSERT_TRUE(i < from ? alive(layers[i]) : ended(layers[i]))
          << "layer " << i << " of " << from;
    }
  }
}

// ---- after_func ----

SLUICE_TEST_ON(ConformanceContext, AfterFuncRunsOnceInAGoroutineOfItsOwnAfterTheEnd, 1, 2, 8) {
  const auto ran = make_chan<std::uint64_t>(10);
  const Cancellable cancelled = with_cancel(Context::background());
  const StopFunc first = after_func(cancelled.ctx, [=] { ran.send(goroutine_id()); });
  const StopFunc through =
      after_func(with_value<Depth>(cancelled.ctx, 1), [=] { ran.send(goroutine_id()); });
  for (int i = 0; i < 10; ++i) yield();
  EXPECT_EQ(ran.size(), 0u) << "it ran before the end";
  cancelled.cancel();
  cancelled.cancel();
  const std::uint64_t one = ran.recv().value();
  const std::uint64_t two = ran.recv().value();
  EXPECT_TRUE(one != two && one != goroutine_id() && two != goroutine_id());
  EXPECT_FALSE(first());
  EXPECT_FALSE(through());
  const Cancellable timed = with_timeout(Context::background(), 2ms);
  after_func(timed.ctx, [=] { ran.send(0); });
  EXPECT_EQ(ran.recv(), 0u);
  EXPECT_TRUE(ended(timed.ctx, ContextError::deadline_exceeded));
  const StopFunc at_once = after_func(timed.ctx, [=] { ran.send(0); });
  EXPECT_EQ(ran.recv(), 0u);
  EXPECT_FALSE(at_once());
  ASSERT_TRUE(test::eventually([] { return num_goroutines() == 1; }));
  EXPECT_EQ(ran.size(), 0u) << "one ran twice";
}

SLUICE_TEST_ON(ConformanceContext, StoppedAfterFuncDoesNotRun, 1, 2, 8) {
  const Cancellable made = with_cancel(Context::background());
  std::atomic<int> ran{0};
  const StopFunc stopped = after_func(made.ctx, [] { ADD_FAILURE() << "it was stopped"; });
  const StopFunc other = after_func(made.ctx, [&] { ++ran; });
  EXPECT_TRUE(stopped());
  EXPECT_FALSE(stopped()) << "the second time it prevents nothing";
  made.cancel();
  EXPECT_FALSE(stopped());
  ASSERT_TRUE(test::eventually([&] { return ran == 1 && num_goroutines() == 1; }));
  EXPECT_FALSE(other());
}

SLUICE_TEST_ON(ConformanceContext, StopOfAfterFuncAgreesWithTheCallInARace, 1, 2, 8) {
  std::atomic<int> calls{0};
  int prevented = 0;
  const int rounds = test::rounds(500);
  for (int round = 0; round < rounds; ++round) {
    const Cancellable made = with_cancel(Context::background());
    const StopFunc stop = after_func(made.ctx, [&] { ++calls; });
    WaitGroup wg;
    wg.go([&] { made.cancel(); });
    if (round % 2 == 0) yield();
    prevented += stop() ? 1 : 0;
    wg.wait();
  }
  ASSERT_TRUE(test::eventually([] { return num_goroutines() == 1; }));
  EXPECT_EQ(calls + prevented, rounds);
}

SLUICE_TEST_ON(ConformanceContext, CancelDoesNotWaitForTheAfterFunc, 1, 2, 8) {
  const Cancellable made = with_cancel(Context::background());
  const auto go_on = make_chan();
  const auto over = make_chan();
  const StopFunc stop = after_func(made.ctx, [=] {
    go_on.recv();
    over.close();
  });
  made.cancel();
  EXPECT_FALSE(stop());
  EXPECT_EQ(try_select(on_recv(over)), -1);
  go_on.close();
  over.recv();
}

}  // namespace
}  // namespace sluice
