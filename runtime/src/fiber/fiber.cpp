#include "fiber/fiber.hpp"

#include <pthread.h>
#include <sys/mman.h>

namespace sluice::fiber {

void announce([[maybe_unused]] Fiber& fiber, [[maybe_unused]] const void* bottom,
              [[maybe_unused]] std::size_t size) noexcept {
#if SLUICE_TSAN
  fiber.tsan = __tsan_create_fiber(0);
#endif
#if SLUICE_ASAN
  // Frames of the last fiber on this stack may have left poison: an exception or an exit skips
  // their epilogues.
  __asan_unpoison_memory_region(bottom, size);
  fiber.stack_bottom = bottom;
  fiber.stack_size = size;
  fiber.fake_stack = nullptr;
#endif
}

SLUICE_THREAD_CONFINED void retire([[maybe_unused]] Fiber& fiber) noexcept {
#if SLUICE_TSAN
  __tsan_destroy_fiber(fiber.tsan);
  fiber.tsan = nullptr;
#endif
}

void adopt_thread([[maybe_unused]] Fiber& fiber) noexcept {
#if SLUICE_TSAN
  fiber.tsan = __tsan_get_current_fiber();
#endif
#if SLUICE_ASAN
  pthread_attr_t attributes;
  void* bottom = nullptr;
  std::size_t size = 0;
  if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
    pthread_attr_getstack(&attributes, &bottom, &size);
    pthread_attr_destroy(&attributes);
  }
  fiber.stack_bottom = bottom;
  fiber.stack_size = size;
#endif
}

// ThreadSanitizer remembers who touched which address until the memory is mapped anew. Ordering the
// old goroutine before the new one instead would hide races of the program's own.
void forget_history([[maybe_unused]] const Stack& stack) noexcept {
#if SLUICE_TSAN
  const auto size = static_cast<std::size_t>(stack.high() - stack.usable_low());
  mmap(stack.usable_low(), size, PROT_READ | PROT_WRITE,
       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
#endif
}

}  // namespace sluice::fiber
