// Ends a test that hangs: prints every goroutine and aborts. A thread of its own, so that it works
// when the scheduler does not.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace sluice::test {

// How long one test may run: SLUICE_TEST_TIMEOUT seconds, else 60, more under a sanitizer, and as
// much longer as a soak is to last.
std::chrono::seconds test_timeout();

// Armed while a test runs. GoogleTest owns it once it is among the listeners.
class Watchdog : public testing::EmptyTestEventListener {
 public:
  Watchdog();
  ~Watchdog() override;

  void OnTestStart(const testing::TestInfo& test) override;
  void OnTestEnd(const testing::TestInfo& test) override;

 private:
  using Clock = std::chrono::steady_clock;
  void watch();
  [[noreturn]] void bite(const std::string& test);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Clock::time_point> deadline_;
  std::string test_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace sluice::test
