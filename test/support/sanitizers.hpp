// Which sanitizer this build has, and how much a test may do under it.
#pragma once

#include <cstddef>

namespace sluice::test {

#if defined(__has_feature)
#define SLUICE_TEST_HAS_FEATURE(x) __has_feature(x)
#else
#define SLUICE_TEST_HAS_FEATURE(x) 0
#endif

#if defined(__SANITIZE_THREAD__) || SLUICE_TEST_HAS_FEATURE(thread_sanitizer)
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif

#if defined(__SANITIZE_ADDRESS__) || SLUICE_TEST_HAS_FEATURE(address_sanitizer)
inline constexpr bool kAddressSanitizer = true;
#else
inline constexpr bool kAddressSanitizer = false;
#endif

inline constexpr bool kSanitized = kThreadSanitizer || kAddressSanitizer;

// ThreadSanitizer gives up at about 8,000 live fibers.
inline constexpr std::size_t kMostGoroutines = kThreadSanitizer ? 4'000 : 1'000'000'000;

// `plain` repetitions, a tenth of them under a sanitizer.
constexpr int rounds(int plain) { return kSanitized && plain >= 10 ? plain / 10 : plain; }
// `wanted` goroutines at once, as far as the build can have them.
constexpr int goroutines(int wanted) {
  return static_cast<std::size_t>(wanted) > kMostGoroutines ? static_cast<int>(kMostGoroutines)
                                                            : wanted;
}

}  // namespace sluice::test
