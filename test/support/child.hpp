// Programs that end their process: each runs in a copy of this test binary, started afresh, since a
// process with a running runtime can't be forked. The test sees the exit status and all that was
// printed.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace sluice::test {

using ChildMain = int (*)();

// A program by name. SLUICE_CHILD makes one; names are unique in a binary.
struct Child {
  Child(const char* child_name, ChildMain main);
  const char* name;
};

struct ChildResult {
  int status;  // exit status, or 128 + the signal that ended it
  std::string out;
  std::string err;
};

// Runs it to its end with `environment` added to this process's (without SLUICE_*). One that is
// still running after a minute is killed: status 128 + SIGKILL.
ChildResult run_child(const Child& child,
                      const std::vector<std::pair<std::string, std::string>>& environment = {});

// Called by main: the exit status if this process is to be a child, else -1.
int child_main();

}  // namespace sluice::test

// SLUICE_CHILD(name) { sluice::run(...); return 0; }   then   run_child(name)
#define SLUICE_CHILD(name)                                                   \
  static int sluice_child_main_##name();                                     \
  static const ::sluice::test::Child name(#name, &sluice_child_main_##name); \
  static int sluice_child_main_##name()
