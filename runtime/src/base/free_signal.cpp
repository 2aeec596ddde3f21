#include "base/free_signal.hpp"

namespace sluice::base {

int take_free_signal(void (*handler)(int, siginfo_t*, void*)) noexcept {
  struct sigaction now {};
  for (int signal = SIGRTMAX - 2; signal > SIGRTMIN; --signal) {
    if (::sigaction(signal, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) continue;
    struct sigaction ours {};
    ours.sa_sigaction = handler;
    ours.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
    sigfillset(&ours.sa_mask);
    if (::sigaction(signal, &ours, nullptr) == 0) return signal;
  }
  return 0;
}

}  // namespace sluice::base
