// SIGQUIT: a dump of a living program, which goes on.
#include <signal.h>
#include <unistd.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <thread>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/eventually.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

using testing::HasSubstr;
using testing::Not;

// What comes out on standard error is looked at from inside, so that nothing waits for a time.
class Captured {
 public:
  Captured() : before_(dup(2)), file_(std::tmpfile()) { dup2(fileno(file_), 2); }
  ~Captured() {
    dup2(before_, 2);
    close(before_);
    const std::string text = this->text();
    (void)!write(2, text.data(), text.size());
    std::fclose(file_);
  }
  std::string text() const {
    std::string text(1 << 16, '\0');
    const ssize_t size = pread(fileno(file_), text.data(), text.size(), 0);
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
  }

 private:
  int before_;
  std::FILE* file_;
};

// Until the dump that `kill` has asked for is complete.
bool dumped(const Captured& captured, const char* last) {
  return test::eventually([&] {
    const std::string text = captured.text();
    return text.find("SIGQUIT: quit\n") != std::string::npos &&
           text.find(last) != std::string::npos && text.ends_with("\n\n");
  });
}

[[gnu::noinline]] void wait_for_nothing(const Chan<int>& silent) { silent.recv(); }

SLUICE_CHILD(quit_dumps_and_goes_on) {
  const Captured captured;
  run([&] {
    auto silent = make_chan<int>();
    go({.name = "waiter"}, [=] { wait_for_nothing(silent); });
    if (!test::eventually([] { return num_goroutines() == 2; })) _exit(4);
    for (int i = 0; i < 64; ++i) yield();
    kill(getpid(), SIGQUIT);
    if (!dumped(captured, "created by")) _exit(5);
    std::puts("gone on");
    silent.close();
  });
  return 7;
}

TEST(QuitSignal, DumpsALivingProgramWhichGoesOn) {
  for (const char* checks : {"off", "check"}) {
    const test::ChildResult result =
        test::run_child(quit_dumps_and_goes_on, {{"SLUICE_DEBUG", checks}});
    EXPECT_EQ(result.status, 7) << result.err;
    EXPECT_EQ(result.out, "gone on\n");
    EXPECT_THAT(result.err, HasSubstr("SIGQUIT: quit\n\ngoroutine 1 [runn"));
    EXPECT_THAT(result.err, HasSubstr("\"waiter\" [chan receive]:\n"));
    EXPECT_THAT(result.err, HasSubstr("wait_for_nothing"));
  }
}

SLUICE_CHILD(quit_while_it_ticks) {
  run([] {
    kill(getpid(), SIGQUIT);
    for (;;) sleep_for(std::chrono::milliseconds(1));
  });
  return 7;
}

TEST(QuitSignal, EndsTheProcessWhenAsked) {
  const test::ChildResult result =
      test::run_child(quit_while_it_ticks, {{"SLUICE_SIGQUIT", "exit"}});
  EXPECT_EQ(result.status, 2) << result.err;
  EXPECT_THAT(result.err, HasSubstr("SIGQUIT: quit\n\ngoroutine 1 ["));
}

SLUICE_CHILD(quit_after_run) {
  run([] {});
  raise(SIGQUIT);
  return 7;
}

TEST(QuitSignal, AnUnknownWordIsOneClearLine) {
  const test::ChildResult result = test::run_child(quit_after_run, {{"SLUICE_SIGQUIT", "maybe"}});
  EXPECT_EQ(result.status, 2);
  EXPECT_THAT(result.err,
              HasSubstr("sluice: SLUICE_SIGQUIT: unknown word 'maybe' (known: dump, exit)\n"));
}

// Every worker is in the program's own code and comes back to none of the runtime's.
SLUICE_CHILD(quit_of_busy_workers) {
  const Captured captured;
  std::atomic<int> busy{0};
  std::atomic<bool> enough{false};
  run({.workers = 2}, [&] {
    WaitGroup all;
    for (int i = 0; i < 4; ++i) {
      all.go([&] {
        ++busy;
        while (!enough) {
        }
      });
    }
    go([&] {
      std::thread asker([&] {
        while (busy < 4) std::this_thread::yield();
        kill(getpid(), SIGQUIT);
        if (!dumped(captured, "[running]")) _exit(5);
        enough = true;
      });
      asker.join();
    });
    all.wait();
  });
  return 7;
}

TEST(QuitSignal, TellsOfBusyWorkersToo) {
  const test::ChildResult result = test::run_child(quit_of_busy_workers);
  EXPECT_EQ(result.status, 7) << result.err;
  EXPECT_THAT(result.err, HasSubstr("[running]:\n\tgoroutine running on other thread"));
}

extern "C" void own_handler(int) { (void)!write(1, "mine\n", 5); }

SLUICE_CHILD(quit_with_a_handler_of_its_own) {
  struct sigaction action {};
  action.sa_handler = &own_handler;
  sigaction(SIGQUIT, &action, nullptr);
  run([] { raise(SIGQUIT); });
  raise(SIGQUIT);
  return 7;
}

TEST(QuitSignal, LeavesTheProgramsHandlerAlone) {
  const test::ChildResult result = test::run_child(quit_with_a_handler_of_its_own);
  EXPECT_EQ(result.status, 7);
  EXPECT_EQ(result.out, "mine\nmine\n");
  EXPECT_THAT(result.err, Not(HasSubstr("SIGQUIT")));
}

TEST(QuitSignal, IsTheSystemsAgainAfterRun) {
  EXPECT_EQ(test::run_child(quit_after_run).status, 128 + SIGQUIT);
}

}  // namespace
}  // namespace sluice
