// What Go panics with, as an exception.
#pragma once

#include <stdexcept>
#include <string>

#include "sluice/detail/export.hpp"
#include "sluice/detail/fatal.hpp"

namespace sluice {

/// Thrown where Go panics: send on a closed channel, a negative WaitGroup counter, a bad size.
/// `what()` is Go's text, `send on closed channel` for example.
///
/// An exception that leaves a goroutine ends the process with exit status 2, as an unrecovered
/// panic does.
///
/// Go: panic with a runtime.Error.
class SLUICE_EXPORT Panic : public std::logic_error {
 public:
  /// For panics of the program's own; `what()` is `text`. Go: panic(text).
  explicit Panic(const std::string& text) : std::logic_error(text) {}
  /// The same.
  explicit Panic(const char* text) : std::logic_error(text) {}
  /// Exceptions are copied.
  Panic(const Panic&) = default;
  ~Panic() override;
};

}  // namespace sluice
