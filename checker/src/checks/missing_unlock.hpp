// sluice-missing-unlock: a path that leaves a function with a lock held that it took by hand.
#pragma once

#include <memory>

#include "sluice-checker/check.hpp"

namespace sluice::checker {

std::unique_ptr<Check> make_missing_unlock();

}  // namespace sluice::checker
