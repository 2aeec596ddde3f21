// One context, or one line of them: what ends it, when and why, what it carries, and what it costs.
// Trees that are ended from many sides are in context_tree_test.cpp.
#include <malloc.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/goroutine_test.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

using namespace std::chrono_literals;

std::exception_ptr reason(const std::string& text) {
  return std::make_exception_ptr(std::runtime_error(text));
}

// The cause's text; "none" without one.
std::string cause_of(const Context& ctx) {
  const std::exception_ptr cause = ctx.cause();
  if (cause == nullptr) return "none";
  try {
    std::rethrow_exception(cause);
  } catch (const std::system_error& error) {
    return error.code().message();
  } catch (const std::exception& error) {
    return error.what();
  }
}

void expect_alive(const Context& ctx) {
  EXPECT_FALSE(ctx.err()) << ctx.err().message();
  EXPECT_EQ(ctx.cause(), nullptr);
  EXPECT_EQ(try_select(on_recv(ctx.done())), -1) << "done is closed";
}

void expect_ended(const Context& ctx, ContextError error) {
  EXPECT_EQ(ctx.err(), error);
  EXPECT_EQ(try_select(on_recv(ctx.done())), 0) << "done is open";
}

SLUICE_TEST_ON(ConformanceContext, BackgroundNeverEnds, 1, 2, 8) {
  const Context root = Context::background();
  EXPECT_FALSE(root.done()) << "a nil channel, that no select ever chooses";
  EXPECT_FALSE(root.deadline());
  expect_alive(root);
  const Cancellable child = with_cancel(root);
  child.cancel();
  expect_alive(root);
  expect_alive(Context::background());
}

SLUICE_TEST_ON(ConformanceContext, DoneIsOneChannelForAllCopies, 1, 2, 8) {
  const Cancellable made = with_cancel(Context::background());
  const Context copy = made.ctx;
  EXPECT_TRUE(copy.done() == made.ctx.done());
  EXPECT_TRUE(copy.done() == copy.done());
  made.cancel();
  EXPECT_TRUE(copy.done() == made.ctx.done());
  expect_ended(copy, ContextError::canceled);
}

SLUICE_TEST_ON(ConformanceContext, ErrorsSayWhatTheyAreInGosWords, 1, 2, 8) {
  const std::error_code canceled = ContextError::canceled;
  const std::error_code exceeded = ContextError::deadline_exceeded;
  EXPECT_EQ(canceled.message(), "context canceled");
  EXPECT_EQ(exceeded.message(), "context deadline exceeded");
  EXPECT_TRUE(exceeded == std::errc::timed_out) << "Go: Timeout() is true";
  EXPECT_FALSE(canceled == std::errc::timed_out);
  EXPECT_TRUE(canceled == std::errc::operation_canceled);
  EXPECT_NE(canceled, exceeded);
}

// ---- deadlines ----

SLUICE_TEST_ON(ConformanceContext, PastAndPresentDeadlinesEndAtOnce, 1, 2, 8) {
  const TimePoint now = Clock::now();
  for (const TimePoint when : {now - 1h, now - 1ns, now}) {
    const Cancellable made = with_deadline(Context::background(), when);
    expect_ended(made.ctx, ContextError::deadline_exceeded);
    EXPECT_EQ(made.ctx.deadline(), when);
  }
  for (const Duration d : {Duration(-1h), Duration(-1), Duration::zero()}) {
    const Cancellable made = with_timeout(Context::background(), d);
    expect_ended(made.ctx, ContextError::deadline_exceeded);
    made.cancel();
    expect_ended(made.ctx, ContextError::deadline_exceeded);
  }
}

SLUICE_TEST_ON(ConformanceContext, EndsAtItsDeadlineNotBefore, 1, 2, 8) {
  for (const Duration d : {Duration(1us), Duration(1ms), Duration(20ms)}) {
    const TimePoint before = Clock::now();
    const Cancellable timeout = with_timeout(Context::background(), d);
    EXPECT_GE(timeout.ctx.deadline().value(), before + d);
    EXPECT_LE(timeout.ctx.deadline().value(), Clock::now() + d);
    const Cancellable deadline = with_deadline(Context::background(), before + d);
    for (const Context& ctx : {timeout.ctx, deadline.ctx}) {
      EXPECT_EQ(ctx.done().recv(), std::nullopt);
      EXPECT_GE(Clock::now(), ctx.deadline().value());
      expect_ended(ctx, ContextError::deadline_exceeded);
    }
  }
}

