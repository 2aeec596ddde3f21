// What the explorer's two halves share: threads' clocks and the choices of an execution.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace sluice::model {

inline constexpr unsigned kMostThreads = 8;

// A vector clock: how much of each thread's past happened before now.
struct Clock : std::array<std::uint32_t, kMostThreads> {
  Clock() : array{} {}
  void join(const Clock& other) noexcept {
    for (unsigned i = 0; i < kMostThreads; ++i) {
      if (other[i] > (*this)[i]) (*this)[i] = other[i];
    }
  }
};

// A thread's view of memory.
struct View {
  Clock now;            // what happened before its next step
  Clock fence_release;  // what its last release fence publishes with any later store
  Clock fence_acquire;  // what an acquire fence would learn from its loads so far
};

// Of the running thread, and of any: null when this execution has no such thread.
View& view();
View* view_of(unsigned thread);
// A number below `count`, each in one execution or another.
unsigned choose(unsigned count);
// Whether this execution may still read the past; says that it does.
bool may_read_stale();
void reads_stale();
// A word has got another value.
void changed();
std::uint64_t execution();
bool exploring();
void trace(const char* operation, const void* address, std::uint64_t bits, int order);

// Forgets the histories of the last execution.
void forget_memory();

}  // namespace sluice::model
