// A thread of the runtime's own beside the workers and the monitor, for those who look at the
// program from outside. It runs no goroutines and wakes none, so it keeps nobody from being found
// asleep. There is one at a time.
#pragma once

#include <pthread.h>
#include <sys/types.h>

#include <cstdint>

#include "base/thread_mutex.hpp"

namespace sluice::detail {

class HelperThread {
 public:
  HelperThread() = default;
  HelperThread(const HelperThread&) = delete;
  HelperThread& operator=(const HelperThread&) = delete;

  // Calls work(argument) on it: with all signals blocked, and stack enough to read debug
  // information. Returns once it is known for one of the runtime's: 0, or an error of errno's.
  int start(const char* name, void (*work)(void*), void* argument) noexcept;
  // Returns when `work` has.
  void join() noexcept;

 private:
  static void* thread(void* self);

  pthread_t thread_{};  // if started
  bool started_ = false;
  const char* name_ = "";
  void (*work_)(void*) = nullptr;
  void* argument_ = nullptr;
};

// Held by the helper while it does anything but wait, and by who looks at all memory: nothing of
// the helper's is under way then, and it need not be stopped.
base::ThreadMutex& helper_at_work() noexcept;

// tid 0: there is none. Else also its thread pointer, and where on its stack its frames begin.
struct Helper {
  pid_t tid = 0;
  std::uintptr_t thread_pointer = 0, stack_base = 0;
};
Helper helper() noexcept;

}  // namespace sluice::detail
