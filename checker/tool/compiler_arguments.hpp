// Makes the command that built a file one that clang's parser accepts.
#pragma once

#include <string>
#include <vector>

#include "clang/Tooling/ArgumentsAdjusters.h"

namespace sluice::checker {

// Drops what clang does not know (options of GCC alone), what only matters to code generation, and
// all warnings; adds `extra` and clang's own headers.
clang::tooling::ArgumentsAdjuster arguments_for_clang(std::vector<std::string> extra);

}  // namespace sluice::checker
