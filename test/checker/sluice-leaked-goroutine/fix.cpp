// RUN: cp %s %t.cpp
// RUN: %not %sluice_check --checks=-*,sluice-leaked-goroutine --fix %t.cpp -- -std=c++20 -isystem %runtime_include
// RUN: %FileCheck --match-full-lines %s < %t.cpp
// RUN: %sluice_check %t.cpp -- -std=c++20 -isystem %runtime_include
#include <chrono>
#include <optional>

#include <sluice/sluice.hpp>

int answer();

int within(sluice::Duration limit) {
  auto result = sluice::make_chan<int>();
  // CHECK: auto result = sluice::make_chan<int>(1);
  sluice::go([=] { result.send(answer()); });
  std::optional<int> got;
  if (sluice::select(on_recv(result, got), on_recv(sluice::after(limit))) == 0) return *got;
  return -1;
}
