// Places, searching and sleeping: work that is queued while workers go to sleep must be run by one
// of them.
#include "sched/idle.hpp"

#include <array>

#include "model/verify.hpp"
#include "sched/global_queue.hpp"

namespace sluice::model {
namespace {

using detail::GlobalQueue;
using detail::Goroutine;
using detail::Idle;
using detail::Sleeper;

// Workers that share one queue; run() and stop() are thread 0's.
class Pool final : public Idle {
 public:
  explicit Pool(int limit) : Idle(limit) {}

  void start() {
    open();
    check(start_worker(), "no room for a worker");
  }
  void submit() {
    queue_.push(&work_[submitted_++]);
    submitted();
  }
  // Until all is done that was submitted: a deadlock when nobody does it.
  void wait_and_stop() {
    waiting_ = true;
    if (done_ < submitted_) block("for work to be done");
    stopping_ = true;
    wake_all();
    join_all();
    check(done_ == submitted_, "work was done twice");
  }

 private:
  void work(Sleeper& self) {
    for (bool searching = true; !stopping_;) {
      Goroutine* found = nullptr;
      if (!searching && may_search()) {
        start_searching();
        searching = true;
      }
      if (queue_.take(&found, 1) == 0) {
        sleep(self, searching ? Holds::search : Holds::place);
        searching = true;
        continue;
      }
      if (searching) stop_searching();
      searching = false;
      if (++done_ == submitted_ && waiting_) model::wake(0);
    }
  }

  bool any_work() const noexcept override { return !queue_.empty(); }
  bool stopping() const noexcept override { return stopping_; }
  bool start_worker() noexcept override {
    if (workers_ == sleepers_.size()) return false;
    spawn([this, index = workers_++] { work(sleepers_[index]); });
    return true;
  }
  void first_awake() noexcept override {}
  void found_nothing() noexcept override {}

  GlobalQueue queue_;
  std::array<Goroutine, 4> work_;
  std::array<Sleeper, 3> sleepers_;
  std::size_t workers_ = 0;
  // Not part of what is modelled.
  int submitted_ = 0;
  int done_ = 0;
  bool waiting_ = false;
  bool stopping_ = false;
};

TEST(IdleModel, WorkQueuedWhileTheLastWorkerGoesToSleepIsRun) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    Pool pool(1);
    pool.start();
    pool.submit();
    pool.wait_and_stop();
  });
}

TEST(IdleModel, TwoPlacesAndTwoPieces) {
  verify({.preemptions = 2, .stale_reads = 2}, [] {
    Pool pool(2);
    pool.start();
    pool.submit();
    pool.submit();
    pool.wait_and_stop();
  });
}

}  // namespace
}  // namespace sluice::model
