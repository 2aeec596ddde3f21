// The composition root: with its neighbours in this folder the only file that sees every other. It
// wires timers and the poller into the scheduler, and checked mode into the hook.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "boot/debugger_view.hpp"
#include "boot/dump.hpp"
#include "boot/ending.hpp"
#include "boot/observing.hpp"
#include "boot/profiles.hpp"
#include "boot/top.hpp"
#include "boot/tracing.hpp"
#include "boot/wanted_files.hpp"
#include "debug/facade.hpp"
#include "net/fd_wait.hpp"
#include "net/poller.hpp"
#include "net/signals.hpp"
#include "sched/event_source.hpp"
#include "sched/foreign.hpp"
#include "sched/idle_source.hpp"
#include "sched/park.hpp"
#include "sched/quit_signal.hpp"
#include "sched/run.hpp"
#include "sched/sched_trace.hpp"
#include "sched/scheduler.hpp"
#include "sched/stalls.hpp"
#include "sluice/debug.hpp"
#include "sluice/go.hpp"
#include "sluice/panic.hpp"
#include "time/timer_heap.hpp"

namespace sluice {

Panic::~Panic() = default;

namespace detail {
namespace {

int limit_of_workers() {
  const CurrentRun run;
  return run ? run->limit() : 0;
}

OnQuit wanted_on_quit() {
  const char* word = std::getenv("SLUICE_SIGQUIT");
  if (word == nullptr || *word == '\0' || std::strcmp(word, "dump") == 0) return OnQuit::dump;
  if (std::strcmp(word, "exit") == 0) return OnQuit::exit;
  std::fprintf(stderr, "sluice: SLUICE_SIGQUIT: unknown word '%s' (known: dump, exit)\n", word);
  std::_Exit(2);
}

// A time in milliseconds; 0: it is not set.
std::int64_t nanoseconds_in(const char* variable) {
  const char* word = std::getenv(variable);
  if (word == nullptr || *word == '\0') return 0;
  constexpr std::int64_t kMost = 3'600'000, kMillisecond = 1'000'000;
  char* end = nullptr;
  const long long count = std::strtoll(word, &end, 10);
  if (*end != '\0' || count < 1 || count > kMost) {
    std::fprintf(stderr, "sluice: %s: '%s' is no number of milliseconds from 1 to %lld\n", variable,
                 word, static_cast<long long>(kMost));
    std::_Exit(2);
  }
  return count * kMillisecond;
}

void watch_as_asked() {
  trace_scheduling(nanoseconds_in("SLUICE_SCHEDTRACE"));
  if (!tell_of_stalls(nanoseconds_in("SLUICE_STALL"))) {
    std::fputs("sluice: SLUICE_STALL: every real-time signal is in use; stalls are not told\n",
               stderr);
  }
}

void compose() {
  set_idle_source({&timers_next_due, &timers_poll, &timers_clear});
  set_event_source({&events_expected, &poller_wait, &poller_take, &poller_deliver,
                    &poller_interrupt, []() noexcept {
                      poller_clear();
                      fd_waits_clear();
                      signals_clear();
                    }});
  checked::Facade facade;
  facade.goroutine_dump = &dump_all;
  facade.check_leaks = [] { return hub() != nullptr ? hub()->check_leaks() : 0; };
  facade.workers = &limit_of_workers;
  facade.daemon = [] {
    Goroutine* goroutine = running_goroutine();
    if (observed() && goroutine != nullptr) hub()->daemon(*goroutine);
  };
  facade.external_waker = [](const void* object) {
    expect_external_waker();
    if (observed() && object != nullptr) hub()->external_waker(object);
  };
  facade.profile_blocking = &profile_blocking;
  facade.profile_mutexes = &profile_mutexes;
  facade.profile = &profile_of;
  facade.trace = &trace_execution;
  facade.drawn_trace = &drawn_trace;
  facade.note_in_trace = &note_in_trace;
  facade.last_words = &write_wanted_files;
  checked::set_facade(facade);
  tell_of_uncaught_exceptions();
}

}  // namespace

void throw_panic(const char* text) { throw Panic(text); }

void run(const Options& options, void (*main)(void*), void* argument) {
  static const bool composed = (compose(), true);
  (void)composed;
  // A linker leaves out what nobody asks for; debuggers ask later.
  asm volatile("" : : "r"(&sluice_debugger_view));
  observe(options);
  const QuitSignal quit(wanted_on_quit());
  const WantedFiles files;
  watch_as_asked();
  struct Unobserve {
    ~Unobserve() { observe_no_more(); }
  } unobserve;
  const WantedTop top;
  run_main(options, main, argument);
  let_failing_goroutines_end();
}

}  // namespace detail
}  // namespace sluice
