// The main function of every test binary: GoogleTest under a watchdog, or one child program.
#include <gmock/gmock.h>

#include "sluice/testing/gtest.hpp"
#include "support/child.hpp"
#include "support/watchdog.hpp"

// A process under ThreadSanitizer stays for a second at its end, in case some other thread still
// does something; hundreds of tests are about how processes end.
extern "C" const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() { return "atexit_sleep_ms=20"; }

int main(int argc, char** argv) {
  if (const int status = sluice::test::child_main(); status >= 0) return status;
  // A death test's child is started anew: one forked beside other threads is not a whole process.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  testing::InitGoogleMock(&argc, argv);
  // The listeners own it from here on.
  testing::TestEventListeners& listeners = testing::UnitTest::GetInstance()->listeners();
  listeners.Append(new sluice::test::Watchdog);
  listeners.Append(new sluice::debug::ReportListener);  // with SLUICE_DEBUG=check
  return RUN_ALL_TESTS();
}
