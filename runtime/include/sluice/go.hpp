// Starting the runtime and goroutines, and what a goroutine can say of itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "sluice/detail/export.hpp"
#include "sluice/detail/spawn.hpp"

namespace sluice {

/// How `run` sets up the runtime.
struct Options {
  /// How many goroutines run at the same time (Go: GOMAXPROCS). 0: the environment's
  /// SLUICE_WORKERS, else the least of cores, CPU affinity and cgroup CPU quota.
  int workers = 0;
  /// Bytes of address space for each goroutine's stack, rounded up to a power of two of at least 16
  /// KiB. Pages are committed when first touched, so a large value costs address space only.
  std::size_t stack_size = 256 * 1024;
  /// Checked mode, in the words of SLUICE_DEBUG ("check", "wait,report=DIR"). The environment wins.
  std::string debug = {};
};

/// What one goroutine gets.
struct GoOptions {
  /// Shown in dumps and reports.
  std::string name = {};
  /// As Options::stack_size, for this goroutine; 0: Options'.
  std::size_t stack_size = 0;
};

namespace detail {
SLUICE_EXPORT void run(const Options& options, void (*main)(void*), void* argument);
SLUICE_EXPORT void enter_blocking() noexcept;
SLUICE_EXPORT void leave_blocking() noexcept;

template <class F, class... Args>
concept Startable = std::invocable<std::decay_t<F>, std::decay_t<Args>...>;
}  // namespace detail

/// Runs `main` as goroutine 1 and returns when it returns: its int, or 0 if it returns nothing.
///
/// The calling thread waits meanwhile. Goroutines that are still alive then are dropped, as when a
/// Go program ends: never resumed, never unwound; checked mode reports each (SL401). `run` may be
/// called again afterwards. An exception that leaves `main`, as any goroutine, ends the process
/// with exit status 2.
///
/// Throws Panic when a run is under way already, std::system_error when no thread can be started. A
/// wrong SLUICE_WORKERS or SLUICE_DEBUG is told in one line on standard error and ends the process
/// with exit status 2.
template <class F>
requires detail::Startable<F>
int run(const Options& options, F main) {
  using Result = std::invoke_result_t<F&>;
  static_assert(std::is_void_v<Result> || std::is_convertible_v<Result, int>,
                "the main function of sluice::run returns void or int");
  int status = 0;
  auto call = [&] {
    if constexpr (std::is_void_v<Result>) {
      std::invoke(main);
    } else {
      status = std::invoke(main);
    }
  };
  detail::run(
      options, [](void* f) { (*static_cast<decltype(call)*>(f))(); }, &call);
  return status;
}

/// The same, with the options' defaults.
template <class F>
requires detail::Startable<F>
int run(F main) { return sluice::run(Options{}, std::move(main)); }

/// Starts a goroutine that calls `f(args...)`. `f` and `args` are copied or moved into it (as
/// std::thread does): a pointer or a reference_wrapper among them must outlive the goroutine.
///
/// Never parks: the new goroutine runs later, on any worker. What happened before `go` happens
/// before `f`. Throws std::bad_alloc when no stack can be had. A null function ends the process:
/// `fatal error: go of nil func value`. Outside `run` it throws Panic. Costs about as much as two
/// function calls through a pointer when a stack is at hand.
///
/// Go: the go statement.
template <class F, class... Args>
requires detail::Startable<F, Args...>
[[gnu::always_inline]] inline void go(F f, Args... args) {
  if (detail::is_null_function(f)) detail::fatal_error("go of nil func value");
  detail::Goroutine* fresh =
      detail::build_goroutine(detail::bind_call(std::move(f), std::move(args)...), nullptr);
  detail::announce_goroutine(fresh);
  detail::launch_goroutine(fresh);
}

/// The same, with a name or a stack size of its own.
template <class F, class... Args>
requires detail::Startable<F, Args...>
[[gnu::always_inline]] inline void go(const GoOptions& options, F f, Args... args) {
  if (detail::is_null_function(f)) detail::fatal_error("go of nil func value");
  detail::Goroutine* fresh =
      detail::build_goroutine(detail::bind_call(std::move(f), std::move(args)...), &options);
  detail::announce_goroutine(fresh);
  detail::launch_goroutine(fresh);
}

/// Lets other goroutines run; this one goes to the end of the queue. On a thread of your own:
/// std::this_thread::yield. Go: runtime.Gosched.
SLUICE_EXPORT void yield() noexcept;

/// Calls `f`, which may block its OS thread (a system call, a foreign library): other goroutines
/// keep the worker's place meanwhile. Returns what `f` returns, throws what it throws. May resume
/// on another thread only after `f`.
///
/// Without it the same happens after 10 ms, by itself. Costs two atomic operations, and a thread
/// wake-up when others are ready to run. Go: what the runtime does around every system call.
template <class F>
auto blocking(F f) -> std::invoke_result_t<F&> {
  struct Scope {
    Scope() noexcept { detail::enter_blocking(); }
    ~Scope() { detail::leave_blocking(); }
  } scope;
  return std::invoke(f);
}

/// This goroutine's number; main is 1, numbers are not used again within a run. 0 outside a
/// goroutine.
SLUICE_EXPORT std::uint64_t goroutine_id() noexcept;

/// How many goroutines exist, this one included. Exact when nobody starts or ends one meanwhile.
/// Go: runtime.NumGoroutine.
SLUICE_EXPORT std::size_t num_goroutines() noexcept;

/// How many goroutines may run at the same time; 0 outside `run`. Go: runtime.GOMAXPROCS(0).
SLUICE_EXPORT int workers() noexcept;

/// Sets how many goroutines may run at the same time, from 1 to 10,000. Never parks. Fewer takes
/// effect within moments: goroutines that run now go on to their next wait.
///
/// Throws Panic for another number, and outside `run`. Go: runtime.GOMAXPROCS(n).
SLUICE_EXPORT void set_workers(int n);

/// While one lives, its goroutine runs on the OS thread that it was made on, and that thread runs
/// no other goroutine: for libraries that keep state in the thread, such as OpenGL. Nests; to be
/// destroyed by the goroutine that made it. Without effect on a thread of your own.
///
/// The thread is the goroutine's own: it goes on even while `workers()` others run. Each park then
/// costs two switches of threads, some 5 us, instead of one of goroutines. A goroutine that ends
/// with one alive ends the thread too. Go: runtime.LockOSThread, runtime.UnlockOSThread.
class SLUICE_EXPORT ThreadLock {
 public:
  ThreadLock() noexcept;
  ThreadLock(const ThreadLock&) = delete;
  ThreadLock& operator=(const ThreadLock&) = delete;
  ~ThreadLock();
};

/// Ends this goroutine as if its function had returned: destructors and Defers run, innermost
/// first. A `catch (...)` on the way must throw on. Ending main's goroutine so leaves the others
/// running; when none can go on the process ends with `fatal error: no goroutines (main called
/// runtime.Goexit) - deadlock!`.
///
/// Throws Panic outside a goroutine. Go: runtime.Goexit.
[[noreturn]] SLUICE_EXPORT void exit_goroutine();

}  // namespace sluice
