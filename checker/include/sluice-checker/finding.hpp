// What a check has to say about the code. Knows source locations, and nothing of who prints it.
#pragma once

#include <string>
#include <vector>

#include "clang/Basic/Diagnostic.h"
#include "clang/Basic/SourceLocation.h"

namespace sluice::checker {

/// One step of the path that leads to a finding, such as "locked here" or "taking the true branch".
struct Note {
  clang::SourceLocation location;
  std::string message;
};

/// That a function releases a lock which its caller holds, by the names that all files know.
struct Release {
  std::string function;
  std::string lock;
};

/// One mistake found in the code. Always a warning: what is an error is the build's choice
/// (`-Werror`).
struct Finding {
  std::string check;  ///< The full name of the check, such as `sluice-missing-unlock`.
  clang::SourceLocation location;
  std::string message;  ///< One line without a full stop, as clang's own.
  std::vector<clang::SourceRange> ranges;
  std::vector<Note> notes;  ///< In the order in which the program runs.
  std::vector<clang::FixItHint>
      fix_its;  ///< Applied all together or not at all; empty when no fix is surely right.
  std::vector<Release> unless;  ///< It is none if one of these is so: another file may tell.
};

}  // namespace sluice::checker
