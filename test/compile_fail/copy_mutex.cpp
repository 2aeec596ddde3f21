// expect(gcc): use of deleted function 'sluice::Mutex::Mutex(const sluice::Mutex&)'
// expect(clang): call to deleted constructor of 'sluice::Mutex'
// A copied lock would be another lock.
#include <sluice/sluice.hpp>

void use(sluice::Mutex& mu) {
  mu.lock();
  mu.unlock();
#ifdef MISTAKE
  sluice::Mutex copy(mu);
#endif
}
