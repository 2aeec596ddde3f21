#pragma once

#include <string>

namespace sluice::checked {

// The file that this process was started from; empty when the system does not say.
std::string program_path();

}  // namespace sluice::checked
