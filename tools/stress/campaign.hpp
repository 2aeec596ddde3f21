// The runs of one program under one seed after the other, several at a time.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "failure.hpp"
#include "process.hpp"
#include "progress.hpp"
#include "settings.hpp"

namespace sluice::stress {

class Campaign {
 public:
  explicit Campaign(const Settings& settings);
  ~Campaign();
  Campaign(const Campaign&) = delete;
  Campaign& operator=(const Campaign&) = delete;

  // Runs all seeds, or up to the first failure. Afterwards no process is left that it started.
  void run(Progress& progress);

  std::uint64_t runs() const { return runs_; }
  const std::vector<Failure>& failures() const { return failures_; }
  const std::string& could_not_run() const { return error_; }  // why; empty when all went well
  int interrupted_by() const { return signal_; }  // the signal that ended it early; 0: none did

 private:
  struct Run {
    std::uint64_t seed;
    Process process;
    bool timed_out = false;
    Clock::time_point killed_at{};

    Run(const Settings& settings, std::uint64_t run_seed, std::string& error)
        : seed(run_seed), process(settings.command, environment_of(settings, run_seed), error) {}
  };

  void start_runs();
  void wait_for_news();
  void take_signals();
  void watch(Run& run);
  bool finished(Run& run);
  bool over() const;

  const Settings& settings_;
  std::list<Run> under_way_;
  std::uint64_t started_ = 0;
  std::uint64_t runs_ = 0;
  std::vector<Failure> failures_;
  std::string error_;
  int signal_ = 0;
  int signals_ = -1;  // file that tells of signals
};

}  // namespace sluice::stress
