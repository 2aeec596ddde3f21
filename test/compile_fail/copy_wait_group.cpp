// expect: delete
// A copied WaitGroup would count for nobody.
#include <sluice/sluice.hpp>

void use(sluice::WaitGroup& wg) {
  wg.wait();
#ifdef MISTAKE
  sluice::WaitGroup copy(wg);
#endif
}