SLUICE_TEST_ON(ConformanceContext, EarlierOfNestedDeadlinesWins, 1, 2, 8) {
  const Cancellable far = with_timeout(Context::background(), 1h);
  const Cancellable near = with_timeout(far.ctx, 5ms);
  const Cancellable farther = with_timeout(near.ctx, 2h);
  const Cancellable plain = with_cancel(farther.ctx);
  EXPECT_EQ(farther.ctx.deadline(), near.ctx.deadline());
  EXPECT_EQ(plain.ctx.deadline(), near.ctx.deadline());
  plain.ctx.done().recv();
  EXPECT_GE(Clock::now(), near.ctx.deadline().value());
  for (const Context& ctx : {plain.ctx, farther.ctx, near.ctx}) {
    EXPECT_EQ(ctx.err(), ContextError::deadline_exceeded);
  }
  expect_alive(far.ctx);
}

SLUICE_TEST_ON(ConformanceContext, CancelBeforeTheDeadlineIsACancel, 1, 2, 8) {
  const Cancellable made = with_timeout(Context::background(), 1h, reason("too slow"));
  const Cancellable child = with_timeout(made.ctx, 30min);
  made.cancel();
  expect_ended(made.ctx, ContextError::canceled);
  expect_ended(child.ctx, ContextError::canceled);
  EXPECT_EQ(cause_of(made.ctx), "context canceled");
  const Cancellable late = with_timeout(made.ctx, -1s);
  expect_ended(late.ctx, ContextError::canceled);
}

SLUICE_TEST_ON(ConformanceContext, HugeTimeoutsNeverEnd, 1, 2, 8) {
  const Cancellable timeout = with_timeout(Context::background(), Duration::max());
  const Cancellable deadline = with_deadline(Context::background(), TimePoint::max());
  EXPECT_EQ(select(on_recv(timeout.ctx.done()), on_recv(deadline.ctx.done()), on_recv(after(3ms))),
            2);
  expect_alive(timeout.ctx);
  expect_alive(deadline.ctx);
}

// ---- causes ----

// Makes a context and ends it, or does not; CancelFuncs that must live are put into `kept`.
using Kept = std::vector<CancelFunc>;
struct CauseCase {
  const char* name;
  std::function<Context(Kept&)> make;
  const char* err;
  const char* cause;
};

Context keep(Cancellable made, Kept& kept) {
  kept.push_back(std::move(made.cancel));
  return made.ctx;
}
Context cancelled(const Context& parent, Kept& kept, std::exception_ptr cause = nullptr) {
  const Context ctx = keep(with_cancel(parent), kept);
  kept.back()(std::move(cause));
  return ctx;
}
Context timed_out(const Context& parent, Kept& kept, std::exception_ptr cause = nullptr) {
  return keep(with_timeout(parent, Duration::zero(), std::move(cause)), kept);
}
// A child of a live parent; then `first` and `second` happen, by index into {parent, child}.
Context both(Kept& kept, std::size_t first, std::size_t second, std::exception_ptr first_cause,
             std::exception_ptr second_cause) {
  const Context child = keep(with_cancel(keep(with_cancel(Context::background()), kept)), kept);
  kept[first](std::move(first_cause));
  kept[second](std::move(second_cause));
  return child;
}

struct Tag {
  using value_type = int;
};

const char* const kCanceled = "context canceled";
const char* const kExceeded = "context deadline exceeded";
const Context kRoot = Context::background();

