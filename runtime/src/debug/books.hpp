// What all detectors share: who there is, which objects there are, and where findings go.
#pragma once

#include <time.h>

#include <cstdint>

#include "base/clock.hpp"
#include "debug/actor_table.hpp"
#include "debug/object_table.hpp"
#include "debug/options.hpp"
#include "debug/reporter.hpp"

namespace sluice::checked {

struct Books {
  Books(const Options& asked, const detail::RuntimeView& runtime)
      : options(asked), view(runtime), reporter(asked), start(base::now()) {}

  const Options options;
  const detail::RuntimeView view;
  ActorTable actors;
  ObjectTable objects;
  Reporter reporter;
  const std::int64_t start;  // reports count time from here

  std::int64_t since_start() const { return base::now() - start; }
  // About 5 ns and 4 ms coarse, which is enough for how long somebody has waited.
  std::int64_t roughly_since_start() const {
    timespec t;
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec - start;
  }
};

}  // namespace sluice::checked
