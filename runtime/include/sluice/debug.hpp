// What a program may ask of checked mode and of the runtime's view of itself, whether checked mode
// is on or not.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "sluice/detail/export.hpp"

namespace sluice::debug {

/// Whether checked mode is on in this run: `SLUICE_DEBUG` or `Options::debug` asked for it.
///
/// Does not throw, costs one load.
SLUICE_EXPORT bool enabled() noexcept;

/// Gives the object at `object` (a `Mutex`, a `WaitGroup`, ...) the name by which reports call it.
///
/// The text is copied; a later name replaces an earlier one, and the name is forgotten when the
/// object is destroyed. Without checked mode it does nothing. Global variables need no name:
/// reports use the variable's own.
SLUICE_EXPORT void name(const void* object, std::string_view name);

/// Says that the locks at `a` and `b` may be taken in either order: SL101 is not reported of these
/// two, only counted.
///
/// `reason` is for the reader of the source, who will want to know why it can't deadlock. Holds
/// until one of the locks is destroyed; longer cycles that both are part of are reported as ever.
/// Without checked mode it does nothing.
SLUICE_EXPORT void order_exempt(const void* a, const void* b, std::string_view reason);

/// Gives the lock at `lock` a rank: a goroutine may take it only while every ranked lock that it
/// holds has a lower one. Checked mode reports a breach at once (SL104), whatever other goroutines
/// do.
///
/// Locks without a rank are not concerned. Call it where the lock is made, before others can use
/// it; the rank is forgotten when the lock is destroyed. Without checked mode it does nothing.
SLUICE_EXPORT void rank(const void* lock, int rank);

/// Says that the calling goroutine may live for ever, as one that serves requests until the program
/// ends: it is never reported as leaked (SL202, SL401).
///
/// What it refers to counts as within reach, so that goroutines that it could wake are not taken
/// for lost either. It still takes part in deadlocks of locks, and a program in which all
/// goroutines sleep ends with it. Holds until the goroutine ends, and does nothing on a thread of
/// your own. Without checked mode it does nothing.
SLUICE_EXPORT void daemon() noexcept;

/// Says that a thread which the runtime can't see will signal the object at `object`, be it of
/// another process, or not started yet: goroutines that wait for it are not reported as lost
/// (SL202, SL302).
///
/// To be called inside `run`. From then on the program is not ended because all goroutines sleep,
/// with checked mode or without; no other thread has to be there. What is said of the object holds
/// until it is destroyed, that the program goes on holds for its life.
SLUICE_EXPORT void external_waker(const void* object);

/// All goroutines with what each waits for and its stack, in the format of Go's tracebacks.
///
/// Works in plain mode too. Takes milliseconds: it reads the program's debug information. Empty
/// when no `run` is active.
///
/// Go: runtime.Stack with all=true.
SLUICE_EXPORT std::string goroutine_dump();

/// What a profile tells, as `pprof` shows it.
enum class Profile {
  goroutine,  ///< how many goroutines there are, by where they stand
  block,      ///< how often and how long goroutines waited, by where they did
  mutex,      ///< how long others waited for a lock, by where its holder let it go
};

/// Begins to count what the block profile tells, or ends it: every wait of `from` or longer, and so
/// many of the shorter ones that one is counted in that much time; zero counts none. Sleeping and
/// waiting for the network do not count.
///
/// To be called inside `run`. A wait that is counted costs a few microseconds; with nothing counted
/// a park costs a load more. `SLUICE_BLOCKPROFILE=file` in the environment does the same from the
/// beginning of `run` with 10 us, and writes the file at its end.
///
/// Go: runtime.SetBlockProfileRate.
SLUICE_EXPORT void profile_blocking(std::chrono::nanoseconds from);

/// Begins to count what the mutex profile tells, or ends it: one wait in so many for a Mutex or an
/// RWMutex; zero counts none. `SLUICE_MUTEXPROFILE=file` counts them all, and writes the file at
/// the end of `run`.
///
/// Go: runtime.SetMutexProfileFraction.
SLUICE_EXPORT void profile_mutexes(int one_in);

/// A profile in the format of pprof: `go tool pprof -top file`, or pprof's web pages. What was
/// counted since the process began; of goroutines, those of now. Empty before the first `run`.
///
/// Takes milliseconds: it reads the program's debug information. A goroutine that runs on another
/// worker at the moment is counted without its stack.
///
/// Go: pprof.Lookup(name).WriteTo.
SLUICE_EXPORT std::string profile(Profile what);
/// Writes it to the file at `path`, which is replaced only by a whole one. False: it could not be
/// written, for the reason in `errno`.
SLUICE_EXPORT bool write_profile(Profile what, const std::string& path);

/// Begins to note what each worker does: which goroutine it runs, why that one stops, whom it makes
/// run. A flight recorder: each worker keeps its last quarter of a million events.
/// `SLUICE_TRACE=file` in the environment begins with `run`, and writes the file at its end.
///
/// To be called inside `run`. Costs a few nanoseconds a switch while it is on, a load while it is
/// off, and 4 MB a worker. Go: runtime/trace.Start, trace.FlightRecorder.
SLUICE_EXPORT void start_trace();
/// Ends it. What was noted stays until the next start.
SLUICE_EXPORT void stop_trace();
/// What has been noted, in the format of Perfetto: open it at https://ui.perfetto.dev. A track for
/// each worker with what it ran, one for each goroutine with its states, and an arrow from each
/// wake-up to what came of it. May be asked for while the trace goes on. Takes a microsecond an
/// event.
SLUICE_EXPORT std::string trace();
/// Writes it to the file at `path`, which is replaced only by a whole one. False: it could not be
/// written, for the reason in `errno`.
SLUICE_EXPORT bool write_trace(const std::string& path);

/// One finding of checked mode, as given to a report handler. The views are valid during the call
/// only.
struct Report {
  std::string_view code;         ///< "SL101"; stable, documented one by one in docs/reports
  std::string_view severity;     ///< "fatal", "error" or "note"
  std::string_view certainty;    ///< "certain", "feasible", "likely", or empty for a note
  std::string_view title;        ///< the first line without severity and code
  std::string_view text;         ///< the whole report as printed, many lines
  std::string_view fingerprint;  ///< the same for the same finding in every run: "9f3c2e41"
};

/// Calls `handler` with each report after it has been printed, one at a time; null takes the
/// handler away.
///
/// It runs on a thread of the runtime while the goroutine that made the report waits: it must not
/// use any object of sluice, and must not throw.
SLUICE_EXPORT void set_report_handler(void (*handler)(const Report&)) noexcept;

/// Reports goroutines that nothing can wake any more, and returns how many there are.
///
/// Without checked mode it returns 0.
SLUICE_EXPORT std::size_t check_leaks();

}  // namespace sluice::debug
