// The lines that differ from a revision of the repository, for those who want findings on what they
// have changed only.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sluice::checker {

class ChangedLines {
 public:
  // Asks git. False, with a line in `error`, when it can't tell.
  bool read(const std::string& revision, std::string& error);

  bool contains(const std::string& file, unsigned line) const;

  // The text that `git diff --unified=0` prints; paths are below `root`.
  void parse(const std::string& diff, const std::string& root);

 private:
  // By absolute path: first and last lines, in order.
  std::map<std::string, std::vector<std::pair<unsigned, unsigned>>> files_;
};

}  // namespace sluice::checker
