// Stands in for what lies below the waist: a goroutine is a thread of the explorer, parking blocks
// it, and the clock is set by hand.
#include "model/runtime.hpp"

#include <array>
#include <cstdlib>
#include <memory>

#include "base/assert.hpp"
#include "base/clock.hpp"
#include "base/futex.hpp"
#include "model/explorer.hpp"
#include "model/memory.hpp"
#include "sched/idle_source.hpp"
#include "sched/park.hpp"
#include "sluice/panic.hpp"

namespace sluice {

namespace model {
namespace {

std::array<detail::Goroutine, kMostThreads> g_goroutines;
std::int64_t g_now = 0;
std::int64_t g_pace = 0;

// Who sleeps on a futex, and on which.
std::array<const void*, kMostThreads> g_sleeps_on{};

unsigned number_of(const detail::Goroutine* goroutine) {
  return static_cast<unsigned>(goroutine - g_goroutines.data());
}

}  // namespace

void set_now(std::int64_t nanoseconds, std::int64_t pace) {
  g_now = nanoseconds;
  g_pace = pace;
}

}  // namespace model

namespace base {

std::int64_t now() noexcept { return model::g_now += model::g_pace; }

void pause() noexcept { model::give_way(); }

// The kernel compares and goes to sleep in one step.
void futex_wait(const Atomic<std::uint32_t>& word, std::uint32_t expected, std::int64_t) noexcept {
  model::step();
  if (word.cell()->newest != expected) return;
  model::g_sleeps_on[model::this_thread()] = &word;
  model::block("on a futex");
}

void futex_wake(const Atomic<std::uint32_t>& word, int count) noexcept {
  model::step();
  for (unsigned i = 0; i < model::kMostThreads && count > 0; ++i) {
    if (model::g_sleeps_on[i] != &word) continue;
    model::g_sleeps_on[i] = nullptr;
    model::wake(i);
    --count;
  }
}

void assertion_failed(const char* condition, const char* file, int line) noexcept {
  model::fail(std::string(file) + ":" + std::to_string(line) + ": '" + condition +
              "' does not hold");
}

}  // namespace base

Panic::~Panic() = default;

namespace detail {

std::atomic<Observer*> g_observer{nullptr};

void throw_panic(const char* text) { model::fail(std::string("panic: ") + text); }
void fatal_error(const char* text) noexcept { model::fail(std::string("fatal error: ") + text); }

Goroutine* self() noexcept { return &model::g_goroutines[model::this_thread()]; }

void park(WaitReason, void (*commit)(void*), void* argument) noexcept {
  self()->status.store(Status::waiting);
  commit(argument);
  model::block("parked");
}

void park(WaitReason reason, base::Atomic<std::uint32_t>& queue_lock) noexcept {
  park(
      reason,
      [](void* word) { base::spin_unlock(*static_cast<base::Atomic<std::uint32_t>*>(word)); },
      &queue_lock);
}

void ready(Goroutine* goroutine) noexcept {
  model::step();
  if (goroutine->status.load() != Status::waiting) {
    model::fail("a goroutine is readied that does not wait");
  }
  goroutine->status.store(Status::running);
  model::wake(model::number_of(goroutine));
}

bool alive(const Goroutine*) noexcept { return true; }
int parallelism() noexcept { return 1; }
bool on_worker() noexcept { return true; }
std::uint32_t home() noexcept { return 0; }
std::uint32_t random_below(std::uint32_t n) noexcept { return model::choose(n); }
void yield_now() noexcept { model::give_way(); }
void preemption_point() noexcept {}
// Nobody observes a model: who runs here is not asked in line.
constinit thread_local Worker* t_worker = nullptr;
constinit thread_local Goroutine* t_current = nullptr;
void take_back_point() noexcept {}
std::int64_t decision_time() noexcept { return base::now(); }
std::int64_t coarse_now() noexcept { return base::now(); }
void idle_source_moved(std::int64_t) noexcept {}

Waiter* dequeue(WaitQueue& queue) noexcept {
  Waiter* first = queue.head;
  if (first != nullptr) remove(queue, *first);
  return first;
}

void emit(const Event&) noexcept {}
void emit(EventKind, const ObjectRef&, const CallSite&, std::int64_t) noexcept {}
void ParkScope::tell(WaitReason, std::span<const ObjectRef>, const CallSite&, std::int64_t,
                     std::string_view) noexcept {}
void ParkScope::end() noexcept {}

// ---- starting goroutines ----

NewGoroutine new_goroutine(const ClosureType& closure, const GoOptions*) {
  auto* fresh = new Goroutine;
  fresh->type = &closure;
  fresh->closure = std::aligned_alloc(
      closure.align, (closure.size + closure.align - 1) / closure.align * closure.align);
  return {fresh, fresh->closure};
}
void discard_goroutine(Goroutine* goroutine) noexcept {
  std::free(goroutine->closure);
  delete goroutine;
}
void announce_goroutine(Goroutine*) noexcept {}
void launch_goroutine(Goroutine* goroutine) noexcept {
  model::spawn([goroutine] {
    goroutine->type->run(goroutine->closure);
    discard_goroutine(goroutine);
  });
}

}  // namespace detail
}  // namespace sluice