const std::vector<CauseCase> kCauseCases{
    {"background", [](Kept&) { return kRoot; }, "", "none"},
    {"a value", [](Kept&) { return with_value<Tag>(kRoot, 1); }, "", "none"},
    {"not yet", [](Kept& k) { return keep(with_cancel(kRoot), k); }, "", "none"},
    {"not yet due", [](Kept& k) { return keep(with_timeout(kRoot, 1h, reason("t")), k); }, "",
     "none"},
    {"plain cancel", [](Kept& k) { return cancelled(kRoot, k); }, kCanceled, kCanceled},
    {"with a cause", [](Kept& k) { return cancelled(kRoot, k, reason("a")); }, kCanceled, "a"},
    {"second cause",
     [](Kept& k) {
       const Context ctx = cancelled(kRoot, k, reason("a"));
       k.back()(reason("b"));
       return ctx;
     },
     kCanceled, "a"},
    {"null, then a cause",
     [](Kept& k) {
       const Context ctx = cancelled(kRoot, k);
       k.back()(reason("b"));
       return ctx;
     },
     kCanceled, kCanceled},
    {"the parent's", [](Kept& k) { return cancelled(cancelled(kRoot, k, reason("a")), k); },
     kCanceled, "a"},
    {"parent's plain cancel before the child's cause",
     [](Kept& k) { return both(k, 0, 1, nullptr, reason("b")); }, kCanceled, kCanceled},
    {"parent's cause before the child's",
     [](Kept& k) { return both(k, 0, 1, reason("a"), reason("b")); }, kCanceled, "a"},
    {"child's cause before the parent's",
     [](Kept& k) { return both(k, 1, 0, reason("b"), reason("a")); }, kCanceled, "b"},
    {"child's plain cancel before the parent's cause",
     [](Kept& k) { return both(k, 1, 0, nullptr, reason("a")); }, kCanceled, kCanceled},
    {"timeout", [](Kept& k) { return timed_out(kRoot, k); }, kExceeded, kExceeded},
    {"timeout with a cause", [](Kept& k) { return timed_out(kRoot, k, reason("t")); }, kExceeded,
     "t"},
    {"cancel after the timeout",
     [](Kept& k) {
       const Context ctx = timed_out(kRoot, k, reason("t"));
       k.back()(reason("a"));
       return ctx;
     },
     kExceeded, "t"},
    {"cancel with a cause before the timeout",
     [](Kept& k) {
       const Context ctx = keep(with_timeout(kRoot, 1h, reason("t")), k);
       k.back()(reason("a"));
       return ctx;
     },
     kCanceled, "a"},
    {"timeout below a cancel",
     [](Kept& k) { return timed_out(cancelled(kRoot, k, reason("a")), k, reason("t")); }, kCanceled,
     "a"},
    {"cancel below a timeout",
     [](Kept& k) { return cancelled(timed_out(kRoot, k, reason("t")), k, reason("a")); }, kExceeded,
     "t"},
    {"timeout below an earlier one",
     [](Kept& k) {
       return keep(with_timeout(timed_out(kRoot, k, reason("t")), 1h, reason("u")), k);
     },
     kExceeded, "t"},
    {"timeout that comes first below a later one",
     [](Kept& k) {
       return timed_out(keep(with_timeout(kRoot, 1h, reason("t")), k), k, reason("u"));
     },
     kExceeded, "u"},
    {"through a value",
     [](Kept& k) { return with_value<Tag>(cancelled(kRoot, k, reason("a")), 1); }, kCanceled, "a"},
    {"without cancel", [](Kept& k) { return without_cancel(cancelled(kRoot, k, reason("a"))); }, "",
     "none"},
    {"without cancel, then cancelled",
     [](Kept& k) {
       return cancelled(without_cancel(cancelled(kRoot, k, reason("a"))), k, reason("b"));
     },
     kCanceled, "b"},
    {"without cancel, then timed out",
     [](Kept& k) { return timed_out(without_cancel(timed_out(kRoot, k, reason("t"))), k); },
     kExceeded, kExceeded},
};

SLUICE_TEST_ON(ConformanceContext, CauseIsThatOfTheFirstEnd, 1, 2, 8) {
  for (const CauseCase& each : kCauseCases) {
    Kept kept;
    const Context ctx = each.make(kept);
    EXPECT_EQ(ctx.err() ? ctx.err().message() : "", each.err) << each.name;
    EXPECT_EQ(cause_of(ctx), each.cause) << each.name;
  }
}

