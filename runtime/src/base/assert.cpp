#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace sluice::base {

void assertion_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr,
               "sluice: internal error: '%s' does not hold at %s:%d; this is a bug in sluice\n",
               condition, file, line);
  std::abort();
}

}  // namespace sluice::base
