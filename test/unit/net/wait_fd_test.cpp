// Waiting for descriptors: pipes, processes, deadlines, contexts, and workers that have other
// things to do.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/eventually.hpp"
#include "support/foreign_thread.hpp"
#include "support/goroutine_test.hpp"
#include "support/misuse.hpp"
#include "support/sanitizers.hpp"

extern char** environ;

namespace sluice {
namespace {

using namespace std::chrono_literals;

class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe2(ends_, O_NONBLOCK | O_CLOEXEC), 0); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close(ends_[0]);
    close_writing();
  }
  int reading() const { return ends_[0]; }
  int writing() const { return ends_[1]; }
  void close_writing() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }
  void put(char byte) const { EXPECT_EQ(write(ends_[1], &byte, 1), 1); }
  char take() const {
    char byte = 0;
    EXPECT_EQ(read(ends_[0], &byte, 1), 1);
    return byte;
  }

 private:
  int ends_[2] = {-1, -1};
};

SLUICE_TEST(WaitFd, ReturnsAtOnceWhenReady) {
  const Pipe pipe;
  EXPECT_EQ(wait_writable(pipe.writing()), std::error_code());
  pipe.put('x');
  EXPECT_EQ(wait_readable(pipe.reading()), std::error_code());
  EXPECT_EQ(wait_readable(pipe.reading(), Clock::now() - 1s), std::error_code())
      << "what is ready needs no time";
  EXPECT_EQ(pipe.take(), 'x');
}

SLUICE_TEST(WaitFd, IsWokenByAnotherGoroutine) {
  const Pipe pipe;
  WaitGroup wg;
  wg.go([&] {
    EXPECT_TRUE(test::eventually_parked("IO wait"));
    pipe.put('x');
  });
  EXPECT_EQ(wait_readable(pipe.reading()), std::error_code());
  EXPECT_EQ(pipe.take(), 'x');
  wg.wait();
}

SLUICE_TEST(WaitFd, IsWokenByAThreadWhenAllWorkersSleep) {
  const Pipe pipe;
  for (int i = 0; i < 20; ++i) {
    test::ForeignThread writer([&] {
      EXPECT_TRUE(test::eventually_parked("IO wait"));
      pipe.put('x');
    });
    EXPECT_EQ(wait_readable(pipe.reading()), std::error_code());
    EXPECT_EQ(pipe.take(), 'x');
  }
}

SLUICE_TEST(WaitFd, WaitsForRoom) {
  const Pipe pipe;
  const std::vector<char> much(std::size_t{1} << 16);
  ssize_t written = 0;
  while (const ssize_t size = write(pipe.writing(), much.data(), much.size())) {
    if (size < 0) break;
    written += size;
  }
  WaitGroup wg;
  wg.go([&] {
    EXPECT_TRUE(test::eventually_parked("IO wait"));
    std::vector<char> into(much.size());
    while (read(pipe.reading(), into.data(), into.size()) > 0) continue;
  });
  EXPECT_EQ(wait_writable(pipe.writing()), std::error_code());
  EXPECT_GT(written, 0);
  wg.wait();
}

SLUICE_TEST(WaitFd, TellsOfTheOtherEndsClosing) {
  Pipe pipe;
  WaitGroup wg;
  wg.go([&] {
    EXPECT_TRUE(test::eventually_parked("IO wait"));
    pipe.close_writing();
  });
  EXPECT_EQ(wait_readable(pipe.reading()), std::error_code());
  char byte;
  EXPECT_EQ(read(pipe.reading(), &byte, 1), 0);
  wg.wait();
}

SLUICE_TEST(WaitFd, EndsAtItsDeadline) {
  const Pipe pipe;
  const TimePoint begin = Clock::now();
  const std::error_code error = wait_readable(pipe.reading(), begin + 20ms);
  EXPECT_EQ(error, NetError::deadline_exceeded);
  EXPECT_EQ(error, std::errc::timed_out);
  EXPECT_EQ(error.message(), "i/o timeout");
  EXPECT_GE(Clock::now() - begin, 20ms);
  EXPECT_EQ(wait_readable(pipe.reading(), begin), NetError::deadline_exceeded);
}

SLUICE_TEST(WaitFd, EndsWithItsContext) {
  const Pipe pipe;
  {
    const auto [ctx, cancel] = with_timeout(Context::background(), 10ms);
    EXPECT_EQ(wait_readable(ctx, pipe.reading()), ContextError::deadline_exceeded);
    EXPECT_EQ(wait_readable(ctx, pipe.reading()), ContextError::deadline_exceeded);
  }
  auto [ctx, cancel] = with_cancel(Context::background());
  WaitGroup wg;
  wg.go([&cancel = cancel] {
    EXPECT_TRUE(test::eventually_parked("IO wait"));
    cancel();
  });
  EXPECT_EQ(wait_readable(ctx, pipe.reading()), ContextError::canceled);
  wg.wait();
}

SLUICE_TEST(WaitFd, AContextThatLivesOnKeepsNothing) {
  const Pipe pipe;
  const auto [ctx, cancel] = with_cancel(Context::background());
  for (int i = 0; i < 10; ++i) {
    WaitGroup wg;
    wg.go([&] {
      EXPECT_TRUE(test::eventually_parked("IO wait"));
      pipe.put('x');
    });
    EXPECT_EQ(wait_readable(ctx, pipe.reading()), std::error_code());
    EXPECT_EQ(pipe.take(), 'x');
    wg.wait();
  }
}

