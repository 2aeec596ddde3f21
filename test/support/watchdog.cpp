#include "support/watchdog.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "sluice/debug.hpp"
#include "support/sanitizers.hpp"

namespace sluice::test {

std::chrono::seconds test_timeout() {
  if (const char* seconds = std::getenv("SLUICE_TEST_TIMEOUT"))
    return std::chrono::seconds(std::atoi(seconds));
  const char* soak = std::getenv("SLUICE_SOAK_SECONDS");
  return std::chrono::seconds((kSanitized ? 180 : 60) + (soak != nullptr ? std::atoi(soak) : 0));
}

Watchdog::Watchdog() : thread_([this] { watch(); }) {}

Watchdog::~Watchdog() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Watchdog::OnTestStart(const testing::TestInfo& test) {
  std::lock_guard lock(mutex_);
  test_ = std::string(test.test_suite_name()) + "." + test.name();
  deadline_ = Clock::now() + test_timeout();
  changed_.notify_one();
}

void Watchdog::OnTestEnd(const testing::TestInfo&) {
  std::lock_guard lock(mutex_);
  deadline_.reset();
  changed_.notify_one();
}

void Watchdog::watch() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    if (!deadline_) {
      changed_.wait(lock);
    } else if (Clock::now() >= *deadline_) {
      bite(test_);
    } else {
      changed_.wait_until(lock, Clock::time_point(*deadline_));
    }
  }
}

void Watchdog::bite(const std::string& test) {
  std::fprintf(stderr,
               "\nwatchdog: %s has not ended within %lld s (SLUICE_TEST_TIMEOUT sets the limit)\n",
               test.c_str(), static_cast<long long>(test_timeout().count()));
  // The dump may hang on the same lock as the test did; the alarm then ends the process.
  alarm(15);
  std::fprintf(stderr, "%s\n", debug::goroutine_dump().c_str());
  std::abort();
}

}  // namespace sluice::test
