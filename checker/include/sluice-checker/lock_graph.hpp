// Cycles among the orders in which locks are taken. Works on names; knows neither code nor files.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace sluice::checker {

// `second` is taken while `first` is held. The same name is the same lock, or one of the same kind.
struct LockOrder {
  std::string first;
  std::string second;
  std::vector<std::string> gates;  // what else is held then, sorted
  bool shared = false;             // both for reading
};

// Each cycle once, as indexes of `orders`, beginning with the one that comes first there; shortest
// first. No lock is in it twice. Left out are those of readers alone, and those whose orders are
// all taken under one and the same other lock: two of them never run at the same time.
std::vector<std::vector<std::size_t>> find_cycles(const std::vector<LockOrder>& orders);

}  // namespace sluice::checker
