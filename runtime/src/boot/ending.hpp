// The ways in which a process ends before its time, each with what there is to say.
#pragma once

namespace sluice::detail {

// From now on an exception that finds no handler is told as its goroutine's panic.
void tell_of_uncaught_exceptions();

// As in Go, main's return does not cut short what a failing goroutine has to say.
void let_failing_goroutines_end() noexcept;

}  // namespace sluice::detail
