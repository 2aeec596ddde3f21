// How long goroutines keep a worker at a time, which only a shuffled run wants to know.
#include <sys/resource.h>

#include "base/clock.hpp"
#include "sched/worker.hpp"

namespace sluice::detail {
namespace {

// A goroutine that runs longer than this at a time, again and again, is a hog in a shuffled run.
constexpr std::int64_t kLongStretch = 100'000;
// How many stretches are measured together, and how many one by one after some were long: a hog's
// turn comes as rarely as there are other goroutines.
constexpr std::uint32_t kStretchesALook = 16;
constexpr std::uint32_t kWatchedStretches = 4096;

}  // namespace

SLUICE_THREAD_CONFINED void Worker::begin_stretches() noexcept {
  stretch_began = base::now();
  stretches = 0;
}

// Tells the shuffle of a goroutine that has used the worker for long. A look at the clock costs
// more than a switch: as long as several stretches together are not long, none of them was. When
// the system has given the processor to another process since it was last asked, nobody knows for
// how long, and the goroutine is not blamed: a busy machine must not change what a seed replays.
SLUICE_THREAD_CONFINED void Worker::end_stretch() noexcept {
  if (watched_stretches == 0 && ++stretches < kStretchesALook) return;
  const std::int64_t now = base::now();
  const bool was_long = now - stretch_began > kLongStretch;
  stretch_began = now;
  stretches = 0;
  const bool one_by_one = watched_stretches > 0;
  if (one_by_one) --watched_stretches;
  if (!was_long) return;
  watched_stretches = kWatchedStretches;
  if (!one_by_one) return;
  rusage usage;
  if (getrusage(RUSAGE_THREAD, &usage) != 0) return;
  const bool blamed = descheduled == usage.ru_nivcsw;
  descheduled = usage.ru_nivcsw;
  if (blamed) shuffle->ran_long(current->chance);
}

}  // namespace sluice::detail
