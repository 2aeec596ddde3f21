#include "boot/ending.hpp"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <utility>

#include "boot/dump.hpp"
#include "boot/wanted_files.hpp"
#include "debug/goroutine_dump.hpp"
#include "debug/socket_file.hpp"
#include "sched/fatal.hpp"
#include "sched/park.hpp"
#include "sched/run.hpp"
#include "sched/scheduler.hpp"
#include "sched/uncaught.hpp"

namespace sluice::detail {
namespace {

// What the program has printed comes out, unless a thread that will never go on holds the stream.
[[noreturn]] void end_process() noexcept {
  write_wanted_files();
  if (ftrylockfile(stdout) == 0) {
    fflush_unlocked(stdout);
    funlockfile(stdout);
  }
  checked::remove_open_socket();
  _exit(2);
}

// The process is about to end; another goroutine that fails while the first is being told waits for
// that. One whose telling fails, in its exception's what(), tells that instead, once.
std::atomic<bool> g_ending{false};
std::atomic<const Goroutine*> g_ender{nullptr};  // null as well when the monitor is

[[noreturn]] void wait_for_end() noexcept {
  for (;;) pause();
}
void claim_end() noexcept {
  const Goroutine* mine = self();
  if (!g_ending.exchange(true)) {
    g_ender.store(mine);
    return;
  }
  if (g_ender.load() != mine) wait_for_end();
  static bool again = false;
  if (std::exchange(again, true)) end_process();
}

std::terminate_handler g_previous_terminate = nullptr;

void tell_uncaught(const std::string& exception) noexcept {
  if (!observed()) return;
  Event event;
  event.kind = EventKind::uncaught;
  event.doer = self();
  event.text = exception;
  emit(event);
}

// Nothing has been unwound yet when an exception finds no handler in its goroutine: the stack still
// shows the throw.
[[noreturn]] void on_terminate() noexcept {
  const Goroutine* goroutine = self();
  const bool thrown = std::current_exception() != nullptr;
  if (goroutine->exiting && !thrown) {
    fatal_error(
        "sluice: exit_goroutine stopped by a noexcept function or by a destructor of an unwinding");
  }
  if (goroutine->foreign || !thrown) {
    if (thrown) tell_uncaught(describe_exception());
    if (g_previous_terminate != nullptr) g_previous_terminate();
    std::abort();
  }
  claim_end();
  const checked::DumpedGoroutine dumped = describe(*goroutine);
  const std::string exception = describe_exception();
  tell_uncaught(exception);
  std::fprintf(stderr, "panic: %s\n\n%s", exception.c_str(),
               checked::goroutine_dump({&dumped, 1}).c_str());
  end_process();
}

}  // namespace

void tell_of_uncaught_exceptions() { g_previous_terminate = std::set_terminate(&on_terminate); }

void let_failing_goroutines_end() noexcept {
  if (g_ending.load(std::memory_order_acquire)) wait_for_end();
}

void fatal_error(const char* text) noexcept {
  claim_end();
  std::fprintf(stderr, "fatal error: %s\n\n%s", text, dump_all().c_str());
  end_process();
}

void all_goroutines_asleep() noexcept {
  // A goroutine that is being told, but sleeps too, does so for ever in its exception's what().
  if (g_ending.exchange(true)) {
    const Goroutine* ender = g_ender.load();
    if (ender == nullptr || ender->foreign) wait_for_end();
  }
  const CurrentRun run;
  if (run->main_exited.load(std::memory_order_relaxed) && run->goroutines() == 0) {
    std::fputs("fatal error: no goroutines (main called runtime.Goexit) - deadlock!\n", stderr);
    end_process();
  }
  std::fputs("fatal error: all goroutines are asleep - deadlock!\n\n", stderr);
  if (observed()) {
    Event event;
    event.kind = EventKind::all_asleep;
    emit(event);
  } else {
    std::fputs(dump_all().c_str(), stderr);
  }
  end_process();
}

void tell_of_quit(bool ends) noexcept {
  if (ends && g_ending.exchange(true)) wait_for_end();
  std::fprintf(stderr, "SIGQUIT: quit\n\n%s\n", dump_all().c_str());
  if (ends) end_process();
}

}  // namespace sluice::detail
