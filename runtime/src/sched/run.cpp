#include "sched/run.hpp"

#include <atomic>
#include <new>
#include <string>

#include "sched/overflow.hpp"
#include "sched/park.hpp"
#include "sched/run_limit.hpp"
#include "sched/scheduler.hpp"
#include "sched/spawn.hpp"
#include "sluice/go.hpp"
#include "sluice/panic.hpp"

namespace sluice::detail {
namespace {

std::atomic<bool> g_running{false};
std::atomic<std::uint64_t> g_run_id{0};

struct MainClosure {
  void (*main)(void*);
  void* argument;

  void operator()() const { main(argument); }
};

}  // namespace

void run_main(const Options& options, void (*main)(void*), void* argument) {
  if (g_running.exchange(true, std::memory_order_acq_rel)) {
    throw Panic("sluice: run called while another run is under way");
  }
  struct Running {
    ~Running() { g_running.store(false, std::memory_order_release); }
  } running;
  catch_stack_overflow();
  Scheduler::watch_forks();
  const std::uint64_t run_id = g_run_id.fetch_add(1, std::memory_order_relaxed) + 1;
  auto* scheduler = new Scheduler(worker_limit(options.workers), options.stack_size, run_id);
  struct Release {
    Scheduler* scheduler;
    ~Release() { scheduler->release(); }
  } release{scheduler};
  static constexpr ClosureType kMain{sizeof(MainClosure), alignof(MainClosure),
                                     &ClosureRunner<MainClosure>::run};
  Goroutine* goroutine = make_goroutine(*scheduler, nullptr, kMain, nullptr);
  ::new (goroutine->closure) MainClosure{main, argument};
  goroutine->id = 1;
  if (const Shuffle* shuffle = scheduler->shuffle()) shuffle->begin_main(goroutine->chance);
  scheduler->born_outside.store(1, std::memory_order_relaxed);
  if (observed()) {
    Event event;
    event.kind = EventKind::run_begin;
    event.other = goroutine;
    emit(event);
  }
  scheduler->start(goroutine);
  scheduler->wait_for_main();
  if (observed()) {
    Event event;
    event.kind = EventKind::run_end;
    emit(event);
  }
  scheduler->stop();
}

}  // namespace sluice::detail

namespace sluice {

std::uint64_t goroutine_id() noexcept {
  const detail::Worker* worker = detail::this_worker();
  return worker != nullptr && worker->current != nullptr ? worker->current->id : 0;
}

std::size_t num_goroutines() noexcept {
  const detail::CurrentRun run;
  return run ? static_cast<std::size_t>(run->goroutines()) : 0;
}

void set_workers(int n) {
  if (n < 1 || n > static_cast<int>(detail::Scheduler::kMaxWorkers)) {
    throw Panic("sluice: set_workers: " + std::to_string(n) +
                " is not a number of workers from 1 to 10000");
  }
  const detail::CurrentRun run;
  if (!run) throw Panic("sluice: set_workers outside of sluice::run");
  run->set_limit(n);
}

int workers() noexcept {
  const detail::CurrentRun run;
  return run ? run->limit() : 0;
}

}  // namespace sluice
