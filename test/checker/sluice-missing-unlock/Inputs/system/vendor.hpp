// A header with a mistake in it, included as a system header by one test and as the user's own by another.
#pragma once
#include <mutex>
inline std::mutex vendor_mu;
inline int vendor(int x) {
  vendor_mu.lock();
  if (x < 0) return -1;
  vendor_mu.unlock();
  return 0;
}
