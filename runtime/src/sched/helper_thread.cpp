#include "sched/helper_thread.hpp"

#include <signal.h>
#include <unistd.h>

#include "base/atomic.hpp"
#include "base/clock.hpp"
#include "base/futex.hpp"

namespace sluice::detail {
namespace {

constexpr std::size_t kStack = 8 << 20;  // what is not touched costs nothing

// The others are written before the number.
base::Atomic<std::uint32_t> g_tid{0};  // futex
std::atomic<std::uintptr_t> g_thread_pointer{0}, g_stack_base{0};

std::uintptr_t address(const void* at) noexcept { return reinterpret_cast<std::uintptr_t>(at); }

}  // namespace

int HelperThread::start(const char* name, void (*work)(void*), void* argument) noexcept {
  name_ = name;
  work_ = work;
  argument_ = argument;
  pthread_attr_t attributes;
  if (const int error = pthread_attr_init(&attributes); error != 0) return error;
  pthread_attr_setstacksize(&attributes, kStack);
  // The process's signals are for the program's own threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  const int error = pthread_create(&thread_, &attributes, &HelperThread::thread, this);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  started_ = error == 0;
  if (!started_) return error;
  while (g_tid.load(std::memory_order_acquire) == 0) base::futex_wait(g_tid, 0, base::kNever);
  return 0;
}

void HelperThread::join() noexcept {
  if (!started_) return;
  pthread_join(thread_, nullptr);
  started_ = false;
  g_tid.store(0, std::memory_order_release);
}

void* HelperThread::thread(void* self) {
  const auto& helper = *static_cast<HelperThread*>(self);
  pthread_setname_np(pthread_self(), helper.name_);
  g_thread_pointer.store(address(__builtin_thread_pointer()), std::memory_order_relaxed);
  g_stack_base.store(address(__builtin_frame_address(0)), std::memory_order_relaxed);
  g_tid.store(static_cast<std::uint32_t>(gettid()), std::memory_order_release);
  base::futex_wake(g_tid, 1);
  helper.work_(helper.argument_);
  return nullptr;
}

base::ThreadMutex& helper_at_work() noexcept {
  static constinit base::ThreadMutex held;
  return held;
}

Helper helper() noexcept {
  const std::uint32_t tid = g_tid.load(std::memory_order_acquire);
  if (tid == 0) return {};
  return {static_cast<pid_t>(tid), g_thread_pointer.load(std::memory_order_relaxed),
          g_stack_base.load(std::memory_order_relaxed)};
}

}  // namespace sluice::detail
