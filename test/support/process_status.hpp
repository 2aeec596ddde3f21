// What the kernel says about this process's memory.
#pragma once

#include <cstddef>

namespace sluice::test {

struct ProcessStatus {
  std::size_t resident_bytes;    // VmRSS
  std::size_t page_table_bytes;  // VmPTE
  std::size_t mappings;  // lines of /proc/self/maps, of which a process has vm.max_map_count
};

ProcessStatus process_status();

}  // namespace sluice::test
