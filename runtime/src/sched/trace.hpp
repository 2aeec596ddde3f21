// What workers do, noted as it happens for who wants to see it drawn: which goroutine runs where,
// why it stops, who makes whom run. A flight recorder: each worker keeps its last events.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/thread_mutex.hpp"
#include "sched/goroutine.hpp"

namespace sluice::detail {

class Worker;

// One event of a worker. A switch says which goroutine runs from then on (0: none), and what became
// of the one before.
struct TraceEvent {
  enum class Kind : std::uint8_t { switched, readied, started };
  std::int64_t when = 0;  // base::now()
  std::uint32_t worker = 0;
  Kind kind = Kind::switched;
  Status left_as = Status::none;
  WaitReason reason = WaitReason::none;  // why it was left waiting
  std::uint64_t goroutine = 0;
  // Of one that is started.
  const void* creation_pc = nullptr;
  std::uint64_t parent = 0;
};

// The events of one worker: written by it, read by anybody.
class TraceRing {
 public:
  static constexpr std::size_t kRecords = std::size_t{1} << 18;

  TraceRing();  // throws std::bad_alloc
  ~TraceRing();
  TraceRing(const TraceRing&) = delete;
  TraceRing& operator=(const TraceRing&) = delete;

  void note(TraceEvent::Kind kind, Status left_as, WaitReason reason,
            std::uint64_t goroutine) noexcept;
  void note_started(const Goroutine& goroutine) noexcept;
  // Those that are still there, with times in ticks; those that the worker overwrites meanwhile
  // are left out. `skip`: how many were written before the trace began.
  void read(std::vector<TraceEvent>& into, std::uint32_t worker, std::uint64_t skip) const;
  std::uint64_t written() const noexcept { return count_.load(std::memory_order_acquire); }

 private:
  struct Record {
    std::atomic<std::uint64_t> when;
    std::atomic<std::uint64_t> what;
  };
  void write(std::uint64_t when, std::uint64_t what) noexcept;
  Record* records_;
  std::atomic<std::uint64_t> count_{0};
};

// What is told of a goroutine beside its events.
struct TracedGoroutine {
  std::string name;
  const void* creation_pc = nullptr;
};

class Trace {
 public:
  // Notes what is done from now on; forgets what was noted before.
  void begin();
  // The goroutine has been there since before; it does not run.
  void knows(const Goroutine& goroutine);
  void end() noexcept;
  bool under_way() const noexcept;

  // What somebody has found out meanwhile.
  struct Told {
    std::int64_t when = 0;
    std::string what;
  };
  void tells(std::string_view what);

  struct Recorded {
    std::vector<TraceEvent> events;  // by time
    std::vector<Told> told;          // by time
    // Those that have a name, and those that were there before.
    std::unordered_map<std::uint64_t, TracedGoroutine> goroutines;
    std::uint64_t lost = 0;  // events that newer ones have overwritten
    std::int64_t until = 0;  // its end, or now
  };
  Recorded recorded();

  // For the scheduler, while it is under way.
  void switches(Worker& worker, const Goroutine* next, Status left_as) noexcept;
  void readies(Worker* worker, const Goroutine& goroutine) noexcept;
  void starts(Worker* worker, const Goroutine& goroutine) noexcept;

 private:
  struct Clock {
    std::int64_t now = 0;
    std::uint64_t ticks = 0;
    static Clock read() noexcept;
  };
  TraceRing& ring_of(Worker& worker) noexcept;

  base::ThreadMutex lock_;
  std::vector<std::unique_ptr<TraceRing>> rings_;  // by worker
  std::vector<std::uint64_t> skipped_;             // of each ring, when the trace began
  std::unordered_map<std::uint64_t, TracedGoroutine> goroutines_;
  std::vector<Told> told_;
  Clock began_;
  std::atomic<std::int64_t> ended_{0};
};

// The one trace. Null: nobody traces.
extern std::atomic<Trace*> g_trace;
Trace& the_trace() noexcept;

}  // namespace sluice::detail
