// What SLUICE_TOP asks for: a socket over which sluice-top sees what the program is at.
#pragma once

#include <optional>

#include "debug/line_server.hpp"
#include "sched/helper_thread.hpp"

namespace sluice::detail {

// Over one run. What can't be is told at the beginning, with exit status 2.
class WantedTop {
 public:
  WantedTop();
  ~WantedTop();
  WantedTop(const WantedTop&) = delete;
  WantedTop& operator=(const WantedTop&) = delete;

 private:
  std::optional<checked::LineServer> server_;
  HelperThread thread_;
};

}  // namespace sluice::detail
