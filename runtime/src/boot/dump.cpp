#include "boot/dump.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "net/poller.hpp"
#include "sched/fatal.hpp"
#include "sched/inspect.hpp"
#include "sched/run.hpp"
#include "sched/scheduler.hpp"
#include "sched/stalls.hpp"

namespace sluice::detail {
namespace {

constexpr std::size_t kMaxFrames = 64;
constexpr std::size_t kMaxDumped = 1000;  // as many goroutines as anybody reads
constexpr std::int64_t kMinute = 60'000'000'000;

// What goroutines wait for outside of the process.
using IoWaits = std::map<const Goroutine*, std::string>;

IoWaits io_waits() {
  IoWaits all;
  for_each_io_wait([&](const Goroutine& goroutine, const IoTarget& target) {
    all[&goroutine] = in_words(target);
  });
  return all;
}

checked::DumpedGoroutine describe(const Goroutine& goroutine, const IoWaits& io) {
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

// One that a signal interrupted at the first of these.
template <class Of>
std::string dump_interrupted(const Of& goroutine, const char* name,
                             std::span<const void* const> pcs) {
  checked::DumpedGoroutine dumped;
  dumped.id = goroutine.id;
  dumped.parent_id = goroutine.parent_id;
  dumped.creation_pc = goroutine.creation_pc;
  dumped.state = "running";
  dumped.first_pc_is_exact = true;
  if (name != nullptr) dumped.name = name;
  dumped.pcs.assign(pcs.begin(), pcs.end());
  return checked::goroutine_dump({&dumped, 1});
}

}  // namespace

checked::DumpedGoroutine describe(const Goroutine& goroutine) { return describe(goroutine, {}); }

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

void describe_overflow(const Goroutine& goroutine, const void* const* pcs,
                       std::size_t count) noexcept {
  std::fputs(dump_interrupted(goroutine, goroutine.name, {pcs, count}).c_str(), stderr);
}

void describe_stall(const Stall& stall) noexcept {
  const std::string text =
      dump_interrupted(stall, stall.name.data(), {stall.pcs.data(), stall.frames});
  std::fprintf(
      stderr, "sluice: stall: goroutine %" PRIu64 " has kept its worker for %" PRId64 " ms\n\n%s\n",
      stall.id, stall.lasts / 1'000'000, text.c_str());
}

}  // namespace sluice::detail
