// The composition root: the only file that sees every folder. It wires timers into the scheduler,
// checked mode into the hook, and goroutine dumps into the ways in which a process can end.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "debug/facade.hpp"
#include "debug/goroutine_dump.hpp"
#include "debug/hub.hpp"
#include "debug/options.hpp"
#include "net/poller.hpp"
#include "net/signals.hpp"
#include "sched/event_source.hpp"
#include "sched/fatal.hpp"
#include "sched/foreign.hpp"
#include "sched/idle_source.hpp"
#include "sched/inspect.hpp"
#include "sched/memory.hpp"
#include "sched/park.hpp"
#include "sched/quit_signal.hpp"
#include "sched/run.hpp"
#include "sched/scheduler.hpp"
#include "sched/shuffle.hpp"
#include "sched/uncaught.hpp"
#include "sluice/debug.hpp"
#include "sluice/go.hpp"
#include "sluice/panic.hpp"
#include "sync/os_locks.hpp"
#include "time/timer_heap.hpp"

namespace sluice {

Panic::~Panic() = default;

namespace detail {
namespace {

constexpr std::size_t kMaxFrames = 64;
constexpr std::size_t kMaxDumped = 1000;  // as many goroutines as anybody reads
constexpr std::int64_t kMinute = 60'000'000'000;

// ---- dumps ----

// What goroutines wait for outside of the process.
using IoWaits = std::map<const Goroutine*, std::string>;

IoWaits io_waits() {
  IoWaits all;
  for_each_io_wait([&](const Goroutine& goroutine, const IoTarget& target) {
    all[&goroutine] = in_words(target);
  });
  return all;
}

checked::DumpedGoroutine describe(const Goroutine& goroutine, const IoWaits& io = {}) {
  checked::DumpedGoroutine dumped;
  dumped.id = goroutine.id;
  dumped.parent_id = goroutine.parent_id;
  dumped.creation_pc = goroutine.creation_pc;
  if (goroutine.name != nullptr) dumped.name = goroutine.name;
  switch (goroutine.status.load(std::memory_order_acquire)) {
    case Status::waiting:
      dumped.state = to_text(goroutine.reason);
      if (const auto wait = io.find(&goroutine); wait != io.end())
        dumped.state += ", " + wait->second;
      dumped.locked_to_thread = goroutine.home != nullptr;
      dumped.minutes = static_cast<std::uint64_t>(
          std::max<std::int64_t>(coarse_now() - goroutine.wait_since, 0) / kMinute);
      break;
    case Status::runnable:
      dumped.state = "runnable";
      break;
    default:
      dumped.state = "running";
  }
  const void* pcs[kMaxFrames];
  const std::size_t frames = backtrace(goroutine, pcs, kMaxFrames);
  dumped.pcs.assign(pcs, pcs + std::min(frames, kMaxFrames));
  dumped.frames_elided = frames - dumped.pcs.size();
  return dumped;
}

// All goroutines, the caller first, then in the order in which they were started.
std::string dump_all() {
  const CurrentRun run;
  if (!run) return {};
  run->freeze();
  std::vector<const Goroutine*> found;
  for_each_goroutine(
      [](Goroutine& each, void* into) {
        static_cast<std::vector<const Goroutine*>*>(into)->push_back(&each);
      },
      &found);
  const Goroutine* caller = self();
  std::sort(found.begin(), found.end(), [caller](const Goroutine* a, const Goroutine* b) {
    return std::pair(a != caller, a->id) < std::pair(b != caller, b->id);
  });
  const std::size_t left_out = found.size() > kMaxDumped ? found.size() - kMaxDumped : 0;
  found.resize(found.size() - left_out);
  std::vector<checked::DumpedGoroutine> dumped;
  const IoWaits io = io_waits();
  for (const Goroutine* each : found) dumped.push_back(describe(*each, io));
  run->thaw();
  std::string text = checked::goroutine_dump(dumped);
  if (left_out > 0) text += "\n...additional goroutines elided: " + std::to_string(left_out) + "\n";
  return text;
}

// ---- ends ----

// What the program has printed comes out, unless a thread that will never go on holds the stream.
[[noreturn]] void end_process() noexcept {
  if (ftrylockfile(stdout) == 0) {
    fflush_unlocked(stdout);
    funlockfile(stdout);
  }
  _exit(2);
}

// The process is about to end; another goroutine that fails while the first is being told waits for
// that. One whose telling fails, in its exception's what(), tells that instead, once.
std::atomic<bool> g_ending{false};
std::atomic<const Goroutine*> g_ender{nullptr};  // null as well when the monitor is

[[noreturn]] void wait_for_end() noexcept {
  for (;;) pause();
}
void claim_end() noexcept {
  const Goroutine* mine = self();
  if (!g_ending.exchange(true)) {
    g_ender.store(mine);
    return;
  }
  if (g_ender.load() != mine) wait_for_end();
  static bool again = false;
  if (std::exchange(again, true)) end_process();
}

std::terminate_handler g_previous_terminate = nullptr;

void tell_uncaught(const std::string& exception) noexcept {
  if (!observed()) return;
  Event event;
  event.kind = EventKind::uncaught;
  event.doer = self();
  event.text = exception;
  emit(event);
}

// Nothing has been unwound yet when an exception finds no handler in its goroutine: the stack still
// shows the throw.
[[noreturn]] void on_terminate() noexcept {
  const Goroutine* goroutine = self();
  const bool thrown = std::current_exception() != nullptr;
  if (goroutine->exiting && !thrown) {
    fatal_error(
        "sluice: exit_goroutine stopped by a noexcept function or by a destructor of an unwinding");
  }
  if (goroutine->foreign || !thrown) {
    if (thrown) tell_uncaught(describe_exception());
    if (g_previous_terminate != nullptr) g_previous_terminate();
    std::abort();
  }
  claim_end();
  const checked::DumpedGoroutine dumped = describe(*goroutine);
  const std::string exception = describe_exception();
  tell_uncaught(exception);
  std::fprintf(stderr, "panic: %s\n\n%s", exception.c_str(),
               checked::goroutine_dump({&dumped, 1}).c_str());
  end_process();
}

// ---- checked mode ----

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

int limit_of_workers() {
  const CurrentRun run;
  return run ? run->limit() : 0;
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

OnQuit wanted_on_quit() {
  const char* word = std::getenv("SLUICE_SIGQUIT");
  if (word == nullptr || *word == '\0' || std::strcmp(word, "dump") == 0) return OnQuit::dump;
  if (std::strcmp(word, "exit") == 0) return OnQuit::exit;
  std::fprintf(stderr, "sluice: SLUICE_SIGQUIT: unknown word '%s' (known: dump, exit)\n", word);
  std::_Exit(2);
}

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

void compose() {
  set_idle_source({&timers_next_due, &timers_poll, &timers_clear});
  set_event_source({&events_expected, &poller_wait, &poller_take, &poller_deliver,
                    &poller_interrupt, []() noexcept {
                      poller_clear();
                      signals_clear();
                    }});
  checked::Facade facade;
  facade.goroutine_dump = &dump_all;
  facade.check_leaks = [] { return g_hub != nullptr ? g_hub->check_leaks() : 0; };
  facade.workers = &limit_of_workers;
  facade.daemon = [] {
    Goroutine* goroutine = running_goroutine();
    if (observed() && goroutine != nullptr) g_hub->daemon(*goroutine);
  };
  facade.external_waker = [](const void* object) {
    expect_external_waker();
    if (observed() && object != nullptr) g_hub->external_waker(object);
  };
  checked::set_facade(facade);
  g_previous_terminate = std::set_terminate(&on_terminate);
}

}  // namespace

void throw_panic(const char* text) { throw Panic(text); }

void fatal_error(const char* text) noexcept {
  claim_end();
  std::fprintf(stderr, "fatal error: %s\n\n%s", text, dump_all().c_str());
  end_process();
}

void all_goroutines_asleep() noexcept {
  // A goroutine that is being told, but sleeps too, does so for ever in its exception's what().
  if (g_ending.exchange(true)) {
    const Goroutine* ender = g_ender.load();
    if (ender == nullptr || ender->foreign) wait_for_end();
  }
  const CurrentRun run;
  if (run->main_exited.load(std::memory_order_relaxed) && run->goroutines() == 0) {
    std::fputs("fatal error: no goroutines (main called runtime.Goexit) - deadlock!\n", stderr);
    end_process();
  }
  std::fputs("fatal error: all goroutines are asleep - deadlock!\n\n", stderr);
  if (observed()) {
    Event event;
    event.kind = EventKind::all_asleep;
    emit(event);
  } else {
    std::fputs(dump_all().c_str(), stderr);
  }
  end_process();
}

void describe_overflow(const Goroutine& goroutine, const void* const* pcs,
                       std::size_t count) noexcept {
  checked::DumpedGoroutine dumped;
  dumped.id = goroutine.id;
  dumped.parent_id = goroutine.parent_id;
  dumped.creation_pc = goroutine.creation_pc;
  dumped.state = "running";
  dumped.first_pc_is_exact = true;
  if (goroutine.name != nullptr) dumped.name = goroutine.name;
  dumped.pcs.assign(pcs, pcs + count);
  std::fputs(checked::goroutine_dump({&dumped, 1}).c_str(), stderr);
}

void tell_of_quit(bool ends) noexcept {
  if (ends && g_ending.exchange(true)) wait_for_end();
  std::fprintf(stderr, "SIGQUIT: quit\n\n%s\n", dump_all().c_str());
  if (ends) end_process();
}

void run(const Options& options, void (*main)(void*), void* argument) {
  static const bool composed = (compose(), true);
  (void)composed;
  observe(options);
  const QuitSignal quit(wanted_on_quit());
  struct Unobserve {
    ~Unobserve() {
      if (g_observer.exchange(nullptr, std::memory_order_acq_rel) != nullptr) g_hub->finish();
    }
  } unobserve;
  run_main(options, main, argument);
  // As in Go, main's return does not cut short what a failing goroutine has to say.
  if (g_ending.load(std::memory_order_acquire)) wait_for_end();
}

std::string_view to_text(WaitReason reason) noexcept {
  switch (reason) {
    case WaitReason::none:
      return "waiting";
    case WaitReason::chan_receive:
      return "chan receive";
    case WaitReason::chan_send:
      return "chan send";
    case WaitReason::chan_receive_nil:
      return "chan receive (nil chan)";
    case WaitReason::chan_send_nil:
      return "chan send (nil chan)";
    case WaitReason::select:
      return "select";
    case WaitReason::select_no_cases:
      return "select (no cases)";
    case WaitReason::mutex_lock:
    case WaitReason::once_call:
      return "sync.Mutex.Lock";
    case WaitReason::rw_mutex_lock:
      return "sync.RWMutex.Lock";
    case WaitReason::rw_mutex_lock_shared:
      return "sync.RWMutex.RLock";
    case WaitReason::cond_wait:
      return "sync.Cond.Wait";
    case WaitReason::wait_group_wait:
    case WaitReason::semaphore_acquire:
      return "semacquire";
    case WaitReason::sleep:
      return "sleep";
    case WaitReason::io_wait:
      return "IO wait";
  }
  return "waiting";
}

}  // namespace detail
}  // namespace sluice
