// The line that tells a terminal how far it is. Anything else than a terminal gets none.
#pragma once

#include <cstdint>

#include "process.hpp"

namespace sluice::stress {

class Progress {
 public:
  Progress(std::uint64_t seeds, bool terminal) : seeds_(seeds), terminal_(terminal) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Often enough to be seen to move, rarely enough to be read.
  void show(std::uint64_t runs, std::uint64_t failures);
  void clear();

 private:
  const std::uint64_t seeds_;
  const bool terminal_;
  const Clock::time_point started_ = Clock::now();
  Clock::time_point shown_{};
};

}  // namespace sluice::stress
