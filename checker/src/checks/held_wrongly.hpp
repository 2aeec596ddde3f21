// Checks of how a path uses locks that it has taken itself.
#pragma once

#include <memory>

#include "sluice-checker/check.hpp"

namespace sluice::checker {

std::unique_ptr<Check> make_blocking_under_lock();
std::unique_ptr<Check> make_double_lock();
std::unique_ptr<Check> make_lock_order();
std::unique_ptr<Check> make_mismatched_exit();
std::unique_ptr<Check> make_os_lock_across_park();
std::unique_ptr<Check> make_recursive_read_lock();
std::unique_ptr<Check> make_unlock_not_held();
std::unique_ptr<Check> make_wait_under_lock();

}  // namespace sluice::checker
