// Places, searching and sleeping: work that is queued, and events that come, while workers go to
// sleep must be dealt with by one of them.
#include "sched/idle.hpp"

#include <array>
#include <utility>

#include "model/verify.hpp"
#include "sched/global_queue.hpp"

namespace sluice::model {
namespace {

using detail::GlobalQueue;
using detail::Goroutine;
using detail::Idle;
using detail::Sleeper;

using detail::EventBatch;

// Workers that share one queue, and one event from outside, which brings a piece of work. All that
// is public is thread 0's.
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
  // A piece of work that expects the event, or thread 0 that does.
  void submit_waiting() {
    expects_ = &work_[submitted_];
    submit();
    ++submitted_;  // what the event will bring
  }
  void expect() {
    ++submitted_;
    expected_.store(1, std::memory_order_seq_cst);
    ask_kernel();
    event_awaited();
  }
  // It may be before anybody expects it: the kernel tells then what has been.
  void happen() {
    step();
    happened_ = true;
    if (asked_) wake_listener();
  }

  // A piece of work that queues another, and does not end before that one has.
  void submit_stuck() {
    stuck_ = &work_[submitted_];
    submit();
    ++submitted_;
  }
  void wait_until_stuck() {
    if (!is_stuck_) {
      awaits_stuck_ = true;
      block("for a worker to be stuck");
    }
  }
  void take_place() {
    has_place_.store(false, std::memory_order_release);
    place_taken();
  }

  // Until so many pieces are done.
  void wait_for(int count) {
    awaited_ = count;
    if (done_ < count) block("for work to be done");
  }
  // Until all is done that was submitted: a deadlock when nobody does it.
  void wait_and_stop() {
    wait_for(submitted_);
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
      if (found == expects_) {
        expected_.store(1, std::memory_order_seq_cst);
        ask_kernel();
      }
      if (found == stuck_) be_stuck();
      if (++done_ == awaited_) model::wake(0);
      if (waits_ != 0) model::wake(std::exchange(waits_, 0u));
      if (found == stuck_ && !has_place_.load(std::memory_order_relaxed) && !attach()) {
        sleep(self, Holds::detached);
        searching = true;
      }
    }
  }
  void be_stuck() {
    has_place_.store(true, std::memory_order_release);
    is_stuck_ = true;
    if (awaits_stuck_) model::wake(0);
    queue_.push(stuck_ + 1);
    submitted_by([this] { return has_place_.load(std::memory_order_relaxed); });
    if (done_ > 0) return;
    waits_ = this_thread();
    block("for what it has queued to be done");
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

  bool expects_events() const noexcept override {
    return expected_.load(std::memory_order_seq_cst) != 0;
  }
  void wait_for_events(EventBatch& into) noexcept override {
    step();
    const bool interrupted = interrupted_.exchange(0, std::memory_order_acq_rel) != 0;
    if (!interrupted && !(asked_ && happened_)) {
      listening_ = this_thread();
      block("for events");
      listening_ = 0;
      interrupted_.exchange(0, std::memory_order_acq_rel);
    }
    if (!asked_ || !happened_) return;
    asked_ = false;
    into.push({nullptr, 0});
  }
  void deliver(Sleeper&, const EventBatch&, bool) noexcept override {
    queue_.push(&work_.back());
    submitted();
    expected_.store(0, std::memory_order_seq_cst);
  }
  void interrupt_wait() noexcept override {
    step();
    interrupted_.exchange(1, std::memory_order_acq_rel);
    wake_listener();
  }
  void ask_kernel() {
    step();
    asked_ = true;
    if (happened_) wake_listener();
  }
  void wake_listener() {
    if (listening_ != 0) model::wake(std::exchange(listening_, 0u));
  }

  GlobalQueue queue_;
  std::array<Goroutine, 4> work_;
  std::array<Sleeper, 3> sleepers_;
  std::size_t workers_ = 0;
  base::Atomic<std::uint32_t> expected_{0};
  const Goroutine* expects_ = nullptr;
  Goroutine* stuck_ = nullptr;           // queues the one after it
  base::Atomic<bool> has_place_{false};  // the one that is stuck
  // The kernel's, whose steps are whole. Thread 0 never listens.
  bool asked_ = false;
  bool happened_ = false;
  base::Atomic<std::uint32_t> interrupted_{0};  // writing an eventfd releases, reading it acquires
  unsigned listening_ = 0;
  // Not part of what is modelled.
  int submitted_ = 0;
  int done_ = 0;
  int awaited_ = 0;  // by thread 0
  bool is_stuck_ = false;
  bool awaits_stuck_ = false;
  unsigned waits_ = 0;  // the thread that is stuck
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

TEST(IdleModel, WorkQueuedWhileThePlaceIsTakenIsRun) {
  verify({.preemptions = 2, .stale_reads = 2}, [] {
    Pool pool(1);
    pool.start();
    pool.submit_stuck();
    pool.wait_until_stuck();
    pool.take_place();
    pool.wait_and_stop();
  });
}

TEST(IdleModel, WorkQueuedWhileTheLimitIsRaisedIsRun) {
  verify({.preemptions = 2, .stale_reads = 2}, [] {
    Pool pool(1);
    pool.start();
    pool.submit_stuck();
    pool.wait_until_stuck();
    pool.set_limit(2);
    pool.wait_and_stop();
  });
}

TEST(IdleModel, AnEventThatComesWhileTheLastWorkerLiesDownIsHeard) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    Pool pool(1);
    pool.start();
    pool.submit_waiting();
    pool.happen();
    pool.wait_and_stop();
  });
}

TEST(IdleModel, AThreadThatExpectsAnEventIsHeard) {
  verify({.preemptions = 3, .stale_reads = 2}, [] {
    Pool pool(1);
    pool.start();
    pool.expect();
    pool.happen();
    pool.wait_and_stop();
  });
}

TEST(IdleModel, TheListenerIsWokenForOtherWork) {
  verify({.preemptions = 2, .stale_reads = 1}, [] {
    Pool pool(1);
    pool.start();
    pool.submit_waiting();
    pool.submit();
    pool.wait_for(2);  // before the event wakes it
    pool.happen();
    pool.wait_and_stop();
  });
}

TEST(IdleModel, TwoPlacesAndAnEvent) {
  verify({.preemptions = 2, .stale_reads = 1}, [] {
    Pool pool(2);
    pool.start();
    pool.submit_waiting();
    pool.submit();
    pool.happen();
    pool.wait_and_stop();
  });
}

}  // namespace
}  // namespace sluice::model
