#include "boot/wanted_files.hpp"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>

#include "boot/profiles.hpp"
#include "boot/tracing.hpp"
#include "debug/whole_file.hpp"

namespace sluice::detail {
namespace {

struct Wanted {
  const char* variable;
  void (*begin)();
  std::string (*content)();
  checked::WholeFile file;
};

// Made when first asked for: a program may run before its own variables are made.
std::span<Wanted> wanted() {
  static Wanted all[] = {
      {"SLUICE_BLOCKPROFILE",
       [] { profile_blocking(kUsualBlockingRate); },
       [] { return profile_of(debug::Profile::block); },
       {}},
      {"SLUICE_MUTEXPROFILE",
       [] { profile_mutexes(1); },
       [] { return profile_of(debug::Profile::mutex); },
       {}},
      {"SLUICE_TRACE",
       [] { trace_execution(true); },
       [] {
         trace_execution(false);
         return drawn_trace();
       },
       {}},
  };
  return all;
}

std::atomic<bool> g_to_be_written{false};

void tell_failure(const Wanted& wanted) {
  std::fprintf(stderr, "sluice: %s: can't write '%s': %s\n", wanted.variable,
               std::getenv(wanted.variable), std::strerror(errno));
}

}  // namespace

WantedFiles::WantedFiles() {
  for (Wanted& each : wanted()) {
    const char* path = std::getenv(each.variable);
    if (path == nullptr || *path == '\0') continue;
    if (!each.file.open(path)) {
      tell_failure(each);
      std::_Exit(2);
    }
    each.begin();
    g_to_be_written.store(true, std::memory_order_release);
  }
}

WantedFiles::~WantedFiles() { write_wanted_files(); }

void write_wanted_files() noexcept {
  if (!g_to_be_written.exchange(false, std::memory_order_acq_rel)) return;
  for (Wanted& each : wanted()) {
    if (each.file.is_open() && !each.file.finish(each.content())) tell_failure(each);
  }
}

}  // namespace sluice::detail
