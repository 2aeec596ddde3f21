#include "debug/program_path.hpp"

#include <unistd.h>

namespace sluice::checked {

std::string program_path() {
  char path[4096];
  const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path);
  return {path, length > 0 ? static_cast<std::size_t>(length) : 0};
}

}  // namespace sluice::checked
