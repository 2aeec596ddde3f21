// Makes GoogleTest fail the test that runs when checked mode reports something. For users of
// GoogleTest only: nothing else of sluice includes it, and the library does not need it.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "sluice/debug.hpp"

namespace sluice::debug {

/// A listener that fails the running test for each report of checked mode but notes, with the
/// report as its message.
///
/// ```cpp
/// int main(int argc, char** argv) {
///   testing::InitGoogleTest(&argc, argv);
///   testing::UnitTest::GetInstance()->listeners().Append(new sluice::debug::ReportListener);
///   return RUN_ALL_TESTS();
/// }
/// ```
///
/// Reports need `SLUICE_DEBUG` or `Options::debug`; without checked mode the listener does nothing.
/// It takes the place of what `debug::set_report_handler` was given, at the start of each test: a
/// test that expects a report gives its own.
class ReportListener : public ::testing::EmptyTestEventListener {
 public:
  /// Takes the place of the report handler.
  void OnTestStart(const ::testing::TestInfo&) override {
    set_report_handler(&ReportListener::fail);
  }
  /// Lets go of it. A goroutine that outlives its test may still have something to say until then:
  /// the test is over, and the whole run fails.
  void OnTestProgramEnd(const ::testing::UnitTest&) override { set_report_handler(nullptr); }

 private:
  static void fail(const Report& report) {
    if (report.severity == "note") return;
    // A handler must not throw, which --gtest_throw_on_failure would.
    try {
      ADD_FAILURE_AT("sluice", -1)
          << std::string(report.code) << ": " << std::string(report.title) << "\n"
          << std::string(report.text);
    } catch (...) {
    }
  }
};

}  // namespace sluice::debug
