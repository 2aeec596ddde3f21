// Running out of what the system gives: a clear error, and everything that was there goes on.
#include <sys/resource.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <stdexcept>
#include <thread>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/sanitizers.hpp"

namespace sluice {
namespace {

rlim_t address_space_in_use() {
  std::ifstream statm("/proc/self/statm");
  rlim_t pages = 0;
  statm >> pages;
  return pages * 4096;
}

void allow_address_space(rlim_t bytes) {
  rlimit limit;
  getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = bytes;
  setrlimit(RLIMIT_AS, &limit);
}

// Goroutines of 1 GiB of address space each: soon there is no room for another.
SLUICE_CHILD(no_room_for_stacks) {
  allow_address_space(address_space_in_use() + (rlim_t{40} << 30));
  return run([] {
    const auto gate = make_chan();
    WaitGroup wg;
    int started = 0;
    try {
      for (; started < 1000; ++started) {
        wg.add();
        go(GoOptions{.stack_size = std::size_t{1} << 30}, [&wg, gate] {
          gate.recv();
          wg.done();
        });
      }
    } catch (const std::bad_alloc&) {
      wg.done();
    }
    if (started == 0 || started == 1000) return 1;
    gate.close();
    wg.wait();
    // What came back is there to be used again.
    wg.go([] {});
    wg.wait();
    return 0;
  });
}

SLUICE_CHILD(no_room_for_a_run) {
  const auto ten = [] { return run([] { return 10; }); };
  allow_address_space(address_space_in_use() + (rlim_t{1} << 20));
  int failures = 0;
  try {
    ten();
  } catch (const std::bad_alloc&) {
    ++failures;
  } catch (const std::system_error&) {
    ++failures;
  }
  allow_address_space(RLIM_INFINITY);
  return failures * 100 + ten();
}

std::ptrdiff_t threads() {
  const std::filesystem::directory_iterator all("/proc/self/task");
  return std::distance(begin(all), end(all));
}

// No thread's stack fits; the one worker that there is does everything.
SLUICE_CHILD(no_room_for_threads) {
  return run(Options{.workers = 4}, [] {
    // This process's first thread, the worker and the monitor. A goroutine's yield would start
    // more.
    while (threads() < 3) std::this_thread::yield();
    allow_address_space(address_space_in_use() + (rlim_t{1} << 20));
    WaitGroup wg;
    int done = 0;
    for (int i = 0; i < 10; ++i) {
      wg.go([&] {
        yield();
        ++done;
      });
    }
    wg.wait();
    allow_address_space(RLIM_INFINITY);
    return done;
  });
}

// The sanitizers need more address space than any limit leaves them.
TEST(Exhaustion, OfAddressSpaceForStacksThrowsBadAlloc) {
  if constexpr (!test::kSanitized) {
    const test::ChildResult ended = test::run_child(no_room_for_stacks);
    EXPECT_EQ(ended.status, 0) << ended.err;
  }
}

TEST(Exhaustion, OfThreadsLeavesThoseThatThereAre) {
  if constexpr (!test::kSanitized) {
    const test::ChildResult ended = test::run_child(no_room_for_threads);
    EXPECT_EQ(ended.status, 10) << ended.err;
    EXPECT_EQ(
        ended.err,
        "sluice: can't start worker thread 2: Resource temporarily unavailable; going on with "
        "fewer\n");
  }
}

TEST(Exhaustion, OfAddressSpaceForARunThrowsAndTheNextRunWorks) {
  if constexpr (!test::kSanitized) {
    const test::ChildResult ended = test::run_child(no_room_for_a_run);
    EXPECT_EQ(ended.status, 110) << ended.err;
  }
}

}  // namespace
}  // namespace sluice
