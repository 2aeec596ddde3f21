// expect(gcc): from 'sluice::RecvChan<int>' to non-scalar type 'sluice::Chan<int>' requested
// expect(clang): no viable conversion from 'sluice::RecvChan<int>' to 'sluice::Chan<int>'
// A Chan converts to each of its ends, never back.
#include <sluice/sluice.hpp>

void use(sluice::Chan<int> both) {
  sluice::RecvChan<int> receiver = both;
  (void)receiver;
#ifdef MISTAKE
  sluice::Chan<int> again = receiver;
  (void)again;
#endif
}
