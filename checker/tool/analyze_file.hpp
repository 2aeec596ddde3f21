// Parses one file as its compilation database says and runs the checks over it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "result.hpp"
#include "sluice-checker/configuration.hpp"

namespace sluice::checker {

struct AnalyzeOptions {
  std::string checks;  // globs; empty for all
  bool strict = false;
  std::shared_ptr<const Configuration> configuration;
  std::vector<std::string> extra_arguments;  // for the compiler, after those of the database
};

// Where the commands that compile files come from.
class Commands {
 public:
  virtual ~Commands() = default;
  // Every file that the database has a command for.
  virtual std::vector<std::string> files() const = 0;
  // All that the database says of how the file is compiled.
  virtual std::string command(const std::string& file) const = 0;
  virtual FileResult analyze(const std::string& file, const AnalyzeOptions& options) const = 0;
};

// The database in folder `build`. Null, with a line in `error`, when there is none.
std::unique_ptr<Commands> commands_in(const std::string& build, std::string& error);
// The database in the folder of `file` or one above it.
std::unique_ptr<Commands> commands_above(const std::string& file, std::string& error);
// The same arguments for every file.
std::unique_ptr<Commands> fixed_commands(const std::vector<std::string>& arguments);

}  // namespace sluice::checker
