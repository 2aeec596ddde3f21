#include "sched/stalls.hpp"

#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "base/clock.hpp"
#include "base/free_signal.hpp"
#include "base/futex.hpp"
#include "sched/fatal.hpp"
#include "sched/interrupted.hpp"
#include "sched/thread_state.hpp"
#include "sched/worker.hpp"

namespace sluice::detail {
namespace {

constexpr std::int64_t kAnswersWithin = 100'000'000;
constexpr std::size_t kMostPlaces = 1000;

std::atomic<std::int64_t> g_limit{0};
int g_signal = 0;

// One question at a time. The monitor writes whom it means and then `asked`; the handler writes the
// answer and then `answered`. An answer that comes too late finds that nobody asks.
enum : std::uint32_t { kNothing, kAsked, kAnswering, kAnswered };
base::Atomic<std::uint32_t> g_question{kNothing};
std::atomic<const Worker*> g_asked{nullptr};
std::uint32_t g_asked_tick = 0;
Stall g_answer;

// Of a goroutine that runs here; nothing of one that has said that it may block, nor when the
// worker has gone on since it was asked.
void answer(const Worker& worker, const void* context) noexcept {
  g_answer = {};
  const Goroutine* goroutine = worker.current;
  if (goroutine == nullptr || goroutine->blocking > 0 ||
      worker.tick.load(std::memory_order_relaxed) != g_asked_tick) {
    return;
  }
  g_answer.id = goroutine->id;
  g_answer.parent_id = goroutine->parent_id;
  g_answer.creation_pc = goroutine->creation_pc;
  if (goroutine->name != nullptr) {
    std::strncpy(g_answer.name.data(), goroutine->name, g_answer.name.size() - 1);
  }
  g_answer.frames = backtrace_interrupted(context, g_answer.pcs.data(), Stall::kMaxFrames);
}

void on_signal(int, siginfo_t*, void* context) {
  const int error = errno;
  std::uint32_t asked = kAsked;
  if (t_worker != nullptr && t_worker == g_asked.load(std::memory_order_relaxed) &&
      g_question.compare_exchange_strong(asked, kAnswering, std::memory_order_acq_rel)) {
    answer(*t_worker, context);
    g_question.store(kAnswered, std::memory_order_release);
    base::futex_wake(g_question, 1);
  }
  errno = error;
}

// Null: there is no stall, or its thread does not answer.
const Stall* ask(const Worker& worker, std::uint32_t tick) noexcept {
  g_asked.store(&worker, std::memory_order_relaxed);
  g_asked_tick = tick;
  g_question.store(kAsked, std::memory_order_release);
  if (::syscall(SYS_tgkill, ::getpid(), worker.tid.load(), g_signal) == 0) {
    const std::int64_t until = base::now() + kAnswersWithin;
    for (std::uint32_t state = kAsked; state != kAnswered && base::now() < until;
         state = g_question.load(std::memory_order_acquire)) {
      base::futex_wait(g_question, state, until);
    }
  }
  std::uint32_t asked = kAsked;
  if (g_question.compare_exchange_strong(asked, kNothing, std::memory_order_acq_rel)) {
    return nullptr;
  }
  while (g_question.load(std::memory_order_acquire) != kAnswered) base::pause();
  g_question.store(kNothing, std::memory_order_relaxed);
  return g_answer.frames > 0 ? &g_answer : nullptr;
}

}  // namespace

bool tell_of_stalls(std::int64_t nanoseconds) noexcept {
  g_limit.store(nanoseconds, std::memory_order_relaxed);
  if (nanoseconds != 0 && g_signal == 0) g_signal = base::take_free_signal(&on_signal);
  return nanoseconds == 0 || g_signal != 0;
}

void StallWatch::look(Worker& worker, std::int64_t now) noexcept {
  const std::int64_t limit = g_limit.load(std::memory_order_relaxed);
  if (limit == 0) return;
  if (worker.index >= seen_.size()) seen_.resize(worker.index + 1);
  Seen& seen = seen_[worker.index];
  const std::uint32_t tick = worker.tick.load(std::memory_order_relaxed);
  if (tick != seen.tick || seen.since == 0) {
    seen = {tick, now, processor_time(worker.tid)};
    return;
  }
  const Phase phase = worker.phase.load(std::memory_order_acquire);
  const bool runs = phase == Phase::running || phase == Phase::detached;
  if (!runs || seen.asked || now - seen.since < limit) return;
  // On a busy machine it may be the system that keeps the worker from going on.
  if (computes(worker.tid) && processor_time(worker.tid) - seen.processor_time < limit / 2) return;
  seen.asked = true;
  const Stall* found = ask(worker, tick);
  if (found == nullptr) return;
  std::array<const void*, 4> place{};
  std::copy_n(found->pcs.begin(), std::min(place.size(), found->frames), place.begin());
  // Where in a loop it was is all the same.
  place[0] = found->frames > 1 ? nullptr : place[0];
  if (told_.size() == kMostPlaces || std::find(told_.begin(), told_.end(), place) != told_.end()) {
    return;
  }
  told_.push_back(place);
  Stall stall = *found;
  stall.lasts = now - seen.since;
  describe_stall(stall);
}

}  // namespace sluice::detail
