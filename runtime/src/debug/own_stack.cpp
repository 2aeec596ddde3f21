#include "debug/own_stack.hpp"

#include <pthread.h>
#include <sys/mman.h>

#include "base/sanitizers.hpp"

namespace sluice::checked {
namespace {

constexpr std::size_t kSize = 8 << 20;  // as most threads have; what is not touched costs nothing
constexpr std::size_t kGuard = 64 << 10;

struct Job {
  const std::function<void(Range)>& work;
  Range stack;
};

void* run(void* argument) {
  const Job& job = *static_cast<const Job*>(argument);
  job.work(job.stack);
  return nullptr;
}

bool run_on(Job& job, const pthread_attr_t* attributes) {
  pthread_t thread;
  if (::pthread_create(&thread, attributes, &run, &job) != 0) return false;
  ::pthread_join(thread, nullptr);
  return true;
}

}  // namespace

bool on_own_stack(const std::function<void(Range stack)>& work) {
  Job job{work, {}};
  // A sanitizer remembers a thread's stack for longer than we would keep it.
  if (SLUICE_ASAN || SLUICE_TSAN) return run_on(job, nullptr);
  void* memory = ::mmap(nullptr, kGuard + kSize, PROT_NONE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (memory == MAP_FAILED) return run_on(job, nullptr);
  auto* low = static_cast<std::byte*>(memory) + kGuard;
  pthread_attr_t attributes;
  bool done =
      ::mprotect(low, kSize, PROT_READ | PROT_WRITE) == 0 && ::pthread_attr_init(&attributes) == 0;
  if (done) {
    job.stack = {reinterpret_cast<std::uintptr_t>(low),
                 reinterpret_cast<std::uintptr_t>(low) + kSize};
    done = ::pthread_attr_setstack(&attributes, low, kSize) == 0 && run_on(job, &attributes);
    ::pthread_attr_destroy(&attributes);
  }
  ::munmap(memory, kGuard + kSize);
  return done;
}

}  // namespace sluice::checked
