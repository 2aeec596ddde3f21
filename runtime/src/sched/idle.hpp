// Who of a run's workers may run goroutines, who searches for some, and who sleeps. Knows neither
// workers' queues nor threads: whoever derives from it says what work there is and starts threads.
#pragma once

#include <cstdint>

#include "base/asymmetric_fence.hpp"
#include "base/atomic.hpp"
#include "base/spin_lock.hpp"
#include "sched/event_source.hpp"

namespace sluice::detail {

// A worker as seen from here.
struct Sleeper {
  base::Atomic<std::uint32_t> wake{0};  // futex: 1: it has been given a place
  Sleeper* next_idle = nullptr;         // guarded by the idle lock
  bool listens = false;  // waits for events in place of the futex; its own, read by who wakes it
};

// Places. Of all workers at most `limit` are active: they run a goroutine or search for one.
// Detached ones run a goroutine without a place. All others sleep. The counts share one word, so
// that each decision is one step:
//   S1  active <= limit, but for set_limit lowering it.
//   S2  searching <= active.
//   S3  Work that is queued while active < limit and nobody searches wakes a worker, or is seen by
//       the last one that goes to sleep. Each side writes its own word, then reads the other's:
//         submitted: (work is in a queue)      fence   if (searching == 0 && active < limit) wake
//         let_go:    active--, searching--     fence   if (any queue has work) wake
//       Acquire and release alone let both reads see old values (store buffering, on x86 too): work
//       queued, every worker asleep. Test: model/idle_model.cpp.
//   S4  At most one sleeper listens: it waits for events from outside. While some are expected and
//       no worker is active, one does. Who expects an event is run by a worker, which comes to
//       lie down after that; another thread says it as S3's submitted does. A listener is the last
//       to be woken for other work. It listens until it is up, not until it is woken: an interrupt
//       would wake either of two.
//   S5  Nobody delivers events before it has taken a place, or has seen that all are taken: what it
//       readies is then run by itself, or by those that are awake.
//   S6  With a limit of one nobody can be woken while the one place is held, so who holds it queues
//       work without S3's fence. Others end that state with a fence that is heavy (base/
//       asymmetric_fence.hpp), so that they see what was queued in it, or the holder that it ended:
//         submitted_by: (work is in a queue)     light   if (limit == 1 && mine) return, else S3
//         place_taken:  not its own; active--    heavy   if (any queue has work) wake
//         set_limit:    limit = n                heavy   S3
//       Who gives its place up itself comes to S3's let_go. Test: model/idle_model.cpp.
class Idle {
 public:
  explicit Idle(int limit) noexcept : limit_(static_cast<std::uint32_t>(limit)) {}
  Idle(const Idle&) = delete;
  Idle& operator=(const Idle&) = delete;

  // Something has been queued: see S3.
  void submitted() noexcept {
    base::fence(std::memory_order_seq_cst);
    const Places seen = places(state_.load(std::memory_order_relaxed));
    if (seen.searching == 0 && seen.active < limit_.load(std::memory_order_relaxed)) wake_one();
  }
  // The same, by a worker; `holds_place` may say so until place_taken is called. See S6.
  template <class HoldsPlace>
  void submitted_by(HoldsPlace holds_place) noexcept {
    base::asymmetric_fence_light();
    if (limit_.load(std::memory_order_relaxed) == 1 && holds_place()) return;
    submitted();
  }
  void wake_one() noexcept;
  // A thread that is no worker expects an event: see S4.
  void event_awaited() noexcept;

  // For workers. stop_searching: found something. sleep: found nothing; returns with a place,
  // counted as searching, or because the run stops.
  void start_searching() noexcept { state_.fetch_add(kSearching, std::memory_order_seq_cst); }
  bool may_search() const noexcept;
  void stop_searching() noexcept;
  enum class Holds { nothing, detached, place, search };
  void sleep(Sleeper& worker, Holds holds) noexcept;
  void let_go(Holds holds) noexcept;

  // A worker that has no place begins to run, or gives its place up while its goroutine goes on, or
  // loses it to another thread, or wins one back (false: there is none).
  void joins_detached() noexcept;
  void detached() noexcept;
  void place_taken() noexcept;
  bool attach() noexcept;
  // True, and a place fewer, when there are more than the limit allows.
  bool give_up_excess_place() noexcept;
  void set_limit(int limit) noexcept;

  struct Places {
    std::uint32_t active, searching, detached;
  };
  Places places() const noexcept { return places(state_.load(std::memory_order_relaxed)); }
  int limit() const noexcept { return static_cast<int>(limit_.load(std::memory_order_relaxed)); }
  bool any_awake() const noexcept;  // some worker is active or detached
  // Events are expected and no worker waits for them: those that run must look now and then.
  bool unheard() const noexcept {
    return expects_events() && !listening_.load(std::memory_order_seq_cst);
  }
  bool place_free() const noexcept {
    return places(state_.load(std::memory_order_seq_cst)).active <
           limit_.load(std::memory_order_relaxed);
  }
  bool others_active() const noexcept {
    return places(state_.load(std::memory_order_relaxed)).active > 1;
  }

 protected:
  ~Idle() = default;
  // The very first place, for a thread that searches.
  void open() noexcept { state_.store(kActive + kSearching, std::memory_order_seq_cst); }
  void wake_all() noexcept;

 private:
  virtual bool any_work() const noexcept = 0;
  virtual bool stopping() const noexcept = 0;
  // Starts a thread that has a place and searches. False: there can't be one.
  virtual bool start_worker() noexcept = 0;
  // Somebody is active again after all slept; a place is free, and there is nothing to do.
  virtual void first_awake() noexcept = 0;
  virtual void found_nothing() noexcept = 0;
  // EventSource's. deliver is called by `worker`, which has a place or found none.
  virtual bool expects_events() const noexcept = 0;
  virtual void wait_for_events(EventBatch& into) noexcept = 0;
  virtual void deliver(Sleeper& worker, const EventBatch& batch, bool has_place) noexcept = 0;
  virtual void interrupt_wait() noexcept = 0;

  static constexpr std::uint64_t kActive = 1, kSearching = std::uint64_t{1} << 20,
                                 kDetached = std::uint64_t{1} << 40;
  static Places places(std::uint64_t state) noexcept {
    constexpr std::uint64_t mask = (1u << 20) - 1;
    return {static_cast<std::uint32_t>(state & mask),
            static_cast<std::uint32_t>((state >> 20) & mask),
            static_cast<std::uint32_t>(state >> 40)};
  }
  void wake(Sleeper& worker) noexcept;
  Sleeper* pop_idle() noexcept;
  void offer_place(bool is_needed) noexcept;
  void lie_down(Sleeper& worker) noexcept;
  bool listen(Sleeper& worker) noexcept;
  bool rise(Sleeper& worker) noexcept;
  bool take_place() noexcept;

  alignas(64) base::Atomic<std::uint64_t> state_{0};
  base::Atomic<std::uint32_t> limit_;
  base::SpinLock idle_lock_;
  Sleeper* idle_ = nullptr;              // all that sleep but the listener
  Sleeper* listener_ = nullptr;          // null also when it has been given a place
  base::Atomic<bool> listening_{false};  // written under the lock, read by anybody
};

}  // namespace sluice::detail
