// expect(gcc): use of deleted function 'sluice::WaitGroup::WaitGroup(const sluice::WaitGroup&)'
// expect(clang): call to deleted constructor of 'sluice::WaitGroup'
// A copied WaitGroup would count for nobody.
#include <sluice/sluice.hpp>

void use(sluice::WaitGroup& wg) {
  wg.wait();
#ifdef MISTAKE
  sluice::WaitGroup copy(wg);
#endif
}
