// The figures that acceptance tests are about: printed whether the test passes or not.
#pragma once

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <vector>

namespace sluice::test {

[[gnu::format(printf, 1, 2)]] inline void figure(const char* format, ...) {
  std::printf("[ FIGURE   ] ");
  va_list arguments;
  va_start(arguments, format);
  std::vprintf(format, arguments);
  va_end(arguments);
  std::printf("\n");
  std::fflush(stdout);
}

// The value below which `share` of the values lie; 0.5 is the median.
template <class T>
T percentile(std::vector<T> values, double share) {
  std::sort(values.begin(), values.end());
  const auto last = static_cast<double>(values.size() - 1);
  return values.at(static_cast<std::size_t>(last * share + 0.5));
}

}  // namespace sluice::test
