// The door for front ends: runs checks over a parsed translation unit.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "sluice-checker/options.hpp"
#include "sluice-checker/orders.hpp"
#include "sluice-checker/registry.hpp"
#include "sluice-checker/sink.hpp"

namespace clang {
class ASTContext;
}

namespace sluice::checker {

/// Everything known about one translation unit, worked out once and shared by the checks that run
/// over it.
///
/// Nothing happens before the first `run`. Lives no longer than `context`.
class Analysis {
 public:
  Analysis(clang::ASTContext& context, Options options);
  ~Analysis();
  Analysis(const Analysis&) = delete;
  Analysis& operator=(const Analysis&) = delete;

  /// Runs one check. Findings reach `sink` sorted by place, without those in system headers or
  /// under `NOLINT`.
  void run(const CheckEntry& check, Sink& sink);

  /// The orders in which this translation unit takes locks, without those under `NOLINT`.
  std::vector<SeenOrder> orders();

  /// What this translation unit's functions do that may refute another's findings, or bear them
  /// out.
  std::vector<Release> releases();
  std::vector<Keeper> keepers();
  std::vector<LockUse> lock_uses();

 private:
  Options options_;
  std::unique_ptr<Unit> unit_;
};

}  // namespace sluice::checker
