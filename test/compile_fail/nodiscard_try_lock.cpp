// expect: nodiscard
// Who does not look at the answer of try_lock does not know whether to unlock.
#include <sluice/sluice.hpp>

void use(sluice::Mutex& mu) {
  if (mu.try_lock()) mu.unlock();
#ifdef MISTAKE
  mu.try_lock();
#endif
}
