// A model as a test: no schedule may fail, or, in a program with a planted bug, one must.
#pragma once

#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdio>
#include <functional>

#include "model/explorer.hpp"

namespace sluice::model {

inline void verify(const Bounds& bounds, const std::function<void()>& program) {
  const Result result = explore(bounds, program);
  std::printf("%" PRIu64 " schedules with at most %d preemptions and %d stale reads",
              result.schedules, bounds.preemptions, bounds.stale_reads);
#if defined(SLUICE_PLANTED)
  std::printf("; the planted bug: %s\n",
              result.failure.substr(0, result.failure.find('\n')).c_str());
  EXPECT_NE(result.failure, "") << "the planted bug was not found";
#else
  std::printf("\n");
  EXPECT_EQ(result.failure, "");
#endif
}

}  // namespace sluice::model
