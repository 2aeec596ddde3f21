#include "boot/profiles.hpp"

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <iterator>
#include <map>
#include <vector>

#include "base/clock.hpp"
#include "debug/pprof.hpp"
#include "debug/wait_profile.hpp"
#include "sched/goroutine_groups.hpp"
#include "sched/inspect.hpp"
#include "sched/park.hpp"
#include "sched/wait_watch.hpp"

namespace sluice::detail {
namespace {

constexpr std::size_t kMaxFrames = 64;
// For the life of the process: goroutines that were dropped may be about to count.
struct Profiles {
  checked::WaitProfile block, mutex;
  const std::int64_t began = base::now();
};
Profiles& profiles() {
  static auto* const all = new Profiles;
  return *all;
}

void count(checked::WaitProfile& in, std::int64_t nanoseconds) noexcept {
  const auto weight = in.weigh(nanoseconds);
  if (!weight) return;
  const void* pcs[kMaxFrames];
  const std::size_t frames = backtrace(*self(), pcs, kMaxFrames);
  in.add({pcs, std::min(frames, kMaxFrames)}, *weight);
}

// Who sleeps is not held up by anybody.
void waited(WaitReason reason, std::int64_t nanoseconds) noexcept {
  if (reason != WaitReason::sleep && reason != WaitReason::io_wait) {
    count(profiles().block, nanoseconds);
  }
}

void released(WaitReason reason, std::int64_t nanoseconds) noexcept {
  if (reason == WaitReason::mutex_lock || reason == WaitReason::rw_mutex_lock ||
      reason == WaitReason::rw_mutex_lock_shared) {
    count(profiles().mutex, nanoseconds);
  }
}

constexpr WaitWatch kWatch{&waited, &released};

void watch_if_asked() {
  const bool asked = profiles().block.counts() || profiles().mutex.counts();
  g_wait_watch.store(asked ? &kWatch : nullptr, std::memory_order_release);
}

// Stacks of all goroutines but of those that run elsewhere, who are counted without.
std::vector<checked::ProfileSample> goroutines() {
  std::map<std::vector<const void*>, std::uint64_t> counts;
  for (const GoroutineGroup& group : goroutine_groups(SIZE_MAX)) counts[group.pcs] += group.count;
  std::vector<checked::ProfileSample> samples;
  for (const auto& [pcs, count] : counts) samples.push_back({pcs, {count}});
  return samples;
}

}  // namespace

void profile_blocking(std::int64_t from_nanoseconds) {
  profiles().block.count_from(from_nanoseconds);
  watch_if_asked();
}

void profile_mutexes(std::int64_t one_in) {
  profiles().mutex.count_one_in(one_in);
  watch_if_asked();
}

std::string profile_of(debug::Profile what) {
  static constexpr checked::ProfileValue kGoroutines[] = {{"goroutine", "count"}};
  static constexpr checked::ProfileValue kWaits[] = {{"contentions", "count"},
                                                     {"delay", "nanoseconds"}};
  const std::int64_t time = std::int64_t{std::time(nullptr)} * 1'000'000'000;
  if (what == debug::Profile::goroutine) return checked::pprof(kGoroutines, goroutines(), time, 0);
  checked::WaitProfile& waits = what == debug::Profile::block ? profiles().block : profiles().mutex;
  return checked::pprof(kWaits, waits.samples(), time, base::now() - profiles().began);
}

}  // namespace sluice::detail
