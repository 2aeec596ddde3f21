// The atomics that the runtime is written with, behind a name that a model checker can replace.
#pragma once

#include <atomic>

namespace sluice::base {

#if defined(SLUICE_MODEL)
}  // namespace sluice::base
namespace sluice::model {
template <class T>
class Atomic;
}  // namespace sluice::model
namespace sluice::base {
// test/model defines them.
template <class T>
using Atomic = model::Atomic<T>;
void fence(std::memory_order order) noexcept;
void pause() noexcept;
#else
template <class T>
using Atomic = std::atomic<T>;

// ThreadSanitizer does not model fences: under it a read-modify-write of one word stands in, which
// is no weaker.
#if defined(__SANITIZE_THREAD__)
#define SLUICE_FENCE_IS_RMW 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SLUICE_FENCE_IS_RMW 1
#endif
#endif

#if defined(SLUICE_FENCE_IS_RMW)
inline std::atomic<unsigned> g_fence_word{0};
inline void fence(std::memory_order) noexcept {
  g_fence_word.fetch_add(1, std::memory_order_seq_cst);
}
#else
inline void fence(std::memory_order order) noexcept { std::atomic_thread_fence(order); }
#endif

inline void pause() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("isb" ::: "memory");
#endif
}
#endif

}  // namespace sluice::base
