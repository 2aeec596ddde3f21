// How boot supplies what the public functions of sluice/debug.hpp need from the scheduler, which
// this folder may not include.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/debug.hpp"

namespace sluice::checked {

// Written by boot before the first worker starts. A null function stands for an answer of nothing.
struct Facade {
  std::string (*goroutine_dump)() = nullptr;
  std::size_t (*check_leaks)() = nullptr;
  int (*workers)() = nullptr;
  void (*daemon)() = nullptr;
  void (*external_waker)(const void* object) = nullptr;
  void (*profile_blocking)(std::int64_t from_nanoseconds) = nullptr;
  void (*profile_mutexes)(std::int64_t one_in) = nullptr;
  std::string (*profile)(debug::Profile what) = nullptr;
  void (*trace)(bool on) = nullptr;
  std::string (*drawn_trace)() = nullptr;
  void (*note_in_trace)(std::string_view report) = nullptr;
  void (*last_words)() noexcept = nullptr;  // before a report ends the process
};
void set_facade(const Facade& facade) noexcept;

// How many goroutines may run at the same time; 0: unknown.
int workers() noexcept;

// "SL101: lock-order inversion ...".
void note_in_trace(std::string_view report);
void say_last_words() noexcept;

// What set_report_handler was last given.
using ReportHandler = void (*)(const debug::Report&);
ReportHandler report_handler() noexcept;

}  // namespace sluice::checked
