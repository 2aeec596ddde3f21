#include "real.hpp"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace sluice::hook {

void* Found::find() const noexcept {
  // A sanitizer has hooks of its own, and has to see what the program does.
  const std::string sanitizers = std::string("__interceptor_") + name;
  if (void* found = ::dlsym(RTLD_DEFAULT, sanitizers.c_str())) return found;
  if (void* found = ::dlsym(RTLD_NEXT, name)) return found;
  std::fprintf(stderr, "sluice: the hooks find no %s behind them: is libc linked statically?\n",
               name);
  std::abort();
}

const Real& real() noexcept {
  static const Real found;
  return found;
}

namespace {

[[gnu::constructor]] void find_at_start() noexcept { static_cast<void>(real()); }

}  // namespace

}  // namespace sluice::hook
