#include "boot/observing.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/clock.hpp"
#include "debug/options.hpp"
#include "sched/foreign.hpp"
#include "sched/inspect.hpp"
#include "sched/memory.hpp"
#include "sched/park.hpp"
#include "sched/scheduler.hpp"
#include "sched/shuffle.hpp"
#include "sync/os_locks.hpp"

namespace sluice::detail {
namespace {

std::size_t view_backtrace(const Actor& actor, const void** pcs, std::size_t max) {
  const auto& goroutine = static_cast<const Goroutine&>(actor);
  const CurrentRun run;
  if (&goroutine == self() || !run) return std::min(backtrace(goroutine, pcs, max), max);
  run->freeze();
  const std::size_t frames = backtrace(goroutine, pcs, max);
  run->thaw();
  return std::min(frames, max);
}

bool view_waiting(const Actor& actor) {
  return static_cast<const Goroutine&>(actor).status.load(std::memory_order_acquire) ==
         Status::waiting;
}

void view_for_each(void (*visit)(Actor&, void*), void* context) {
  struct Each {
    void (*visit)(Actor&, void*);
    void* context;
  } each{visit, context};
  for_each_goroutine(
      [](Goroutine& goroutine, void* argument) {
        const auto& to = *static_cast<Each*>(argument);
        to.visit(goroutine, to.context);
      },
      &each);
}

checked::Hub* g_hub = nullptr;

// One for the life of the process: whatever of its runs goes wrong, the seed that is told replays
// it. Short enough to be typed.
std::uint64_t fresh_seed() {
  static const auto seed = [] {
    std::uint32_t drawn = 0;
    if (getentropy(&drawn, sizeof drawn) != 0) drawn = static_cast<std::uint32_t>(base::now());
    return drawn;
  }();
  return seed;
}

checked::Options wanted_checks(const Options& options) {
  const char* environment = std::getenv("SLUICE_DEBUG");
  const bool from_environment = environment != nullptr && *environment != '\0';
  const checked::ParsedOptions parsed =
      from_environment ? checked::parse_options(environment)
                       : checked::parse_options(options.debug, "Options::debug");
  if (!parsed.error.empty()) {
    std::fprintf(stderr, "%s\n", parsed.error.c_str());
    std::_Exit(2);
  }
  checked::Options checks = parsed.options;
  const char* orders = std::getenv("SLUICE_ORDER");
  if (orders != nullptr && std::strcmp(orders, "all") == 0) checks.all_orders = true;
  return checks;
}

}  // namespace

checked::Hub* hub() noexcept { return g_hub; }

// One hub for the life of the process: objects keep the numbers it gave them from one run to the
// next, and goroutines that were dropped may be in the middle of telling it something.
void observe(const Options& options) {
  checked::Options checks = wanted_checks(options);
  if (checks.level < checked::Level::check) {
    checks.seed.reset();
  } else if (!checks.seed) {
    checks.seed = fresh_seed();
  }
  shuffle_runs(checks.seed);
  if (checks.level == checked::Level::off) return;
  if (g_hub == nullptr) {
    g_hub = new checked::Hub(
        checks, RuntimeView{&view_backtrace, &view_waiting, &view_for_each, &memory_view()});
    observe_thread_ends(g_hub);
  }
  watch_os_locks();
  g_observer.store(g_hub, std::memory_order_release);
}

void observe_no_more() {
  if (g_observer.exchange(nullptr, std::memory_order_acq_rel) != nullptr) g_hub->finish();
}

}  // namespace sluice::detail