SLUICE_TEST(WaitFd, ManyWaitForOneDescriptor) {
  const Pipe pipe;
  WaitGroup wg;
  for (int i = 0; i < 10; ++i) {
    wg.go([&] { EXPECT_EQ(wait_readable(pipe.reading()), std::error_code()); });
  }
  EXPECT_TRUE(test::eventually_parked("IO wait", 10));
  pipe.put('x');
  wg.wait();
}

SLUICE_TEST(WaitFd, RefusesWhatIsNoDescriptor) {
  EXPECT_EQ(wait_readable(-1, Clock::now() + 1s), std::errc::bad_file_descriptor);
  EXPECT_EQ(wait_writable(1'000'000), std::errc::bad_file_descriptor);
}

SLUICE_TEST(WaitFd, AFileIsAlwaysReady) {
  const int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(file, 0);
  EXPECT_EQ(wait_readable(file), std::error_code());
  close(file);
}

SLUICE_TEST(WaitFd, WaitsForTheEndOfAProcess) {
  const char* const arguments[] = {"sleep", "0.02", nullptr};
  pid_t child = 0;
  ASSERT_EQ(posix_spawnp(&child, "sleep", nullptr, nullptr, const_cast<char**>(arguments), environ),
            0);
  const int process = static_cast<int>(syscall(SYS_pidfd_open, child, 0));
  ASSERT_GE(process, 0);
  EXPECT_EQ(wait_readable(process), std::error_code());
  int status = -1;
  EXPECT_EQ(waitpid(child, &status, WNOHANG), child);
  EXPECT_EQ(status, 0);
  close(process);
}

// Nobody is idle, so nobody waits for events: they must be looked for in between.
SLUICE_TEST(WaitFd, BusyWorkersLookForEvents) {
  const Pipe pipe;
  std::atomic<bool> done{false};
  WaitGroup wg;
  for (int i = 0; i < 2 * workers(); ++i) {
    wg.go([&] {
      while (!done) yield();
    });
  }
  wg.go([&] {
    EXPECT_EQ(wait_readable(pipe.reading()), std::error_code());
    done = true;
  });
  EXPECT_TRUE(test::eventually_parked("IO wait"));
  pipe.put('x');
  wg.wait();
}

// Nor do workers stay busy that never come back by themselves.
SLUICE_TEST(WaitFd, StuckWorkersDoNotHoldUpEvents) {
  const Pipe pipe;
  std::atomic<bool> done{false};
  WaitGroup wg;
  wg.go([&] {
    EXPECT_EQ(wait_readable(pipe.reading()), std::error_code());
    done = true;
  });
  EXPECT_TRUE(test::eventually_parked("IO wait"));
  for (int i = 0; i < workers(); ++i) {
    wg.go([&] {
      while (!done) continue;
    });
  }
  pipe.put('x');
  wg.wait();
}

SLUICE_TEST(WaitFd, AThreadWaitsToo) {
  const Pipe pipe;
  test::ForeignThread reader([&] {
    EXPECT_EQ(wait_readable(pipe.reading()), std::error_code());
    EXPECT_EQ(pipe.take(), 'x');
    EXPECT_EQ(wait_readable(pipe.reading(), Clock::now() + 5ms), std::errc::timed_out);
  });
  EXPECT_TRUE(test::eventually_parked("IO wait"));
  sleep_for(1ms);  // all workers lie down
  pipe.put('x');
}

// A run that ends drops who waits; the next one, and threads that wait on, are not the worse for
// it.
TEST(WaitFd, OutlivesARun) {
  test::expect_reports({"SL401"});
  const Pipe pipe;
  const Pipe other;
  std::atomic<bool> woken{false};
  std::optional<test::ForeignThread> thread;
  run([&] {
    go([&] { EXPECT_EQ(wait_readable(pipe.reading()), std::error_code()) << "must never run"; });
    thread.emplace([&] {
      EXPECT_EQ(wait_readable(other.reading()), std::error_code());
      woken = true;
    });
    EXPECT_TRUE(test::eventually_parked("IO wait", 2));
  });
  pipe.put('x');
  EXPECT_FALSE(woken);
  other.put('x');
  EXPECT_TRUE(test::eventually([&] { return woken.load(); }));
  thread.reset();
  run([&] { EXPECT_EQ(wait_readable(pipe.reading()), std::error_code()); });
}

SLUICE_TEST(WaitFd, ManyAtOnce) {
  constexpr int count = test::kThreadSanitizer ? 50 : 200;
  std::vector<std::unique_ptr<Pipe>> pipes;
  for (int i = 0; i < count; ++i) pipes.push_back(std::make_unique<Pipe>());
  WaitGroup wg;
  for (int i = 0; i < count; ++i) {
    wg.go([&pipes, i] {
      const std::size_t mine = static_cast<std::size_t>(i);
      const std::size_t next = static_cast<std::size_t>((i + 1) % count);
      for (int round = 0; round < 5; ++round) {
        if (i > 0 || round > 0) {
          EXPECT_EQ(wait_readable(pipes[mine]->reading()), std::error_code());
          pipes[mine]->take();
        }
        pipes[next]->put('x');
      }
    });
  }
  wg.wait();
}

}  // namespace
}  // namespace sluice
