// What sleeps, and what asks for names.
#include <netdb.h>
#include <time.h>

#include <cerrno>
#include <thread>

#include "hook/descriptors.hpp"
#include "support/goroutine_test.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;

void nap(int (*sleep)(const timespec& time), std::chrono::milliseconds time) {
  const TimePoint begin = Clock::now();
  EXPECT_EQ(sleep({0, time.count() * 1'000'000}), 0);
  EXPECT_GE(Clock::now() - begin, time);
}

SLUICE_TEST(HookSleep, IsNeverEarly) {
  nap([](const timespec& time) { return ::nanosleep(&time, nullptr); }, 20ms);
  nap([](const timespec& time) { return ::usleep(static_cast<useconds_t>(time.tv_nsec / 1000)); },
      20ms);
  nap([](const timespec& time) { return ::clock_nanosleep(CLOCK_MONOTONIC, 0, &time, nullptr); },
      20ms);
  for (const clockid_t clock : {CLOCK_MONOTONIC, CLOCK_REALTIME}) {
    timespec until{}, now{};
    ::clock_gettime(clock, &until);
    ++until.tv_sec;
    EXPECT_EQ(::clock_nanosleep(clock, TIMER_ABSTIME, &until, nullptr), 0);
    ::clock_gettime(clock, &now);
    EXPECT_TRUE(std::pair(now.tv_sec, now.tv_nsec) >= std::pair(until.tv_sec, until.tv_nsec));
  }
  const TimePoint begin = Clock::now();
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(::sleep(1), 0u);
  EXPECT_GE(Clock::now() - begin, 1020ms);
}

SLUICE_TEST(HookSleep, ManySleepAtOnce) {
  constexpr int count = 100;
  WaitGroup wg;
  for (int i = 0; i < count; ++i) {
    wg.go([] { ::usleep(200'000); });  // NOLINT(sluice-thread-blocking-call): the hook parks
  }
  EXPECT_TRUE(eventually_parked("sleep", count));
  wg.wait();
}

SLUICE_TEST(HookSleep, FailsAsLibcDoes) {
  const timespec wrong{0, 1'000'000'000};
  EXPECT_FAILS(::nanosleep(&wrong, nullptr), EINVAL);
  EXPECT_EQ(::clock_nanosleep(CLOCK_MONOTONIC, 0, &wrong, nullptr), EINVAL);
}

int port_of(const addrinfo& found) {
  return ntohs(reinterpret_cast<const sockaddr_in*>(found.ai_addr)->sin_port);
}

SLUICE_TEST(HookNames, AreAskedForElsewhere) {
  WaitGroup wg;
  // libc needs more stack than this goroutine has.
  const auto ended = make_chan();
  go({.stack_size = 16 * 1024}, [ended] {
    addrinfo hints{}, *found = nullptr;
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    EXPECT_EQ(::getaddrinfo("localhost", "80", &hints, &found), 0);
    EXPECT_EQ(port_of(*found), 80);
    ::freeaddrinfo(found);
    ended.close();
  });
  ended.recv();
}

SLUICE_TEST(HookNames, FailAsInLibc) {
  addrinfo hints{}, *found = nullptr;
  hints.ai_flags = AI_NUMERICHOST;
  EXPECT_EQ(::getaddrinfo("no number", nullptr, &hints, &found), EAI_NONAME);
  EXPECT_EQ(::getaddrinfo(nullptr, nullptr, nullptr, &found), EAI_NONAME);
}

}  // namespace
}  // namespace sluice::test
