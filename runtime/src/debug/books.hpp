// What all detectors share: who there is, which objects there are, and where findings go.
#pragma once

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
};

}  // namespace sluice::checked
