// What a program that dies as Go dies must print and return.
#pragma once

#include <string>

#include "support/child.hpp"
#include "support/dump.hpp"

namespace sluice::test {

// Runs the child and expects exit status 2, nothing on standard output, and on standard error
// exactly `message`, an empty line and a goroutine dump, which is returned.
Dump expect_fatal(const Child& child, const std::string& message);

}  // namespace sluice::test
