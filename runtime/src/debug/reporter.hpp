// Takes findings, writes each once, counts the rest. Says what becomes of the process afterwards,
// as the options ask.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>

#include "base/thread_mutex.hpp"
#include "debug/options.hpp"
#include "debug/report.hpp"
#include "debug/report_files.hpp"
#include "debug/suppressions.hpp"

namespace sluice::checked {

// Runs `work` on a thread with a stack of its own and waits for it: the stack of a goroutine is too
// small for reading debug information.
void on_large_stack(const std::function<void()>& work);

class Reporter {
 public:
  explicit Reporter(const Options& options);

  // Whether a finding with this number is new; one that is not is counted as a repetition. Who is
  // told that it is new calls report() next.
  bool is_new(std::uint64_t number);

  // Writes the report that `make` builds, on a thread with a large stack. May be called from any
  // goroutine; the caller must hold no lock that another observer call waits for. A fatal report
  // does not come back, nor does an error when the options end the process. One that reads the same
  // as an earlier one is counted only, as is one that the user has suppressed.
  void report(const std::function<Report()>& make);

  // The finding with this number was not so: reports what `make` builds, the first time for what
  // was told of it, and not at all when the user did not want to hear of that.
  void withdraw(std::uint64_t number, const std::function<Report()>& make);

  // Something that looked like a finding was not shown: `why` completes "1 ...".
  void left_out(const std::string& why);
  void taken_back_in(const std::string& why);

  // The line that sums up, without a newline; empty when there is nothing to say.
  std::string summary();

 private:
  // How often the findings of one code were seen, and how many of them were told.
  struct Count {
    std::size_t told = 0, seen = 0;
  };

  // What became of a finding; without a code, nothing has been told.
  struct Known {
    std::string code, fingerprint;
    bool suppressed = false;
  };

  // What report() does, under one_at_a_time_.
  void write(const std::function<Report()>& make, std::uint64_t number);
  void finish(Report& report, Cast& cast);
  bool is_told(const Report& report, std::uint64_t number);
  void deliver(const Report& report, std::uint64_t number);
  void show(const Report& report);
  [[noreturn]] void end_process();

  const Options options_;
  Suppressions suppressions_;
  base::ThreadMutex one_at_a_time_;
  ReportFiles files_;                               // under one_at_a_time_
  base::ThreadMutex lock_;                          // guards what follows
  std::unordered_map<std::uint64_t, Known> known_;  // by number
  std::set<std::string> fingerprints_;              // told
  std::set<std::string> withdrawn_;                 // of those, and numbers of what is being told
  std::map<std::string, Count> by_code_;
  std::size_t suppressed_ = 0;
  std::map<std::string, std::size_t> left_out_;
};

}  // namespace sluice::checked
