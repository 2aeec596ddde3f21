// The tree of contexts: a child is ended with its parent however the two meet, and a function is
// called or called off.
#include "sluice/context.hpp"

#include "model/verify.hpp"
#include "sluice/select.hpp"

namespace sluice::model {
namespace {

TEST(ContextModel, AChildBornWhileItsParentEndsIsEnded) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    auto [parent, cancel] = with_cancel(Context::background());
    spawn([&] {
      const auto [child, cancel_child] = with_cancel(parent);
      child.done().recv();
      check(child.err() == ContextError::canceled, "ended without a reason");
    });
    cancel();
    check(parent.err() == ContextError::canceled, "cancel returned before the end");
    join_all();
  });
}

TEST(ContextModel, AChildThatGoesWhileItsParentEnds) {
  verify({.preemptions = 2, .stale_reads = 2}, [] {
    auto [parent, cancel] = with_cancel(Context::background());
    spawn([&] {
      const auto [child, cancel_child] = with_cancel(parent);
      cancel_child();
    });
    spawn([&] { const auto [child, cancel_child] = with_cancel(parent); });
    cancel();
    join_all();
  });
}

TEST(ContextModel, TwoCancelOneTree) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    auto [parent, cancel] = with_cancel(Context::background());
    auto [child, cancel_child] = with_cancel(parent);
    auto [grandchild, cancel_grandchild] = with_cancel(child);
    spawn([&] { cancel_child(); });
    cancel();
    check(bool(child.err()), "cancel returned before a child's end");
    join_all();
    check(bool(grandchild.err()), "the grandchild lives on");
  });
}

TEST(ContextModel, AFunctionIsCalledOrCalledOff) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    auto [ctx, cancel] = with_cancel(Context::background());
    int calls = 0;
    bool stopped = false;
    spawn([&] {
      const StopFunc stop = after_func(ctx, [&] { ++calls; });
      stopped = stop();
    });
    cancel();
    join_all();
    check(calls == (stopped ? 0 : 1), "stop and the call do not agree");
  });
}

}  // namespace
}  // namespace sluice::model
