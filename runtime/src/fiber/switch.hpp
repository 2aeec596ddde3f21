// The assembly routines, and the first frame of a fiber that has not run yet.
#pragma once

#include <unwind.h>

#include <cstdint>
#include <cstring>

extern "C" {
// Suspends the caller into *save_sp and resumes to_sp, whose own call of sluice_switch returns
// `value`.
void* sluice_switch(void** save_sp, void* to_sp, void* value);
void sluice_fiber_entry();
// Calls `visit` for each frame of the suspended fiber at `sp`, after one for the routine itself.
void sluice_backtrace_fiber(void* sp, _Unwind_Trace_Fn visit, void* argument);
}

namespace sluice::fiber {

using Entry = void (*)(void* argument, void* value);

// Lays out a suspended fiber below `top` (16-byte aligned) that will call entry(argument, value),
// which must not return.
inline void* prepare(void* top, Entry entry, void* argument) noexcept {
  const auto as_word = [](auto pointer) { return reinterpret_cast<std::uintptr_t>(pointer); };
#if defined(__x86_64__)
  auto* frame = static_cast<std::uintptr_t*>(top) - 8;
  std::memset(frame, 0, 8 * sizeof *frame);
  std::uint32_t mxcsr;
  std::uint16_t x87;
  asm volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(mxcsr), "=m"(x87));
  frame[0] = mxcsr | (std::uintptr_t{x87} << 32);
  frame[4] = as_word(argument);             // r12
  frame[5] = as_word(entry);                // rbx
  frame[7] = as_word(&sluice_fiber_entry);  // return address
#elif defined(__aarch64__)
  auto* frame = static_cast<std::uintptr_t*>(top) - 22;
  std::memset(frame, 0, 22 * sizeof *frame);
  std::uint64_t fpcr;
  asm volatile("mrs %0, fpcr" : "=r"(fpcr));
  frame[1] = as_word(&sluice_fiber_entry);  // x30
  frame[2] = as_word(entry);                // x19
  frame[3] = as_word(argument);             // x20
  frame[20] = fpcr;
#else
#error "sluice has a context switch for x86-64 and aarch64 only"
#endif
  return frame;
}

}  // namespace sluice::fiber
