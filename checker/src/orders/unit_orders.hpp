// The orders in which the functions of one translation unit take locks.
#pragma once

#include <vector>

#include "sluice-checker/orders.hpp"
#include "unit.hpp"

namespace sluice::checker {

// One of each kind a function, in source order.
std::vector<SeenOrder> orders_of(Unit& unit);

}  // namespace sluice::checker
