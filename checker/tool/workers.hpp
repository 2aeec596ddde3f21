// Analyses many files at a time, each in a process of its own: a file that brings clang down takes
// nothing else along.
#pragma once

#include <string>
#include <vector>

#include "analyze_file.hpp"
#include "cache.hpp"

namespace sluice::checker {

// One result a file, in the order of `files`. What the cache has is taken from there.
std::vector<FileResult> analyze_all(const Commands& commands, const std::vector<std::string>& files,
                                    const AnalyzeOptions& options, unsigned processes,
                                    Cache& cache);

}  // namespace sluice::checker
