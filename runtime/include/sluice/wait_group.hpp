// Waiting for a number of goroutines to finish.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "sluice/detail/atomic.hpp"
#include "sluice/detail/event.hpp"
#include "sluice/detail/export.hpp"
#include "sluice/detail/spawn.hpp"
#include "sluice/detail/wait_queue.hpp"

namespace sluice {

/// Counts work that is under way and parks those who wait for none to be left.
///
/// `add` before `go`, `done` in the goroutine (or `go` of the WaitGroup, which does both), `wait`
/// by whoever needs the work finished. Whatever a goroutine did before `done` happens before `wait`
/// returns. The group may be destroyed as soon as `wait` has returned: `done` touches it no more.
/// It may be used again after that.
///
/// Go: sync.WaitGroup.
class SLUICE_EXPORT WaitGroup {
 public:
  constexpr WaitGroup() noexcept {
    if (!__builtin_is_constant_evaluated()) created();
  }
  WaitGroup(const WaitGroup&) = delete;
  WaitGroup& operator=(const WaitGroup&) = delete;
  ~WaitGroup();

  /// Adds `delta`, which may be negative, to the count. At zero all waiters are released. Never
  /// parks.
  ///
  /// Throws Panic `sync: negative WaitGroup counter` when the count would fall below zero, and
  /// `sync: WaitGroup misuse: Add called concurrently with Wait` when it starts from zero while
  /// somebody waits.
  ///
  /// Go: WaitGroup.Add.
  void add(int delta = 1);
  /// add(-1). Go: WaitGroup.Done.
  void done();
  /// Parks until the count is zero; returns at once if it is. Go: WaitGroup.Wait.
  void wait();
  /// Starts a goroutine that calls `f`, counted from now until `f` has ended. Go: WaitGroup.Go
  /// (Go 1.25).
  template <class F>
  [[gnu::always_inline]] void go(F f) {
    if (detail::is_null_function(f)) detail::fatal_error("go of nil func value");
    detail::Goroutine* fresh = detail::build_goroutine(
        [this, f = std::move(f)]() mutable {
          Done done{this};
          (void)std::invoke(std::move(f));
        },
        nullptr);
    count(fresh);
    detail::announce_goroutine(fresh);
    bind(fresh);
    detail::launch_goroutine(fresh);
  }

 private:
  struct Done {
    WaitGroup* group;
    ~Done() noexcept(false) { group->done(); }
  };

  void created() noexcept;
  detail::ObjectRef object() noexcept;
  void apply(std::int32_t delta);
  void count(detail::Goroutine* fresh);  // add(1); gives the goroutine back when that throws
  void bind(detail::Goroutine* fresh) noexcept;  // tells the observer who owes the done

  // High half: the count. Low half: how many wait. One word, so that the done that reaches zero
  // learns in the same step whether anybody waits. Test: unit/sync/wait_group_test.cpp.
  detail::Atomic<std::uint64_t> state_{0};
  detail::WaitQueue queue_;
  detail::ObjectTag tag_;
};

}  // namespace sluice
