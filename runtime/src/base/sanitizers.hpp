// Whether a sanitizer is compiled in, and how to tell it that stacks are switched by hand.
#pragma once

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SLUICE_TSAN 1
#endif
#if __has_feature(address_sanitizer)
#define SLUICE_ASAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define SLUICE_TSAN 1
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SLUICE_ASAN 1
#endif
#if !defined(SLUICE_TSAN)
#define SLUICE_TSAN 0
#endif
#if !defined(SLUICE_ASAN)
#define SLUICE_ASAN 0
#endif

// For functions on data that only one thread ever touches: the fibers of one thread share it
// without any synchronization that ThreadSanitizer could see, and never run at the same time.
#if SLUICE_TSAN && defined(__clang__)
#define SLUICE_THREAD_CONFINED __attribute__((disable_sanitizer_instrumentation))
#elif SLUICE_TSAN
#define SLUICE_THREAD_CONFINED __attribute__((no_sanitize("thread")))
#else
#define SLUICE_THREAD_CONFINED
#endif

#if SLUICE_TSAN
extern "C" {
void* __tsan_get_current_fiber(void);
void* __tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void* fiber);
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}
#endif
#if SLUICE_ASAN
extern "C" {
void __sanitizer_start_switch_fiber(void** fake_stack_save, const void* bottom, std::size_t size);
void __sanitizer_finish_switch_fiber(void* fake_stack_save, const void** bottom_old,
                                     std::size_t* size_old);
void __asan_unpoison_memory_region(void const volatile* address, std::size_t size);
void __lsan_register_root_region(const void* begin, std::size_t size);
}
#endif
