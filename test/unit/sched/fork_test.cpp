// fork() while goroutines run: the child has one thread, and may only become another program.
#include <sys/wait.h>
#include <unistd.h>
#include <gtest/gtest.h>

#include <thread>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

constexpr const char* kRefused =
    "fatal error: sluice: the child of a fork in a running program can only call exec or _exit\n";

// What the child of a fork did: its exit status.
template <class F>
int status_of_child(F body) {
  const pid_t child = fork();
  if (child == 0) {
    body();
    _exit(77);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// A sanitizer's own threads do not survive a fork either, so each case is a program of its own.
SLUICE_CHILD(fork_and_exec) {
  return run(Options{.workers = 2}, [] {
    WaitGroup wg;
    for (int i = 0; i < 10; ++i) wg.go([] { yield(); });
    const int status = status_of_child([] { execl("/bin/true", "true", nullptr); });
    wg.wait();
    return status;
  });
}

TEST(Fork, ChildMayExec) { EXPECT_EQ(test::run_child(fork_and_exec).status, 0); }

SLUICE_CHILD(fork_and_park) {
  return run(Options{.workers = 2}, [] {
    const auto ch = make_chan();
    go([=] { ch.send(); });
    const int status = status_of_child([&] { make_chan().recv(); });
    ch.recv();
    return status;
  });
}

TEST(Fork, ChildThatParksIsToldSo) {
  const test::ChildResult ended = test::run_child(fork_and_park);
  EXPECT_EQ(ended.status, 2) << ended.err;
  EXPECT_EQ(ended.err, kRefused);
}

SLUICE_CHILD(fork_in_a_thread_and_park) {
  return run([] {
    int status = 0;
    blocking(
        [&] { std::thread([&] { status = status_of_child([] { make_chan().recv(); }); }).join(); });
    return status;
  });
}

TEST(Fork, ChildOfAThreadThatParksIsToldSo) {
  const test::ChildResult ended = test::run_child(fork_in_a_thread_and_park);
  EXPECT_EQ(ended.status, 2) << ended.err;
  EXPECT_EQ(ended.err, kRefused);
}

SLUICE_CHILD(fork_between_runs) {
  run([] { WaitGroup().wait(); });
  return status_of_child([] {
    const int sum = run([] {
      const auto ch = make_chan<int>();
      go([=] { ch.send(5); });
      return ch.recv().value();
    });
    _exit(sum);
  });
}

TEST(Fork, BetweenRunsTheChildIsFree) {
  if constexpr (!test::kThreadSanitizer) {  // which lets no child of a fork start threads
    EXPECT_EQ(test::run_child(fork_between_runs).status, 5);
  }
}

}  // namespace
}  // namespace sluice
