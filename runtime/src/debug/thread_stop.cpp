#include "debug/thread_stop.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include "base/clock.hpp"
#include "base/free_signal.hpp"
#include "base/futex.hpp"

namespace sluice::checked {
namespace {

constexpr std::size_t kMostThreads = 16 * 1024;
constexpr std::int64_t kPatience = 500'000'000;
constexpr std::int64_t kRecheck = 1'000'000;
#if defined(__x86_64__)
constexpr std::uintptr_t kRedZone = 128;  // below the stack pointer, and yet in use
#else
constexpr std::uintptr_t kRedZone = 0;
#endif

// What the handlers and the one who stops share. `round` is odd while threads are to stay stopped;
// a signal of an earlier round, delivered late, means nothing.
base::Atomic<std::uint32_t> g_round{0};
base::Atomic<std::uint32_t> g_arrived{0};
base::Atomic<std::uint32_t> g_inside{0};  // handlers that may still touch g_threads
std::atomic<StoppedThread*> g_threads{nullptr};
int g_signal = 0;

#if defined(__x86_64__)
std::uintptr_t stack_pointer(const ucontext_t& context) {
  return static_cast<std::uintptr_t>(context.uc_mcontext.gregs[REG_RSP]);
}
// The vector registers are saved behind the context, and may be all that holds a pointer.
std::uintptr_t end_of_registers(const ucontext_t& context) {
  constexpr std::uintptr_t kLegacy = 512, kReserved = 464;
  constexpr std::uint32_t kExtended = 0x46505853;
  const auto at = reinterpret_cast<std::uintptr_t>(context.uc_mcontext.fpregs);
  const auto context_end = reinterpret_cast<std::uintptr_t>(&context + 1);
  if (at == 0) return context_end;
  std::uint32_t magic_and_size[2];
  std::memcpy(magic_and_size, reinterpret_cast<const void*>(at + kReserved), sizeof magic_and_size);
  const std::uintptr_t size = magic_and_size[0] == kExtended ? magic_and_size[1] : kLegacy;
  return std::max(at + size, context_end);
}
#elif defined(__aarch64__)
std::uintptr_t stack_pointer(const ucontext_t& context) { return context.uc_mcontext.sp; }
std::uintptr_t end_of_registers(const ucontext_t& context) {
  return reinterpret_cast<std::uintptr_t>(&context + 1);
}
#endif

void stay(int, siginfo_t* info, void* argument) {
  const int error = errno;
  const auto packed = reinterpret_cast<std::uintptr_t>(info->si_value.sival_ptr);
  const auto round = static_cast<std::uint32_t>(packed >> 32);
  g_inside.fetch_add(1, std::memory_order_seq_cst);
  StoppedThread* threads = g_threads.load(std::memory_order_seq_cst);
  const bool ours = info->si_code == SI_QUEUE && info->si_pid == ::getpid() &&
                    round == g_round.load(std::memory_order_seq_cst) && threads != nullptr;
  if (ours) {
    const auto& context = *static_cast<const ucontext_t*>(argument);
    StoppedThread& mine = threads[packed & 0xffffffff];
    mine.thread = reinterpret_cast<std::uintptr_t>(__builtin_thread_pointer());
    mine.registers = {reinterpret_cast<std::uintptr_t>(&context), end_of_registers(context)};
    const auto low = reinterpret_cast<std::uintptr_t>(context.uc_stack.ss_sp);
    const Range alternate{low, low + context.uc_stack.ss_size};
    const bool has_one = (context.uc_stack.ss_flags & SS_DISABLE) == 0;
    if (has_one && !alternate.contains(stack_pointer(context))) mine.alternate = alternate;
    std::atomic_ref(mine.sp).store(stack_pointer(context) - kRedZone, std::memory_order_release);
    g_arrived.fetch_add(1, std::memory_order_seq_cst);
    base::futex_wake(g_arrived, 1);
    while (g_round.load(std::memory_order_acquire) == round) {
      base::futex_wait(g_round, round, base::kNever);
    }
  }
  g_inside.fetch_sub(1, std::memory_order_release);
  errno = error;
}

bool install() {
  struct sigaction now;
  if (g_signal != 0 && ::sigaction(g_signal, nullptr, &now) == 0 &&
      (now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == &stay) {
    return true;
  }
  const int taken = base::take_free_signal(&stay);
  if (taken == 0) return false;
  g_signal = taken;
  return true;
}

bool send(pid_t tid, std::uint32_t round, std::size_t index) {
  siginfo_t info = {};
  info.si_signo = g_signal;
  info.si_code = SI_QUEUE;
  info.si_pid = ::getpid();
  info.si_uid = ::getuid();
  info.si_value.sival_ptr =
      reinterpret_cast<void*>(std::uintptr_t{round} << 32 | static_cast<std::uintptr_t>(index));
  return ::syscall(SYS_rt_tgsigqueueinfo, ::getpid(), tid, g_signal, &info) == 0;
}

// As getdents64 gives it.
struct Entry {
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t length;
  std::uint8_t type;
  char name[1];
};

// Calls visit(tid) for each thread of the process, without allocating.
template <class Visit>
bool for_each_task(Visit visit) {
  const int folder = ::open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return false;
  alignas(Entry) char buffer[8192];
  long got = 0;
  while ((got = ::syscall(SYS_getdents64, folder, buffer, sizeof buffer)) > 0) {
    for (long at = 0; at < got;) {
      const auto& entry = *reinterpret_cast<const Entry*>(buffer + at);
      at += entry.length;
      pid_t tid = 0;
      for (const char* c = entry.name; *c >= '0' && *c <= '9'; ++c) tid = tid * 10 + (*c - '0');
      if (tid > 0) visit(tid);
    }
  }
  ::close(folder);
  return got == 0;
}

}  // namespace

bool ThreadStop::known(pid_t tid) const noexcept {
  return std::any_of(threads_, threads_ + count_,
                     [tid](const StoppedThread& each) { return each.tid == tid; });
}

bool ThreadStop::signal_new(std::span<const pid_t> but, std::size_t& sent) noexcept {
  const std::uint32_t round = g_round.load(std::memory_order_relaxed);
  bool room = true;
  const bool listed = for_each_task([&](pid_t tid) {
    if (tid == ::gettid() || std::find(but.begin(), but.end(), tid) != but.end() || known(tid)) {
      return;
    }
    if (count_ == kMostThreads) {
      room = false;
      return;
    }
    threads_[count_].tid = tid;
    if (!send(tid, round, count_)) {
      threads_[count_].tid = 0;  // gone already
      return;
    }
    ++count_;
    ++sent;
  });
  return listed && room;
}

bool ThreadStop::stop(std::span<const pid_t> but) noexcept {
  threads_ = scratch_.take<StoppedThread>(kMostThreads);
  if (threads_ == nullptr || !install()) return false;
  count_ = 0;
  stopping_ = true;
  g_arrived.store(0, std::memory_order_relaxed);
  g_threads.store(threads_, std::memory_order_seq_cst);
  g_round.fetch_add(1, std::memory_order_seq_cst);
  const std::int64_t until = base::now() + kPatience;
  // A thread that was not stopped yet may have started another: until there is no new one.
  for (;;) {
    std::size_t sent = 0;
    if (!signal_new(but, sent)) break;
    for (std::int64_t now = base::now(); !all_answered() && now < until; now = base::now()) {
      const std::uint32_t arrived = g_arrived.load(std::memory_order_acquire);
      if (!all_answered()) base::futex_wait(g_arrived, arrived, std::min(until, now + kRecheck));
    }
    if (!all_answered()) break;
    if (sent == 0) return true;
  }
  release();
  return false;
}

// Or have ended before the signal reached them.
bool ThreadStop::all_answered() const noexcept {
  if (g_arrived.load(std::memory_order_acquire) >= count_) return true;
  return std::all_of(threads_, threads_ + count_, [](StoppedThread& each) {
    return std::atomic_ref(each.sp).load(std::memory_order_acquire) != 0 ||
           ::syscall(SYS_tgkill, ::getpid(), each.tid, 0) != 0;
  });
}

void ThreadStop::release() noexcept {
  if (!stopping_) return;
  stopping_ = false;
  g_round.fetch_add(1, std::memory_order_seq_cst);
  g_threads.store(nullptr, std::memory_order_seq_cst);
  base::futex_wake(g_round, INT_MAX);
  // What they write into is about to go.
  while (g_inside.load(std::memory_order_acquire) != 0) base::sleep_for(10'000);
}

}  // namespace sluice::checked
