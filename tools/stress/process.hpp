// One program under way: a process group of its own, and what it prints.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::stress {

using Clock = std::chrono::steady_clock;

// Variables that a program gets besides those of this process.
using Environment = std::vector<std::pair<std::string, std::string>>;

// From its start to its end; one that is dropped takes the whole process group with it.
class Process {
 public:
  // `error` is set to why the program could not be started; the process then has ended.
  Process(const std::vector<std::string>& command, const Environment& environment,
          std::string& error);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  int output_file() const { return output_; }
  // Takes what has been printed by now. Never waits.
  void read_output();
  // The wait status once the program has ended. Never waits.
  std::optional<int> ended();
  // Asks all of the group to tell what they are doing, as the runtime does at SIGQUIT.
  void ask_for_dump() const;
  // Ends all of the group at once.
  void kill_group() const;

  const std::string& output() const { return text_; }
  Clock::time_point started() const { return started_; }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string text_;  // standard output and standard error, the last megabyte
  Clock::time_point started_ = Clock::now();
  bool reaped_ = false;
};

// From now on processes whose parent has gone become this one's children; ends all that are left.
void adopt_orphans();
void end_orphans();

}  // namespace sluice::stress
