// SIGQUIT (Ctrl-\ on a terminal) asks a living program for a dump of its goroutines. The handler
// only wakes the monitor, which tells; it does so even when every worker is stuck in the program's
// code.
#pragma once

#include <signal.h>

namespace sluice::detail {

enum class OnQuit { dump, exit };

// Catches SIGQUIT for as long as it lives, unless the program has a handler of its own.
class QuitSignal {
 public:
  explicit QuitSignal(OnQuit what) noexcept;
  ~QuitSignal();
  QuitSignal(const QuitSignal&) = delete;
  QuitSignal& operator=(const QuitSignal&) = delete;

 private:
  bool installed_ = false;
  struct sigaction previous_ {};
};

// The monitor's part.
void serve_quit() noexcept;

}  // namespace sluice::detail
