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

/// What the functions of one file do with a lock, for others that can't tell from their own.
struct LockUse {
  std::string lock;       ///< By the name that all files know.
  unsigned kept = 0;      ///< So many functions take and release it themselves.
  bool released = false;  ///< A function releases it without having taken it.
  bool taken = false;     ///< A function that says that it locks takes it for its callers.
};

/// A function whose name says that it releases something, by the name that all files know.
struct Keeper {
  std::string function;
  bool keeps = false;  ///< It releases no lock of its callers, whatever its name.
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
  /// It is none if another file shows that this lock is handed from function to function. Empty:
  /// this file alone decides.
  std::string lock;
  /// It is one only if so many functions, of all files, keep the lock to themselves.
  unsigned kept = 0;
  /// It is one only if these functions of other files keep what their callers hold.
  std::vector<std::string> keepers;

  /// Whether other files have to bear it out.
  bool needs_others() const { return kept > 0 || !keepers.empty(); }
};

}  // namespace sluice::checker
