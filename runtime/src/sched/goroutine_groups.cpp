#include "sched/goroutine_groups.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/sanitizers.hpp"
#include "sched/inspect.hpp"
#include "sched/park.hpp"
#include "sched/scheduler.hpp"
#include "sched/stack_shape.hpp"

namespace sluice::detail {
namespace {

// Its own word, which may be changing.
[[gnu::noinline]] SLUICE_THREAD_CONFINED bool says_it_blocks(const Goroutine& running) noexcept {
  return running.blocking > 0;
}

class Grouping {
 public:
  explicit Grouping(std::size_t most_stacks) : stacks_left_(most_stacks) {}

  void add(const Goroutine& goroutine) {
    const Status status = goroutine.status.load(std::memory_order_acquire);
    const bool waits = status == Status::waiting;
    const bool parked = waits || status == Status::runnable;
    GoroutineGroup alike;
    alike.status = parked ? status : Status::running;
    if (waits) alike.reason = goroutine.reason;
    alike.blocking = !parked && says_it_blocks(goroutine);
    alike.creation_pc = goroutine.creation_pc;
    GoroutineGroup& group = group_of(goroutine, std::move(alike), parked);
    ++group.count;
    if (!waits) return;
    const bool first = group.count == 1 || goroutine.wait_since < group.wait_since;
    if (first) group.wait_since = goroutine.wait_since;
  }

  std::vector<GoroutineGroup> take() {
    std::vector<GoroutineGroup> all;
    for (auto& [key, likes] : likes_) {
      for (Like& like : likes) all.push_back(std::move(like.group));
    }
    return all;
  }

 private:
  struct Like {
    GoroutineGroup group;
    StackShape shape;
  };
  using Key = std::tuple<Status, WaitReason, bool, const void*, std::size_t>;

  GoroutineGroup& group_of(const Goroutine& goroutine, GoroutineGroup alike, bool parked) {
    const std::size_t depth = parked ? StackShape::depth(goroutine) : 0;
    std::vector<Like>& likes =
        likes_[{alike.status, alike.reason, alike.blocking, alike.creation_pc, depth}];
    if (parked) {
      for (Like& each : likes) {
        if (each.shape.fits(goroutine)) return each.group;
      }
    }
    StackShape shape;
    if ((parked || &goroutine == caller_) && stacks_left_ > 0) {
      --stacks_left_;
      shape = StackShape(goroutine);
    }
    for (Like& each : likes) {
      if (each.shape.pcs() == shape.pcs()) return each.group;
    }
    alike.pcs = shape.pcs();
    likes.push_back({std::move(alike), std::move(shape)});
    return likes.back().group;
  }

  const Goroutine* const caller_ = self();
  std::size_t stacks_left_;
  std::map<Key, std::vector<Like>> likes_;
};

}  // namespace

std::vector<GoroutineGroup> goroutine_groups(std::size_t most_stacks) {
  const CurrentRun run;
  if (!run) return {};
  Grouping grouping(most_stacks);
  run->freeze();
  // The end of the run waits for us, and for nobody who comes later.
  if (!run->stopping()) {
    for_each_goroutine([](Goroutine& each, void* into) { static_cast<Grouping*>(into)->add(each); },
                       &grouping);
  }
  run->thaw();
  return grouping.take();
}

}  // namespace sluice::detail
