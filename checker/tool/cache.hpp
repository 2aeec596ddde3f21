// Results of earlier runs, in a folder: one file for each source and the way it is compiled and
// checked. A result is used again as long as every file that it came from is what it was. A header
// that would now be found before another one of the same name is not noticed.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "result.hpp"

namespace sluice::checker {

class Cache {
 public:
  // `about` is whatever else the results depend on: the tool's version, its options. Makes the
  // folder. False, with a line in `error`, when it can't.
  bool open(const std::string& folder, const std::string& about, std::string& error);
  bool is_open() const { return !folder_.empty(); }

  std::optional<FileResult> find(const std::string& file, const std::string& command);
  // Keeps a result that is one: not why a file could not be analysed.
  void store(const std::string& command, const FileResult& result);

 private:
  std::string entry(const std::string& file, const std::string& command) const;
  const std::string& content_hash(const std::string& file);

  std::string folder_;
  std::string about_;
  std::map<std::string, std::string> hashes_;  // of files, in this run
};

}  // namespace sluice::checker
