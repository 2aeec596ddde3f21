// Takes findings, writes each once, counts the rest. Says what becomes of the process afterwards,
// as the options ask.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "debug/options.hpp"
#include "debug/report.hpp"

namespace sluice::checked {

// Runs `work` on a thread with a stack of its own and waits for it: the stack of a goroutine is too
// small for reading debug information.
void on_large_stack(const std::function<void()>& work);

class Reporter {
 public:
  explicit Reporter(const Options& options) : options_(options) {}

  // Whether a finding with this fingerprint is new; one that is not is counted as a repetition.
  bool is_new(std::uint64_t fingerprint);

  // Writes the report that `make` builds, on a thread with a large stack. May be called from any
  // goroutine; the caller must hold no lock that another observer call waits for. A fatal report
  // does not come back, nor does an error when the options end the process.
  void report(const std::function<Report()>& make);

  // Something that looked like a finding was not shown: `why` completes "1 ...".
  void left_out(const std::string& why);
  void taken_back_in(const std::string& why);

  // The line that sums up, without a newline; empty when there is nothing to say.
  std::string summary();

 private:
  void deliver(const Report& report);
  [[noreturn]] void end_process(const Report& report);

  const Options options_;
  std::mutex one_at_a_time_;
  std::mutex lock_;  // guards what follows
  std::set<std::uint64_t> seen_;
  std::map<std::string, std::size_t> by_code_;
  std::size_t repeated_ = 0;
  std::map<std::string, std::size_t> left_out_;
};

}  // namespace sluice::checked
