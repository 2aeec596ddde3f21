// The profiles and the trace that the environment asks for, over one run: counted and noted from
// the beginning, written at the end.
#pragma once

namespace sluice::detail {

// A file that can't be written is told at the beginning, with exit status 2.
class WantedFiles {
 public:
  WantedFiles();
  ~WantedFiles();
  WantedFiles(const WantedFiles&) = delete;
  WantedFiles& operator=(const WantedFiles&) = delete;
};

// For who ends the process before its run has ended. Only the first call writes; the others return
// at once.
void write_wanted_files() noexcept;

}  // namespace sluice::detail
