// Finding out that a goroutine has used up its stack: the guard raises SIGSEGV, the handler runs on
// a stack of its own.
#pragma once

#include <cstddef>

namespace sluice::detail {

// Installs the handler, once a process. What is not a goroutine's guard goes to the handler that
// was there before.
void catch_stack_overflow() noexcept;

// The signal stack of one worker thread, for as long as it lives.
class OverflowStack {
 public:
  OverflowStack() noexcept;
  ~OverflowStack();
  OverflowStack(const OverflowStack&) = delete;
  OverflowStack& operator=(const OverflowStack&) = delete;

 private:
  void* memory_;
};

// The monitor's part: describes an overflow that a handler has caught, since a handler may not
// allocate.
void serve_overflow() noexcept;

}  // namespace sluice::detail
