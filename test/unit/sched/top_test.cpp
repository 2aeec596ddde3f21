// SLUICE_TOP while goroutines come and go: what is looked at changes all the time. test/top says
// what is seen.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/foreign_thread.hpp"

namespace sluice {
namespace {

constexpr int kSnapshots = 40;

int connected() {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string(std::getenv("SLUICE_TOP")).copy(address.sun_path, sizeof address.sun_path - 1);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
  std::perror("connect");
  std::abort();
}

// How many snapshots came, each asked for when the last was there.
int snapshots(int fd) {
  int count = 0;
  std::vector<char> bytes(1 << 16);
  for (; count < kSnapshots; ++count) {
    if (send(fd, "now\n", 4, MSG_NOSIGNAL) != 4) break;
    ssize_t size = 0;
    do {
      size = recv(fd, bytes.data(), bytes.size(), 0);
    } while (size > 0 && bytes[static_cast<std::size_t>(size) - 1] != '\n');
    if (size <= 0) break;
  }
  close(fd);
  return count;
}

void churn(const std::atomic<bool>& over) {
  WaitGroup all;
  auto numbers = make_chan<int>(4);
  for (int i = 0; i < 4; ++i) {
    all.go([=] {
      for (int n : numbers) (void)n;
    });
  }
  all.go([&over, numbers] {
    while (!over.load()) {
      WaitGroup short_lived;
      for (int i = 0; i < 8; ++i) short_lived.go([=] { numbers.send(i); });
      short_lived.go([] { blocking([] { std::this_thread::yield(); }); });
      short_lived.wait();
      sleep_for(std::chrono::microseconds(100));
    }
    numbers.close();
  });
  all.wait();
}

SLUICE_CHILD(churns_while_it_is_watched) {
  std::atomic<bool> over{false};
  run({.workers = 4}, [&] {
    test::ForeignThread client([&] {
      std::printf("%d", snapshots(connected()));
      over.store(true);
    });
    churn(over);
  });
  return 0;
}

// The end of a run waits for a look that is under way, and for no other.
SLUICE_CHILD(ends_while_it_is_watched) {
  for (int i = 0; i < 50; ++i) {
    std::thread client;
    run({.workers = 2}, [&] {
      client = std::thread([fd = connected()] { (void)snapshots(fd); });
      auto silent = make_chan<int>();
      for (int k = 0; k < 100; ++k) go([=] { silent.recv(); });
      for (int k = 0; k < i; ++k) yield();
    });
    client.join();
  }
  std::printf("over");
  return 0;
}

std::string path() { return "/tmp/sluice-unit-top-" + std::to_string(getpid()); }

void expect_prints(const test::Child& child, const std::string& text, const char* level) {
  const test::ChildResult result =
      test::run_child(child, {{"SLUICE_TOP", path()}, {"SLUICE_DEBUG", level}});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(result.out, text) << result.err;
  EXPECT_EQ(access(path().c_str(), F_OK), -1);
}

TEST(Top, LooksAtGoroutinesThatComeAndGo) {
  for (const char* level : {"off", "check"}) {
    expect_prints(churns_while_it_is_watched, std::to_string(kSnapshots), level);
  }
}

TEST(Top, RunsEndWhileItLooks) { expect_prints(ends_while_it_is_watched, "over", "off"); }

}  // namespace
}  // namespace sluice
