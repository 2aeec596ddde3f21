// Waiting for a condition instead of for a while: the only way in which tests wait.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace sluice::test {

// How long a condition may take before it counts as never true. Long: only broken code waits for
// all of it.
inline constexpr std::chrono::seconds kPatience{20};

// Gives the processor to others: goroutines if the caller is one, else threads.
void pause() noexcept;

// Waits until `condition()` is true. False: it did not become true within kPatience.
template <class Condition>
[[nodiscard]] bool eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    pause();
  }
  return true;
}

// How many goroutines and foreign threads are parked for this reason, in the words of a dump: "chan
// receive".
std::size_t parked(std::string_view reason);

// Waits until at least `count` goroutines are parked for this reason.
[[nodiscard]] inline bool eventually_parked(std::string_view reason, std::size_t count = 1) {
  return eventually([=] { return parked(reason) >= count; });
}

}  // namespace sluice::test
