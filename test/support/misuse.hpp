// For tests that misuse something on purpose: what checked mode has to say of that is no failure.
#pragma once

#include <initializer_list>
#include <string_view>

namespace sluice::test {

// Until the test ends, reports of these codes are expected, not required; any other still fails it.
void expect_reports(std::initializer_list<std::string_view> codes);

}  // namespace sluice::test
