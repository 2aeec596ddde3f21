#pragma once

#include <mutex>
#include <vector>

struct Registry {
  std::mutex mu;
  std::vector<int> ids;
};
