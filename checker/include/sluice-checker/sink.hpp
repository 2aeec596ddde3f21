// Where findings go. Each front end has one; a test can have one too.
#pragma once

#include "sluice-checker/finding.hpp"

namespace sluice::checker {

/// Takes findings as they are made. Findings in system headers and under `NOLINT` never get here.
class Sink {
 public:
  virtual ~Sink() = default;
  virtual void report(const Finding& finding) = 0;
  /// Takes one that other files have to bear out (`Finding::needs_others`). Who sees one file
  /// leaves it.
  virtual void report_if_others_agree(const Finding& finding) { static_cast<void>(finding); }
};

}  // namespace sluice::checker
