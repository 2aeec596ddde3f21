// RUN: %check_all %s
// A writer that asks in between waits for the first reading, and the second one waits for the writer.
#include <shared_mutex>

#include <sluice/sluice.hpp>

sluice::RWMutex rw;
std::shared_mutex shared;
int total;

void twice() {
  rw.lock_shared();
  total++;
  rw.lock_shared();  // expected-warning {{'rw' is locked again for reading while it is held for reading}}
  rw.unlock_shared();
  rw.unlock_shared();
}

class Cache {
 public:
  int size() {
    std::shared_lock<std::shared_mutex> lock(mu_);
    return size_;
  }
  bool empty() {
    std::shared_lock<std::shared_mutex> lock(mu_);
    return size() == 0;  // expected-warning {{'size' locks 'mu_', which is held for reading here}}
  }

 private:
  std::shared_mutex mu_;
  int size_ = 0;
};
bool uses(Cache& cache) { return cache.empty(); }
