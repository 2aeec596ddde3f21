// A thread that the runtime did not start, as the threads of a user's own are.
#pragma once

#include <thread>
#include <utility>

#include "sluice/go.hpp"

namespace sluice::test {

// Joins when destroyed, from a goroutine without keeping a worker busy.
class ForeignThread {
 public:
  template <class F>
  explicit ForeignThread(F f) : thread_(std::move(f)) {}
  ForeignThread(ForeignThread&&) = default;
  ForeignThread(const ForeignThread&) = delete;
  ForeignThread& operator=(ForeignThread&&) = delete;
  ForeignThread& operator=(const ForeignThread&) = delete;
  ~ForeignThread() { join(); }

  void join() {
    if (!thread_.joinable()) return;
    if (goroutine_id() == 0) {
      thread_.join();
    } else {
      sluice::blocking([this] { thread_.join(); });
    }
  }

 private:
  std::thread thread_;
};

}  // namespace sluice::test
