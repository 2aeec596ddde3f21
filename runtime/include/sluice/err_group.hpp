// A group of goroutines that work on one task, of which the first failure calls off the rest.
#pragma once

#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include "sluice/context.hpp"
#include "sluice/detail/export.hpp"
#include "sluice/mutex.hpp"
#include "sluice/semaphore.hpp"
#include "sluice/wait_group.hpp"

namespace sluice {

/// Goroutines that succeed or fail together: the first exception ends the group's context and is
/// thrown by `wait`.
///
/// A group that is destroyed without `wait` calls off its goroutines and waits for them.
///
/// Go: golang.org/x/sync/errgroup.Group, made by WithContext.
class SLUICE_EXPORT ErrGroup {
 public:
  /// A group whose context is a child of `parent`.
  explicit ErrGroup(const Context& parent = Context::background());
  ErrGroup(const ErrGroup&) = delete;
  ErrGroup& operator=(const ErrGroup&) = delete;
  ~ErrGroup();

  /// Ends when a goroutine of the group fails, when `wait` returns, or when the parent ends. Go:
  /// errgroup.WithContext.
  Context context() const { return scope_.ctx; }
  /// At most `n` goroutines of the group run at a time from now on; negative: no limit. Throws
  /// Panic while any runs. Go: Group.SetLimit.
  void set_limit(int n);
  /// Starts a goroutine that calls `f`; parks first while the group is at its limit. Go: Group.Go.
  template <class F>
  void go(F f) {
    if (limit_.has_value()) limit_->acquire();
    start(std::move(f));
  }
  /// The same unless the group is at its limit: then false. Go: Group.TryGo.
  template <class F>
  bool try_go(F f) {
    if (limit_.has_value() && !limit_->try_acquire()) return false;
    start(std::move(f));
    return true;
  }
  /// Parks until all have finished; throws the first exception, if any. Go: Group.Wait.
  void wait();

 private:
  template <class F>
  void start(F f) {
    running_.go([this, f = std::move(f)]() mutable {
      const Leave leave{this};
      try {
        (void)std::invoke(std::move(f));
      } catch (...) {
        if (std::current_exception() == nullptr) throw;  // no exception: exit_goroutine unwinds
        fail(std::current_exception());
      }
    });
  }
  struct Leave {
    ErrGroup* group;
    ~Leave() {
      if (group->limit_.has_value()) group->limit_->release();
    }
  };
  void fail(std::exception_ptr thrown);

  Cancellable scope_;
  std::optional<Semaphore> limit_;
  int limit_size_ = -1;
  Mutex mu_;
  std::exception_ptr first_ SLUICE_GUARDED_BY(mu_);
  WaitGroup running_;
};

}  // namespace sluice
