#include "sched/trace.hpp"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <new>

#include "base/clock.hpp"
#include "sched/worker.hpp"

namespace sluice::detail {

std::atomic<Trace*> g_trace{nullptr};

namespace {

// Of a clock that all processors share and that takes no call.
std::uint64_t ticks() noexcept {
#if defined(__x86_64__)
  return __rdtsc();
#else
  std::uint64_t count;
  asm volatile("mrs %0, cntvct_el0" : "=r"(count));
  return count;
#endif
}

// A record's second word: the goroutine's number, and a byte each of the rest.
constexpr unsigned kKindBits = 4, kStatusBits = 4, kReasonBits = 8;
constexpr unsigned kGoroutineShift = kKindBits + kStatusBits + kReasonBits;

// In place of a kind.
constexpr std::uint64_t kOfTheOneBefore = 15;

constexpr std::uint64_t mask(unsigned bits) { return (std::uint64_t{1} << bits) - 1; }

}  // namespace

Trace& the_trace() noexcept {
  static auto* const trace = new Trace;
  return *trace;
}

// Large pages: a fault for each small one would take longer than what is noted in it.
TraceRing::TraceRing() {
  constexpr std::size_t kSize = kRecords * sizeof(Record);
  void* memory = std::aligned_alloc(std::size_t{2} << 20, kSize);
  if (memory == nullptr) throw std::bad_alloc();
  ::madvise(memory, kSize, MADV_HUGEPAGE);
  records_ = new (memory) Record[kRecords];
}
TraceRing::~TraceRing() { std::free(records_); }

void TraceRing::write(std::uint64_t when, std::uint64_t what) noexcept {
  const std::uint64_t count = count_.load(std::memory_order_relaxed);
  Record& record = records_[count % kRecords];
  record.when.store(when, std::memory_order_relaxed);
  record.what.store(what, std::memory_order_relaxed);
  count_.store(count + 1, std::memory_order_release);
}

void TraceRing::note(TraceEvent::Kind kind, Status left_as, WaitReason reason,
                     std::uint64_t goroutine) noexcept {
  write(ticks(), goroutine << kGoroutineShift |
                     static_cast<std::uint64_t>(reason) << (kKindBits + kStatusBits) |
                     static_cast<std::uint64_t>(left_as) << kKindBits |
                     static_cast<std::uint64_t>(kind));
}

// Two records: the second has no time of its own.
void TraceRing::note_started(const Goroutine& goroutine) noexcept {
  note(TraceEvent::Kind::started, Status::none, WaitReason::none, goroutine.id);
  write(reinterpret_cast<std::uintptr_t>(goroutine.creation_pc),
        goroutine.parent_id << kGoroutineShift | kOfTheOneBefore);
}

void TraceRing::read(std::vector<TraceEvent>& into, std::uint32_t worker,
                     std::uint64_t skip) const {
  const std::uint64_t end = written();
  const std::uint64_t from = std::max(end > kRecords ? end - kRecords : 0, skip);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> copied;
  copied.reserve(end - from);
  for (std::uint64_t i = from; i < end; ++i) {
    const Record& record = records_[i % kRecords];
    copied.emplace_back(record.when.load(std::memory_order_relaxed),
                        record.what.load(std::memory_order_relaxed));
  }
  // What was written meanwhile, and one more that may be half written, took the place of the
  // oldest.
  std::atomic_thread_fence(std::memory_order_acquire);
  const std::uint64_t now = written() + 1;
  const std::uint64_t intact = std::max(now > kRecords ? now - kRecords : 0, from);
  const std::size_t first = into.size();
  for (std::size_t i = std::min<std::uint64_t>(intact - from, copied.size()); i < copied.size();
       ++i) {
    const auto [when, what] = copied[i];
    if ((what & mask(kKindBits)) != kOfTheOneBefore) {
      into.push_back(
          {.when = static_cast<std::int64_t>(when),
           .worker = worker,
           .kind = static_cast<TraceEvent::Kind>(what & mask(kKindBits)),
           .left_as = static_cast<Status>(what >> kKindBits & mask(kStatusBits)),
           .reason = static_cast<WaitReason>(what >> (kKindBits + kStatusBits) & mask(kReasonBits)),
           .goroutine = what >> kGoroutineShift});
    } else if (into.size() > first) {
      into.back().parent = what >> kGoroutineShift;
      into.back().creation_pc = reinterpret_cast<const void*>(when);
    }
  }
}

Trace::Clock Trace::Clock::read() noexcept { return {base::now(), detail::ticks()}; }

void Trace::begin() {
  const std::lock_guard guard(lock_);
  goroutines_.clear();
  told_.clear();
  skipped_.assign(rings_.size(), 0);
  for (std::size_t i = 0; i < rings_.size(); ++i) {
    if (rings_[i] != nullptr) skipped_[i] = rings_[i]->written();
  }
  began_ = Clock::read();
  g_trace.store(this, std::memory_order_release);
}

void Trace::knows(const Goroutine& goroutine) {
  const std::lock_guard guard(lock_);
  goroutines_[goroutine.id] = {goroutine.name != nullptr ? goroutine.name : "",
                               goroutine.creation_pc};
}

void Trace::tells(std::string_view what) {
  const std::lock_guard guard(lock_);
  told_.push_back({base::now(), std::string(what)});
}

void Trace::end() noexcept {
  if (!under_way()) return;
  ended_.store(base::now(), std::memory_order_relaxed);
  g_trace.store(nullptr, std::memory_order_release);
}
bool Trace::under_way() const noexcept { return g_trace.load(std::memory_order_acquire) == this; }

TraceRing& Trace::ring_of(Worker& worker) noexcept {
  if (worker.ring == nullptr) {
    const std::lock_guard guard(lock_);
    if (rings_.size() <= worker.index) rings_.resize(worker.index + 1);
    if (rings_[worker.index] == nullptr) rings_[worker.index] = std::make_unique<TraceRing>();
    worker.ring = rings_[worker.index].get();
  }
  return *worker.ring;
}

void Trace::switches(Worker& worker, const Goroutine* next, Status left_as) noexcept {
  const WaitReason reason = left_as == Status::waiting ? worker.current->reason : WaitReason::none;
  ring_of(worker).note(TraceEvent::Kind::switched, left_as, reason, next != nullptr ? next->id : 0);
}

// What threads that are no workers do is not noted.
void Trace::readies(Worker* worker, const Goroutine& goroutine) noexcept {
  if (worker == nullptr) return;
  ring_of(*worker).note(TraceEvent::Kind::readied, Status::none, WaitReason::none, goroutine.id);
}

void Trace::starts(Worker* worker, const Goroutine& goroutine) noexcept {
  if (goroutine.name != nullptr) knows(goroutine);
  if (worker != nullptr) ring_of(*worker).note_started(goroutine);
}

Trace::Recorded Trace::recorded() {
  Recorded all;
  const std::lock_guard guard(lock_);
  for (std::uint32_t i = 0; i < rings_.size(); ++i) {
    if (rings_[i] == nullptr) continue;
    const std::uint64_t skip = i < skipped_.size() ? skipped_[i] : 0;
    const std::uint64_t written = rings_[i]->written() - skip;
    all.lost += written > TraceRing::kRecords ? written - TraceRing::kRecords : 0;
    rings_[i]->read(all.events, i, skip);
  }
  // In ticks, of which no two of a worker are the same.
  std::sort(all.events.begin(), all.events.end(),
            [](const TraceEvent& a, const TraceEvent& b) { return a.when < b.when; });
  const Clock now = Clock::read();
  const double rate = static_cast<double>(now.now - began_.now) /
                      static_cast<double>(std::max<std::uint64_t>(now.ticks - began_.ticks, 1));
  for (TraceEvent& event : all.events) {
    const auto since = static_cast<double>(event.when - static_cast<std::int64_t>(began_.ticks));
    event.when = began_.now + static_cast<std::int64_t>(since * rate);
  }
  all.goroutines = goroutines_;
  all.told = told_;
  all.until = under_way() ? now.now : ended_.load(std::memory_order_relaxed);
  return all;
}

}  // namespace sluice::detail
