#include "sched/overflow.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <mutex>

#include "base/clock.hpp"
#include "base/futex.hpp"
#include "base/own_calls.hpp"
#include "sched/fatal.hpp"
#include "sched/goroutine.hpp"
#include "sched/interrupted.hpp"
#include "sched/worker.hpp"

namespace sluice::detail {
namespace {

constexpr std::size_t kSignalStack = 128 * 1024;
constexpr std::size_t kMaxFrames = 100;
constexpr std::int64_t kDescribeWithin = 5'000'000'000;

struct sigaction g_previous;

// The one overflow that is being told; the process ends after it. The handler fills it in and sets
// `state` to 1, the monitor describes it and sets 2.
std::atomic<std::uint32_t> g_state{0};
std::atomic<bool> g_claimed{false};
const Goroutine* g_goroutine = nullptr;
const void* g_frames[kMaxFrames];
std::size_t g_frame_count = 0;

[[noreturn]] void overflowed(const Goroutine* goroutine, const void* context) noexcept {
  if (g_claimed.exchange(true)) {
    for (;;) pause();  // another goroutine's overflow is being told
  }
  char line[128];
  const int length = std::snprintf(
      line, sizeof line,
      "runtime: goroutine stack exceeds %zu-byte limit\nfatal error: stack overflow\n\n",
      std::size_t{1} << goroutine->stack_log2);
  (void)!base::own_write(STDERR_FILENO, line, static_cast<std::size_t>(length));
  g_goroutine = goroutine;
  g_frame_count = backtrace_interrupted(context, g_frames, kMaxFrames);
  g_state.store(1, std::memory_order_release);
  const std::int64_t deadline = base::now() + kDescribeWithin;
  while (g_state.load(std::memory_order_acquire) != 2 && base::now() < deadline) {
    base::futex_wait(g_state, 1, deadline);
  }
  _exit(2);
}

void on_fault(int signal, siginfo_t* info, void* context) {
  fiber::Stack stack;
  if (fiber::find_stack(info->si_addr, stack) &&
      static_cast<std::byte*>(info->si_addr) < stack.usable_low()) {
    // A frame larger than its own guard may end up in a neighbour's: whose stack it is the worker
    // knows.
    const Worker* worker = this_worker();
    const Goroutine* here =
        worker != nullptr && worker->current != nullptr ? worker->current : goroutine_at(stack);
    overflowed(here, context);
  }
  if ((g_previous.sa_flags & SA_SIGINFO) != 0) {
    g_previous.sa_sigaction(signal, info, context);
  } else if (g_previous.sa_handler != SIG_DFL && g_previous.sa_handler != SIG_IGN) {
    g_previous.sa_handler(signal);
  } else {
    sigaction(signal, &g_previous,
              nullptr);  // the instruction faults again, and the default takes its course
  }
}

}  // namespace

void catch_stack_overflow() noexcept {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action {};
    action.sa_sigaction = &on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(SIGSEGV, &action, &g_previous);
  });
}

OverflowStack::OverflowStack() noexcept
    : memory_(
          mmap(nullptr, kSignalStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) {
  if (memory_ == MAP_FAILED) return;  // an overflow will then be a plain crash
  stack_t stack{};
  stack.ss_sp = memory_;
  stack.ss_size = kSignalStack;
  sigaltstack(&stack, nullptr);
}

OverflowStack::~OverflowStack() {
  if (memory_ == MAP_FAILED) return;
  stack_t stack{};
  stack.ss_flags = SS_DISABLE;
  sigaltstack(&stack, nullptr);
  munmap(memory_, kSignalStack);
}

void serve_overflow() noexcept {
  if (g_state.load(std::memory_order_acquire) != 1) return;
  describe_overflow(*g_goroutine, g_frames, g_frame_count);
  g_state.store(2, std::memory_order_release);
  base::futex_wake(g_state, 1);
}

}  // namespace sluice::detail
