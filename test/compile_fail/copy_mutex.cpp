// expect: delete
// A copied lock would be another lock.
#include <sluice/sluice.hpp>

void use(sluice::Mutex& mu) {
  mu.lock();
  mu.unlock();
#ifdef MISTAKE
  sluice::Mutex copy(mu);
#endif
}
