// Finding goroutines that keep their worker: those that compute for long without a park, and those
// that block the thread in a call that knows nothing of goroutines. The monitor sees that a worker
// has not switched; a signal makes the worker's thread say where it is.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sched/goroutine.hpp"

namespace sluice::detail {

class Worker;

// What a worker's thread says of the goroutine that keeps it.
struct Stall {
  static constexpr std::size_t kMaxFrames = 64;
  std::uint64_t id = 0;
  std::uint64_t parent_id = 0;
  const void* creation_pc = nullptr;
  std::array<char, 64> name{};  // as much of it as fits
  std::array<const void*, kMaxFrames> pcs{};
  std::size_t frames = 0;
  std::int64_t lasts = 0;  // nanoseconds
};

// From the next run on: of whom to tell, by how long a goroutine has kept its worker. 0: of nobody.
// False: no signal is free for it.
bool tell_of_stalls(std::int64_t nanoseconds) noexcept;

// The monitor's part.
class StallWatch {
 public:
  void look(Worker& worker, std::int64_t now) noexcept;

 private:
  struct Seen {
    std::uint32_t tick = 0;
    std::int64_t since = 0;
    std::int64_t processor_time = 0;  // that the thread had had then
    bool asked = false;
  };
  std::vector<Seen> seen_;                        // by worker
  std::vector<std::array<const void*, 4>> told_;  // innermost frames; each place is told once
};

}  // namespace sluice::detail
