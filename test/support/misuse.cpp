#include "support/misuse.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "sluice/debug.hpp"

namespace sluice::test {

namespace {

std::mutex g_lock;
std::vector<std::string> g_codes;  // guarded by g_lock

void fail_unless_expected(const debug::Report& report) {
  if (report.severity == "note") return;
  const std::lock_guard lock(g_lock);
  if (std::find(g_codes.begin(), g_codes.end(), report.code) != g_codes.end()) return;
  ADD_FAILURE() << report.code << ": " << report.title << "\n" << report.text;
}

}  // namespace

// The listener takes the handler back when the next test starts.
void expect_reports(std::initializer_list<std::string_view> codes) {
  {
    const std::lock_guard lock(g_lock);
    g_codes.assign(codes.begin(), codes.end());
  }
  debug::set_report_handler(&fail_unless_expected);
}

}  // namespace sluice::test
