#include "progress.hpp"

#include <cinttypes>
#include <cstdio>

namespace sluice::stress {

void Progress::show(std::uint64_t runs, std::uint64_t failures) {
  const Clock::time_point now = Clock::now();
  if (!terminal_ || now - shown_ < std::chrono::milliseconds(100)) return;
  shown_ = now;
  const double seconds = std::chrono::duration<double>(now - started_).count();
  std::fprintf(stderr,
               "\r\x1b[K%" PRIu64 " of %" PRIu64 " runs, %.1f runs/s, %" PRIu64 " failure%s", runs,
               seeds_, seconds > 0 ? static_cast<double>(runs) / seconds : 0.0, failures,
               failures == 1 ? "" : "s");
  std::fflush(stderr);
}

void Progress::clear() {
  if (terminal_ && shown_ != Clock::time_point{}) std::fputs("\r\x1b[K", stderr);
  shown_ = {};
}

}  // namespace sluice::stress
