#include "support/process_status.hpp"

#include <fstream>
#include <sstream>
#include <string>

namespace sluice::test {

ProcessStatus process_status() {
  ProcessStatus status{};
  std::ifstream lines("/proc/self/status");
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string key;
    std::size_t kibibytes = 0;
    words >> key >> kibibytes;
    if (key == "VmRSS:") status.resident_bytes = kibibytes * 1024;
    if (key == "VmPTE:") status.page_table_bytes = kibibytes * 1024;
  }
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) ++status.mappings;
  return status;
}

}  // namespace sluice::test