// What was written before the cancel is there for whoever sees the cause.
SLUICE_TEST_ON(ConformanceContext, PollingTheCauseSynchronizes, 1, 2, 8) {
  for (int round = 0; round < test::rounds(500); ++round) {
    const Cancellable made = with_cancel(kRoot);
    int written = 0;
    WaitGroup wg;
    for (int i = 0; i < 3; ++i) {
      wg.go([&] {
        while (made.ctx.cause() == nullptr) yield();
        EXPECT_EQ(written, round + 1);
        EXPECT_EQ(cause_of(made.ctx), "polled");
      });
    }
    written = round + 1;
    made.cancel(reason("polled"));
    wg.wait();
  }
}

SLUICE_TEST_ON(ConformanceContext, WithoutCancelHasNoEndButTheValues, 1, 2, 8) {
  const Cancellable made = with_timeout(with_value<Tag>(kRoot, 5), 1h);
  const Context free = without_cancel(made.ctx);
  made.cancel(reason("a"));
  EXPECT_FALSE(free.done()) << "nil";
  EXPECT_FALSE(free.deadline());
  expect_alive(free);
  ASSERT_NE(free.value<Tag>(), nullptr);
  EXPECT_EQ(*free.value<Tag>(), 5);
  const Cancellable below = with_cancel(free);
  expect_alive(below.ctx);
  below.cancel();
  expect_ended(below.ctx, ContextError::canceled);
}

// ---- costs ----

SLUICE_TEST_ON(ConformanceContext, NoGoroutineIsStartedForAny, 1, 2, 8) {
  Kept kept;
  Context ctx = kRoot;
  for (int i = 0; i < 30; ++i) {
    ctx = keep(with_cancel(ctx), kept);
    ctx = keep(with_timeout(with_value<Tag>(ctx, i), 1h), kept);
    ctx = i % 10 == 9 ? without_cancel(ctx) : ctx;
    EXPECT_EQ(num_goroutines(), 1u);
  }
  for (const CancelFunc& cancel : kept) cancel();
  EXPECT_EQ(num_goroutines(), 1u) << "ending them took one";
}

// Bytes that each made and kept context takes.
template <class Make>
std::size_t bytes_each(Make make) {
  constexpr std::size_t kMade = 1'000;
  using Made = decltype(make());
  std::vector<Made> all;
  all.reserve(kMade);
  const std::size_t before = mallinfo2().uordblks;
  for (std::size_t i = 0; i < kMade; ++i) all.push_back(make());
  const std::size_t after = mallinfo2().uordblks;
  return after > before ? (after - before) / kMade : 0;
}

// Go counts allocations; each of ours is a handful of small ones. The limits are twice what it
// takes today.
SLUICE_TEST_ON(ConformanceContext, ConstructorsTakeLittleMemory, 1, 2, 8) {
  const Cancellable parent = with_cancel(kRoot);
  const std::size_t background = bytes_each([] { return Context::background(); });
  const std::size_t copy = bytes_each([&] { return parent.ctx; });
  const std::size_t value = bytes_each([&] { return with_value<Tag>(parent.ctx, 1); });
  const std::size_t cancel = bytes_each([&] { return with_cancel(parent.ctx); });
  const std::size_t timeout = bytes_each([&] { return with_timeout(parent.ctx, 1h); });
  const std::size_t without = bytes_each([&] { return without_cancel(parent.ctx); });
  if (test::kSanitized) return;  // its allocator keeps books of its own
  EXPECT_EQ(background, 0u);
  EXPECT_EQ(copy, 0u);
  EXPECT_LE(value, 300u);
  EXPECT_LE(cancel, 500u);
  EXPECT_LE(timeout, 1'000u);
  EXPECT_LE(without, 200u);
}

SLUICE_TEST_ON(ConformanceContext, DeadlineFarInThePastHasPassed, 1, 2, 8) {
  const Cancellable made = with_deadline(Context::background(), TimePoint::min());
  EXPECT_EQ(made.ctx.err(), ContextError::deadline_exceeded);
}

SLUICE_TEST_ON(ConformanceContext, StopOnAContextThatCannotEndPreventsTheCall, 1, 2, 8) {
  const StopFunc stop = after_func(Context::background(), [] { ADD_FAILURE() << "called"; });
  EXPECT_TRUE(stop());
  EXPECT_FALSE(stop());
}

}  // namespace
}  // namespace sluice
