// One check: a question asked of a translation unit.
#pragma once

#include "sluice-checker/options.hpp"
#include "sluice-checker/sink.hpp"

namespace sluice::checker {

class Unit;  // src/unit.hpp: the translation unit with everything that checks share about it

/// A check is made once a translation unit, asked once, and keeps nothing between units.
class Check {
 public:
  virtual ~Check() = default;
  virtual void run(Unit& unit, const Options& options, Sink& sink) = 0;
};

}  // namespace sluice::checker
