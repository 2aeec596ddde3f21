#include "sched/quit_signal.hpp"

#include <atomic>
#include <cerrno>

#include "sched/fatal.hpp"
#include "sched/scheduler.hpp"

namespace sluice::detail {
namespace {

// Written by the handler, taken by the monitor. Relaxed: waking the monitor orders it, and a signal
// that comes while one is being served is served after it or with it.
std::atomic<bool> g_asked{false};
std::atomic<OnQuit> g_what{OnQuit::dump};

// Runs on any thread, at any moment: atomics and a system call are all that it uses. The run may
// end meanwhile; CurrentRun keeps the monitor.
void on_quit(int) {
  const int saved = errno;
  g_asked.store(true, std::memory_order_relaxed);
  if (const CurrentRun run; run) run->monitor.wake();
  errno = saved;
}

}  // namespace

QuitSignal::QuitSignal(OnQuit what) noexcept {
  if (sigaction(SIGQUIT, nullptr, &previous_) != 0) return;
  if ((previous_.sa_flags & SA_SIGINFO) != 0 || previous_.sa_handler != SIG_DFL) return;
  g_what.store(what, std::memory_order_relaxed);
  g_asked.store(false, std::memory_order_relaxed);
  struct sigaction action {};
  action.sa_handler = &on_quit;
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  installed_ = sigaction(SIGQUIT, &action, nullptr) == 0;
}

QuitSignal::~QuitSignal() {
  struct sigaction now {};
  // The program may have put its own in place meanwhile.
  if (!installed_ || sigaction(SIGQUIT, nullptr, &now) != 0) return;
  if ((now.sa_flags & SA_SIGINFO) == 0 && now.sa_handler == &on_quit) {
    sigaction(SIGQUIT, &previous_, nullptr);
  }
}

void serve_quit() noexcept {
  if (!g_asked.load(std::memory_order_relaxed)) return;
  if (g_asked.exchange(false)) tell_of_quit(g_what.load(std::memory_order_relaxed) == OnQuit::exit);
}

}  // namespace sluice::detail
